//! Manual: with `backfill.mode: Manual` only the newest due month is started by itself. Older ones are listed as what they
//! are, with the reason, so that a resumed or new schedule brings no flood of old runs.

use crate::month::Month;
use crate::reason::{Cause, Reason};
use crate::scene::Scene;
use crate::schedule::BackfillMode;

/// That a month is left to a backfill, where it is.
pub(crate) fn wait(scene: &Scene<'_>, month: Month, cause: &Cause) -> Option<Reason> {
    match scene.schedule.backfill().mode {
        BackfillMode::Manual if scene.newest != Some(month) => Some(Reason::Manual { cause: cause.clone() }),
        // With `OnRequest` no month is due, so none comes here.
        BackfillMode::Manual | BackfillMode::Automatic | BackfillMode::OnRequest => None,
    }
}
