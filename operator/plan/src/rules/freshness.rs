//! Deadline and freshness: judged by the newest due month alone, so that an older month that is scored again never turns a
//! late schedule green; and judged also where nothing runs, so that a schedule that stands still is seen.

use crate::plan::{Freshness, Standing};
use crate::rules::standing;
use crate::scene::Scene;

/// Whether the newest due month has its output in time. A stale output is one; a withheld or damaged one is not.
pub(crate) fn of(scene: &Scene<'_>) -> Freshness {
    let Some(month) = scene.newest else { return Freshness::NothingDue };
    let output = scene.facts(month).and_then(|facts| standing::by_output(scene, facts));
    if matches!(output, Some(Standing::Current | Standing::Stale)) {
        return Freshness::Fresh { month };
    }
    match scene.schedule.deadline(month) {
        Some(since) if since <= scene.now => Freshness::Overdue { month, since },
        until => Freshness::Pending { month, until },
    }
}
