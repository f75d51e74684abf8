//! The programs under test: named by a variable, or built from this checkout.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::process::tail;
use crate::{StandError, root};

/// A program of this checkout.
pub(crate) struct Program {
    /// The variable that names another one to be tested in its place.
    pub(crate) variable: &'static str,
    /// The package that it comes from.
    pub(crate) package: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
}

impl Program {
    /// The path of the program: what the variable says, else the debug build of this checkout, which `built` keeps for the
    /// rest of the test process.
    pub(crate) fn path(&self, built: &OnceLock<PathBuf>) -> Result<PathBuf, StandError> {
        if let Some(program) = env::var_os(self.variable) {
            return Ok(program.into());
        }
        if let Some(program) = built.get() {
            return Ok(program.clone());
        }
        let program = self.build()?;
        Ok(built.get_or_init(|| program).clone())
    }

    /// Builds the program and finds it by what cargo says of its artifacts.
    fn build(&self) -> Result<PathBuf, StandError> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let arguments = ["build", "--quiet", "--package", self.package, "--bin", self.name, "--message-format", "json"];
        let output = Command::new(cargo).args(arguments).current_dir(root()).output();
        let output = output.map_err(|source| StandError::Start { program: "cargo build".to_owned(), source })?;
        let messages = String::from_utf8_lossy(&output.stdout);
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let program = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
        program.ok_or_else(|| StandError::Oracle {
            program: "cargo build".to_owned(),
            status: output.status.to_string(),
            log: tail(&output.stderr),
        })
    }
}
