//! What a store can answer other than what was asked for. A variant is a situation, the same for every kind of store;
//! what it means for a run (a month not published, an output not writable) is decided by who asked.

use std::error::Error;

/// The cause as the store's client gave it.
pub type Cause = Box<dyn Error + Send + Sync>;

/// A call to a store that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is there.
    #[error("`{uri}` is not there")]
    NotFound {
        /// The address.
        uri: String,
    },
    /// The bucket, or the folder that a file would be written to, is not there.
    #[error("the place of `{uri}` is not there")]
    NoPlace {
        /// The address.
        uri: String,
    },
    /// The store knows the caller and refuses, or cannot tell who is calling.
    #[error("`{uri}` was refused to these credentials, which need {permission}{hint}")]
    Denied {
        /// The address.
        uri: String,
        /// The permission that the call needs, in the store's own terms.
        permission: &'static str,
        /// What else could be behind it; begins with a separator, or is empty.
        hint: &'static str,
        /// What the client said.
        #[source]
        source: Cause,
    },
    /// No answer, a late one, or one that says "later".
    #[error("no answer from the store for `{uri}` ({call})")]
    Unavailable {
        /// The address.
        uri: String,
        /// The call.
        call: &'static str,
        /// What the client said.
        #[source]
        source: Cause,
    },
    /// The store understood and will never do it.
    #[error("the store does not do this for `{uri}` ({call})")]
    Refused {
        /// The address.
        uri: String,
        /// The call.
        call: &'static str,
        /// What the client said.
        #[source]
        source: Cause,
    },
    /// The store does not have this call, or not with this condition.
    #[error("the store has no way to do this for `{uri}` ({call})")]
    NotImplemented {
        /// The address.
        uri: String,
        /// The call.
        call: &'static str,
        /// What the client said.
        #[source]
        source: Cause,
    },
    /// The bytes became others while they were being read.
    #[error("`{uri}` was replaced while it was being read")]
    Changed {
        /// The address.
        uri: String,
    },
    /// The condition of a write does not hold.
    #[error("`{uri}` is no longer as this run found it: another run has written it")]
    Conflict {
        /// The address.
        uri: String,
    },
    /// More bytes than are read into memory.
    #[error("`{uri}` has {size} bytes, more than the {most} that are read")]
    TooLarge {
        /// The address.
        uri: String,
        /// Its size.
        size: u64,
        /// The most.
        most: u64,
    },
    /// More entries than are read of a listing.
    #[error("`{uri}` lists more than the {most} entries that are read")]
    TooMany {
        /// The address of the folder.
        uri: String,
        /// The most.
        most: usize,
    },
    /// A folder, or a device, where a file must be.
    #[error("`{uri}` is a folder or a device, not a file")]
    NotAFile {
        /// The address.
        uri: String,
    },
    /// A kind of store that cannot do this at all.
    #[error("`{uri}` cannot be {wish}: use {instead}")]
    Unsupported {
        /// The address.
        uri: String,
        /// What was wished: `written`, `listed`.
        wish: &'static str,
        /// What can.
        instead: &'static str,
    },
    /// The machine's own file system said no.
    #[error("`{uri}` cannot be {wish}")]
    File {
        /// The address.
        uri: String,
        /// `read` or `written`.
        wish: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The temporary folder could not take a page whose server does not read ranges.
    #[error("`{uri}` cannot be kept in the temporary folder")]
    Spool {
        /// The address.
        uri: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The settings of a store cannot be used.
    #[error("the storage settings cannot be used: {problem}")]
    Settings {
        /// What is wrong.
        problem: String,
    },
}

impl StoreError {
    /// Whether it is unknown if the call took effect.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
