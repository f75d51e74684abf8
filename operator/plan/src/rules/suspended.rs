//! Suspended: a suspended schedule starts no attempt, for no backfill either, and a suspended backfill starts none of its
//! own. What runs goes on, the store is looked at, and every month is told as before.

use crate::backfill::Backfill;
use crate::reason::{Cause, Reason};
use crate::scene::Scene;

/// That nothing is started for now, where it is so.
pub(crate) fn wait(scene: &Scene<'_>, backfill: Option<&Backfill>, cause: &Cause) -> Option<Reason> {
    if scene.schedule.suspend() {
        return Some(Reason::Suspended { cause: cause.clone(), backfill: None });
    }
    let backfill = backfill.filter(|backfill| backfill.suspend())?;
    Some(Reason::Suspended { cause: cause.clone(), backfill: Some(backfill.name().to_owned()) })
}
