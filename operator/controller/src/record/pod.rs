//! A pod of a Job: what its scorer said when it ended, or what keeps it from running.

use jiff::Timestamp;

/// A pod of one of our Jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodRecord {
    /// Its name.
    pub name: String,
    /// Its own UID.
    pub uid: String,
    /// The UID of its Job.
    pub job: String,
    /// Which part of a survey it is (`batch.kubernetes.io/job-completion-index`).
    pub part: Option<u32>,
    /// When the API server stored it.
    pub created: Timestamp,
    /// How it stands.
    pub state: PodState,
}

/// How a pod stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodState {
    /// It has not begun; what keeps it, where something does.
    Pending(Option<Trouble>),
    /// Its scorer runs.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// Its scorer has ended, or never will begin.
    Ended(Exit),
}

/// What keeps a pod from running: a container's waiting reason (`ImagePullBackOff`, `CreateContainerConfigError`), or
/// `Unschedulable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In CamelCase.
    pub reason: String,
    /// In words, cut at 512 bytes.
    pub message: String,
}

/// How a pod's scorer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; none where no container of the pod has ended.
    pub code: Option<i32>,
    /// The kubelet's or the pod's reason: `Completed`, `Error`, `OOMKilled`, `Evicted`.
    pub reason: String,
    /// The termination message, 4096 bytes at most; the pod's own message where there is none.
    pub message: String,
    /// When.
    pub at: Timestamp,
    /// Whether the cluster took the pod away (condition `DisruptionTarget`).
    pub disrupted: bool,
}
