//! The commands: what was typed becomes a task or a question, and its answer is printed. No arithmetic, no store calls.

mod document;
mod inspect;
mod score;
mod survey;

use std::process::ExitCode;

use scoring_contract::ExitClass;

use crate::args::{Args, Command};

/// Does what was typed; the exit code is that of the outcome.
pub async fn execute(args: Args) -> ExitCode {
    let class = match args.command {
        Command::Score(args) => score::execute(args).await,
        Command::Survey(args) => survey::execute(&args).await,
        Command::Inspect(args) => inspect::execute(&args).await,
    };
    code(class)
}

/// The process exit code of a class.
pub fn code(class: ExitClass) -> ExitCode {
    ExitCode::from(class.code())
}
