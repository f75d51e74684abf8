//! Why nothing was measured.

use std::io;
use std::time::Duration;

use scoring_stand::StandError;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum CapacityError {
    /// The stand failed.
    #[error(transparent)]
    Stand(#[from] StandError),
    /// The API server refused a call of the measurement itself.
    #[error("a call of the measurement was refused")]
    Call(#[from] kube::Error),
    /// A watch of the measurement itself broke.
    #[error("a watch of the measurement broke")]
    Watch(#[from] kube::runtime::watcher::Error),
    /// The operator is not where it is looked for.
    #[error("cannot start the operator `{program}`; build it, or name another by --operator")]
    Start {
        /// The program.
        program: String,
        /// What happened.
        source: io::Error,
    },
    /// The operator cannot be asked or told anything.
    #[error("cannot {doing} the operator")]
    Operator {
        /// The operation, as a verb.
        doing: &'static str,
        /// What happened.
        source: io::Error,
    },
    /// The operator ended by itself.
    #[error("the operator ended by itself")]
    Ended,
    /// It did not come to its end in time.
    #[error("{done} of {all} months are scored after {} s", .deadline.as_secs())]
    Unfinished {
        /// How many months are scored.
        done: usize,
        /// How many there are.
        all: usize,
        /// How long it had.
        deadline: Duration,
    },
    /// The load is none: no schedule, no month, or a schedule that is refused.
    #[error("the schedules of this load are refused; take fewer months, or a smaller parallelism")]
    Refused,
}
