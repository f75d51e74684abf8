//! The oracle's Python: the environments of `tests/oracle`, the recipe, and comparisons of parquet files.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::tail;
use crate::{StandError, root};

/// An environment of the oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// The newest MLflow and scikit-learn, pandas, pyarrow, DuckDB and Polars.
    Current,
    /// MLflow 1 and scikit-learn 1.0, for models of that time.
    Mlflow1,
}

impl Oracle {
    /// The Python of this environment; made on first use.
    pub fn python(self) -> Result<PathBuf, StandError> {
        let name = match self {
            Self::Current => "current",
            Self::Mlflow1 => "mlflow-1",
        };
        let printed = run(Command::new(root().join("tests/oracle/venv")).arg(name))?;
        Ok(PathBuf::from(printed.trim()))
    }

    /// Runs a script under `tests/` in this environment; what it printed.
    pub fn run(self, script: &str, arguments: &[&Path]) -> Result<String, StandError> {
        run(Command::new(self.python()?).arg("-B").arg(root().join("tests").join(script)).args(arguments))
    }

    /// Runs the recipe that the product replaces: rides and model folder to output.
    pub fn recipe(self, rides: &Path, model: &Path, output: &Path) -> Result<(), StandError> {
        self.run("peers/recipe.py", &[rides, model, output]).map(drop)
    }
}

/// Runs a script of `tests/` in the current environment; what it printed.
pub fn run_python(script: &str, arguments: &[&Path]) -> Result<String, StandError> {
    Oracle::Current.run(script, arguments)
}

/// Where two outputs differ, a line for each column; empty where every value of every column of `expected` is the same
/// in `actual`, to the last bit. The random ride ids of the recipe are passed over.
pub fn differences(expected: &Path, actual: &Path) -> Result<String, StandError> {
    run_python("oracle/compare.py", &[expected, actual])
}

fn run(command: &mut Command) -> Result<String, StandError> {
    let program = format!("{command:?}");
    let output = command.output().map_err(|source| StandError::Start { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(StandError::Oracle { program, status: output.status.to_string(), log: tail(&output.stderr) })
}
