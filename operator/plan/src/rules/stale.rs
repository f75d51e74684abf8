//! Stale: an output is judged month by month and cause by cause. The strictest policy among its causes decides: made
//! again, before marked, before kept. A change of the features follows the model's policy: both are the owner's own edit.

use crate::history::{Change, Changed};
use crate::reason::{Cause, Reason};
use crate::schedule::{OnInputChange, OnModelChange, Schedule};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Policy {
    Keep,
    Mark,
    Rescore,
}

/// Why a stale output is made again or, where it is not, how it is settled.
pub(crate) fn cause(schedule: &Schedule, changes: &[Change]) -> Result<Cause, Reason> {
    let strictest = changes.iter().map(|change| policy(schedule, change.of)).max();
    match strictest {
        Some(Policy::Rescore) => Ok(Cause::Stale(changes.to_vec())),
        Some(Policy::Mark) => Err(Reason::Marked(changes.to_vec())),
        Some(Policy::Keep) | None => Err(Reason::Kept(changes.to_vec())),
    }
}

fn policy(schedule: &Schedule, changed: Changed) -> Policy {
    match changed {
        Changed::Input => match schedule.on_input_change() {
            OnInputChange::Ignore => Policy::Keep,
            OnInputChange::Mark => Policy::Mark,
            OnInputChange::Rescore => Policy::Rescore,
        },
        Changed::Model | Changed::Features => match schedule.on_model_change() {
            OnModelChange::Keep => Policy::Keep,
            OnModelChange::Mark => Policy::Mark,
            OnModelChange::Rescore => Policy::Rescore,
        },
    }
}
