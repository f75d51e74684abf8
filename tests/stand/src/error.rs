//! What can go wrong with the stand itself, as opposed to what it tests.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// A fault of the stand. A test that meets one has proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum StandError {
    /// Every port of the range is taken.
    #[error("no port of the {count} from {first} is free")]
    Port {
        /// The first of the range.
        first: u32,
        /// How many there are.
        count: u32,
    },
    /// The shell that cleans up after this process is gone.
    #[error("the watchdog of the stand is gone, so what is started now might stay")]
    Watchdog,
    /// A program did not start.
    #[error("cannot start {program}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A signal could not be sent.
    #[error("cannot signal {program}")]
    Signal {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The programs of the control plane could not be built.
    #[error("{script} ended with {status}; run it by hand to see why")]
    Install {
        /// The script.
        script: PathBuf,
        /// How it ended.
        status: ExitStatus,
    },
    /// A server ended, or was not ready in time.
    #[error("{program} was not ready within {deadline:?}; it said: {log}")]
    Ready {
        /// The program.
        program: &'static str,
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
    /// The keys of service accounts could not be made.
    #[error("cannot make the keys of the service accounts")]
    Keys(#[source] rcgen::Error),
    /// A kubeconfig could not be read or understood.
    #[error("cannot use the kubeconfig {path}")]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: kube::config::KubeconfigError,
    },
    /// A document could not be written as JSON.
    #[error("cannot write {path} as JSON")]
    Encode {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A client could not be made from a kubeconfig.
    #[error("cannot make a client from {path}")]
    Client {
        /// The kubeconfig.
        path: PathBuf,
        /// Why.
        source: kube::Error,
    },
    /// A user was not among those that the control plane was started with.
    #[error("there is no user {name:?}: start the control plane with it")]
    User {
        /// The name.
        name: String,
    },
    /// What only a control plane of the stand can do was asked of an existing cluster.
    #[error("cannot {doing}: the cluster is not the stand's (USE_EXISTING_CLUSTER)")]
    Existing {
        /// The operation, as a verb.
        doing: &'static str,
    },
    /// The control plane was started without an audit log.
    #[error("there is no audit log: the control plane was started without one")]
    NotAudited,
    /// A line of the audit log is not an event.
    #[error("cannot read the audit log {path} at byte {offset}")]
    Audit {
        /// The log.
        path: PathBuf,
        /// Where the line begins.
        offset: u64,
        /// Why.
        source: serde_json::Error,
    },
    /// The API server refused a call of the stand.
    #[error("cannot {doing} {object}")]
    Call {
        /// The operation, as a verb.
        doing: &'static str,
        /// The object.
        object: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// A document is not what its name says.
    #[error("cannot read {path}: {problem}")]
    Document {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// Something did not come to be in time.
    #[error("{what}: not within {deadline:?}; at the end: {last}")]
    Never {
        /// What was waited for.
        what: String,
        /// How long.
        deadline: Duration,
        /// What was seen last.
        last: String,
    },
}

impl StandError {
    /// A fault of a file, for `map_err`.
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }

    /// A refused call, for `map_err`.
    pub(crate) fn call(doing: &'static str, object: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let object = object.into();
        move |source| Self::Call { doing, object, source: Box::new(source) }
    }
}
