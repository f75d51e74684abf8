//! One attempt at a month, as it was observed. Attempts are only ever added: a later one does not change what an earlier
//! one was.

use std::fmt;

use jiff::Timestamp;

/// What an attempt was made from. A failure that waits for a change waits until one of these differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// [`crate::Schedule::task`] at the time.
    pub task: String,
    /// The identity of the month's input (its `ETag`), where it was known.
    pub input: Option<String>,
}

/// One attempt at a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number in the month, from 1; no number is used twice.
    pub number: u32,
    /// Which try it is under its basis and request, from 1; it is carried over from [`crate::Start::tries`].
    pub tries: u16,
    /// What it was made from.
    pub basis: Basis,
    /// The backfill that it was started for; none where the schedule itself wanted it.
    pub backfill: Option<String>,
    /// When it was started.
    pub started: Timestamp,
    /// How it stands.
    pub state: AttemptState,
    /// Whether its result is kept.
    pub record: Record,
}

/// How an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// It has not ended, or not even begun.
    Running,
    /// It committed its output, or found it committed.
    Succeeded {
        /// When.
        at: Timestamp,
    },
    /// It ended without an output.
    Failed {
        /// When.
        at: Timestamp,
        /// What can help.
        class: FailureClass,
        /// What happened, in its own words.
        detail: String,
    },
    /// It was stopped on purpose: that is not a failure.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// Whether the result of an attempt that ended is kept outside of what ran it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Record {
    /// Only what ran it (a Job) knows the result.
    #[default]
    Unsaved,
    /// The result is kept, and what ran it is still there.
    Saved,
    /// The result is kept, and what ran it is gone.
    Forgotten,
}

/// Why an attempt failed, by what can help: the scorer's exit classes, and what can happen to a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// The month's rows cannot be scored as they are (65).
    BadData,
    /// The month, or the model, is not there (66).
    NotPublished,
    /// A fault of the scorer itself (70).
    Internal,
    /// The output cannot be written where the task says (73).
    CannotWrite,
    /// A store did not answer, or another run was in the way (75).
    TryAgain,
    /// Credentials are missing, wrong, or lack a permission (77).
    Denied,
    /// The model, an expression or a setting is wrong (78).
    BadSetting,
    /// The cluster took the pod away: drained, preempted, evicted. No fault of the attempt.
    Disrupted,
    /// What ran it vanished without a result: what became of the month must be looked up.
    Lost,
}

/// What helps after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing but a change of the input, the model or the settings.
    Change,
    /// Another try, a limited number of times.
    Retry,
    /// Another try, which does not count.
    Restart,
}

impl FailureClass {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::BadData,
        Self::NotPublished,
        Self::Internal,
        Self::CannotWrite,
        Self::TryAgain,
        Self::Denied,
        Self::BadSetting,
        Self::Disrupted,
        Self::Lost,
    ];

    /// What helps.
    pub const fn remedy(self) -> Remedy {
        match self {
            Self::BadData | Self::Denied | Self::BadSetting => Remedy::Change,
            Self::NotPublished | Self::Internal | Self::CannotWrite | Self::TryAgain | Self::Lost => Remedy::Retry,
            Self::Disrupted => Remedy::Restart,
        }
    }

    /// Whether, after this, only a look at the store says how the month stands.
    pub const fn is_unclear(self) -> bool {
        matches!(self, Self::NotPublished | Self::Lost)
    }

    /// What happened, in two or three words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::BadData => "bad data",
            Self::NotPublished => "not published",
            Self::Internal => "a fault of the scorer",
            Self::CannotWrite => "cannot write",
            Self::TryAgain => "store not reachable",
            Self::Denied => "permission denied",
            Self::BadSetting => "bad model or setting",
            Self::Disrupted => "disrupted",
            Self::Lost => "vanished",
        }
    }
}

impl Attempt {
    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        matches!(self.state, AttemptState::Running)
    }

    /// When it ended; none while it runs.
    pub fn ended(&self) -> Option<Timestamp> {
        match self.state {
            AttemptState::Running => None,
            AttemptState::Succeeded { at } | AttemptState::Failed { at, .. } | AttemptState::Cancelled { at } => {
                Some(at)
            }
        }
    }

    /// When it committed its output, where it did.
    pub fn succeeded(&self) -> Option<Timestamp> {
        match self.state {
            AttemptState::Succeeded { at } => Some(at),
            AttemptState::Running | AttemptState::Failed { .. } | AttemptState::Cancelled { .. } => None,
        }
    }

    /// How it stands, in a small value.
    pub fn mark(&self) -> AttemptMark {
        let outcome = match self.state {
            AttemptState::Running => AttemptOutcome::Running,
            AttemptState::Succeeded { .. } => AttemptOutcome::Succeeded,
            AttemptState::Failed { class, .. } => AttemptOutcome::Failed(class),
            AttemptState::Cancelled { .. } => AttemptOutcome::Cancelled,
        };
        AttemptMark { number: self.number, outcome }
    }
}

/// The last attempt at a month in short, to be shown beside how its output stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptMark {
    /// Its number.
    pub number: u32,
    /// How it stands.
    pub outcome: AttemptOutcome,
}

/// How an attempt stands, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It has not ended.
    Running,
    /// It committed its output.
    Succeeded,
    /// It failed.
    Failed(FailureClass),
    /// It was stopped on purpose.
    Cancelled,
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl fmt::Display for AttemptMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            AttemptOutcome::Running => write!(f, "attempt {} is running", self.number),
            AttemptOutcome::Succeeded => write!(f, "attempt {} succeeded", self.number),
            AttemptOutcome::Failed(class) => write!(f, "attempt {} failed: {class}", self.number),
            AttemptOutcome::Cancelled => write!(f, "attempt {} was cancelled", self.number),
        }
    }
}
