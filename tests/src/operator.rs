//! The operator's binary, for whoever starts it as a process.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::StandError;
use crate::build::Program;

/// The operator under test: `SCORING_OPERATOR_BIN`, else the debug build of this checkout, built once per test process.
pub fn operator_program() -> Result<PathBuf, StandError> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    Program { variable: "SCORING_OPERATOR_BIN", package: "scoring-operator", name: "scoring-operator" }.path(&BUILT)
}
