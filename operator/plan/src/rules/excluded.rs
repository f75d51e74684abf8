//! Excluded: a month that is left out on purpose is never started, not even by a backfill, and never counts as missing.

use crate::month::Month;
use crate::reason::Reason;
use crate::scene::Scene;

/// Why a month is left out, where it is.
pub(crate) fn reason(scene: &Scene<'_>, month: Month) -> Option<Reason> {
    scene.schedule.exclusion(month).map(|exclusion| Reason::Excluded { reason: exclusion.reason.clone() })
}
