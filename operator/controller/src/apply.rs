//! The only writer. Each write can be repeated without harm, and says what it replaces: a Job is created by a name that is
//! used once, deleted by its UID, and a status is replaced by its resourceVersion. What was written is expected to be seen.

mod create;
mod delete;
mod event;
mod status;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use kube::Client;

pub use self::create::Created;
use crate::clock::Clock;
use crate::expect::Expectations;

/// Writes to the API server.
pub struct Writer {
    client: Client,
    expectations: Arc<Expectations>,
    clock: Arc<dyn Clock>,
    /// Who reports events.
    instance: String,
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A Job may or may not be there.
    #[error("Job `{name}` cannot be created")]
    Create {
        /// Its name.
        name: String,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
    /// A Job is still there.
    #[error("Job `{name}` cannot be deleted")]
    Delete {
        /// Its name.
        name: String,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
    /// The object has changed since it was read.
    #[error("the status of `{name}` has changed since it was read")]
    Conflict {
        /// Its name.
        name: String,
    },
    /// A status was not stored.
    #[error("the status of `{name}` cannot be written")]
    Status {
        /// Its name.
        name: String,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
    /// A status has no form in JSON.
    #[error("the status of `{name}` cannot be put down as JSON")]
    Form {
        /// Its name.
        name: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl Writer {
    /// A writer, and where it notes what it has written.
    pub fn new(client: Client, expectations: Arc<Expectations>, clock: Arc<dyn Clock>, instance: &str) -> Self {
        Self { client, expectations, clock, instance: instance.to_owned() }
    }
}

/// The code of an answer; none where there was none.
fn code(error: &kube::Error) -> Option<u16> {
    match error {
        kube::Error::Api(status) => Some(status.code),
        _ => None,
    }
}
