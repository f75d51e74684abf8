//! What can go wrong with the stand itself, as opposed to what it tests.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A fault of the stand. A test that meets one has proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum StandError {
    /// A program is neither installed nor built.
    #[error("{program} is not at {path}: run {remedy}")]
    FindProgram {
        /// What was looked for.
        program: &'static str,
        /// Where.
        path: PathBuf,
        /// The command that puts it there.
        remedy: &'static str,
    },
    /// A process did not start.
    #[error("cannot start {program}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A server did not listen in time.
    #[error("{program} did not listen on port {port} within {deadline:?}; it said: {log}")]
    Ready {
        /// The program.
        program: String,
        /// The port it was told to listen on.
        port: u16,
        /// How long it had.
        deadline: Duration,
        /// The end of what it wrote.
        log: String,
    },
    /// A file or folder of the stand could not be read or written.
    #[error("cannot {doing} {path}")]
    File {
        /// The operation, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No port could be had.
    #[error("cannot get a free port")]
    Port(#[source] io::Error),
    /// A store refused a call of the stand.
    #[error("the store refused to {doing} {object}: {answer}")]
    Store {
        /// The operation, as a verb.
        doing: &'static str,
        /// The bucket or key.
        object: String,
        /// What it answered.
        answer: String,
    },
    /// A program of the oracle failed.
    #[error("{program} ended with {status}; it said: {log}")]
    Oracle {
        /// The program.
        program: String,
        /// Its exit status.
        status: String,
        /// The end of what it wrote.
        log: String,
    },
    /// The scorer ended without an outcome on its last line.
    #[error("the scorer's last line is not an outcome: {line:?}; it also said: {log}")]
    Outcome {
        /// The last line of its standard output.
        line: String,
        /// The end of its standard error.
        log: String,
        /// Why it is not JSON.
        source: serde_json::Error,
    },
    /// An example is not YAML.
    #[error("cannot read the example {path}: {problem}")]
    Example {
        /// The example.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A list of fixtures is not what the tests expect.
    #[error("cannot read the fixtures listed in {path}")]
    Fixtures {
        /// The list.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl StandError {
    /// A fault of a file, for `map_err`.
    pub(crate) fn file(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }
}
