//! The scorer as a process: a task goes in, an exit code and an outcome come out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::build::Program;
use crate::process::tail;
use crate::{Credentials, StandError, TaskFile};

/// How the scorer is called: which binary, with which variables.
#[derive(Clone, Debug)]
pub struct Scorer {
    program: PathBuf,
    variables: Vec<(&'static str, String)>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// The outcome, the last line of standard output.
    pub outcome: Value,
    /// Standard error.
    pub log: String,
}

impl Ended {
    /// The text of a field of the outcome by JSON pointer; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.outcome.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Scorer {
    /// The scorer under test: `SCORER_BIN`, else the debug build of this checkout, built once per test process.
    pub fn new() -> Result<Self, StandError> {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        let program = Program { variable: "SCORER_BIN", package: "scorer", name: "scorer" }.path(&BUILT)?;
        Ok(Self { program, variables: Vec::new() })
    }

    /// The binary.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The same scorer with the keys of a store, in the variables of the AWS SDK.
    #[must_use]
    pub fn with_credentials(mut self, credentials: &Credentials) -> Self {
        self.variables.push(("AWS_ACCESS_KEY_ID", credentials.access_key.clone()));
        self.variables.push(("AWS_SECRET_ACCESS_KEY", credentials.secret_key.clone()));
        self
    }

    /// Scores a task and waits for the end.
    pub fn score(&self, task: &TaskFile) -> Result<Ended, StandError> {
        self.score_text(&task.text())
    }

    /// Scores a document that need not be a task.
    pub fn score_text(&self, document: &str) -> Result<Ended, StandError> {
        let child = self.start(document)?;
        let output = child.wait_with_output().map_err(|source| self.failed(source))?;
        ended(&output)
    }

    /// Surveys the months of a document and waits for the end; the outcome is what was found, null where nothing was.
    pub fn survey(&self, document: &str) -> Result<Ended, StandError> {
        let child = self.start_as("survey", document)?;
        let output = child.wait_with_output().map_err(|source| self.failed(source))?;
        let outcome = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ok(Ended { code: output.status.code(), outcome, log: tail(&output.stderr) })
    }

    /// Starts a run and leaves it running; the caller kills it or waits for it.
    pub fn start(&self, document: &str) -> Result<Child, StandError> {
        self.start_as("score", document)
    }

    fn start_as(&self, subcommand: &str, document: &str) -> Result<Child, StandError> {
        let mut command = Command::new(&self.program);
        command.args([subcommand, "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "SCORING_TASK"] {
            command.env_remove(name);
        }
        // A proxy of the machine must not stand between the scorer and the stand.
        command.env("NO_PROXY", "127.0.0.1").envs(self.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command.spawn().map_err(|source| self.failed(source))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A scorer that ends before it has read everything is seen by its outcome.
            let _ = stdin.write_all(document.as_bytes());
        }
        Ok(child)
    }

    fn failed(&self, source: std::io::Error) -> StandError {
        StandError::Start { program: self.program.display().to_string(), source }
    }
}

fn ended(output: &Output) -> Result<Ended, StandError> {
    let printed = String::from_utf8_lossy(&output.stdout);
    let line = printed.lines().next_back().unwrap_or_default().to_owned();
    let log = tail(&output.stderr);
    let outcome = serde_json::from_str(&line);
    let outcome = outcome.map_err(|source| StandError::Outcome { line, log: log.clone(), source })?;
    Ok(Ended { code: output.status.code(), outcome, log })
}
