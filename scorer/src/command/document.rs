//! Reading the documents that commands are given: a file, standard input, or a variable. What they mean is the task's.

use std::env::{self, VarError};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use scoring_contract::{TASK_VARIABLE, bounds};

use crate::task::{ReadTaskError, TaskError};

/// Why there is no task.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoTask {
    #[error("no task is given: name its file, or set {TASK_VARIABLE}")]
    Nothing,
    #[error("{TASK_VARIABLE} holds no UTF-8 text")]
    Encoding,
    #[error("`{file}` cannot be read")]
    File {
        file: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the document is not of its form")]
    Form(#[source] ReadTaskError),
    #[error("the task cannot be run")]
    Faults(#[source] TaskError),
}

/// A document's text, and the folder that its plain paths are relative to. Without a file the variable holds the text.
pub(super) fn read(file: Option<&str>) -> Result<(String, Option<PathBuf>), NoTask> {
    let Some(file) = file else { return Ok((variable()?, env::current_dir().ok())) };
    if file == "-" {
        return Ok((read_text("standard input", std::io::stdin())?, env::current_dir().ok()));
    }
    let opened = fs::File::open(file).map_err(|source| NoTask::File { file: file.to_owned(), source })?;
    Ok((read_text(file, opened)?, folder_of(file)))
}

fn variable() -> Result<String, NoTask> {
    env::var(TASK_VARIABLE).map_err(|error| match error {
        VarError::NotPresent => NoTask::Nothing,
        VarError::NotUnicode(_) => NoTask::Encoding,
    })
}

/// A document, and one byte more where it is too long, so that its length is refused and not its form.
fn read_text(file: &str, from: impl Read) -> Result<String, NoTask> {
    let mut text = String::new();
    let read = from.take(bounds::TASK as u64 + 1).read_to_string(&mut text);
    read.map_err(|source| NoTask::File { file: file.to_owned(), source })?;
    Ok(text)
}

fn folder_of(file: &str) -> Option<PathBuf> {
    let file = fs::canonicalize(file).ok()?;
    file.parent().map(Path::to_owned)
}
