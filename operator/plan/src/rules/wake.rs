//! Wake: the earliest instant at which this decision could come out differently although nothing is observed before.

use jiff::Timestamp;

use crate::plan::{Freshness, MonthState};
use crate::progress::BackfillProgress;
use crate::reason::{Reason, Wait};
use crate::scene::Scene;
use crate::ticks::Tick;

/// When to decide again.
pub(crate) fn at(
    scene: &Scene<'_>,
    next_tick: Option<Tick>,
    (months, backfills): (&[MonthState], &[BackfillProgress]),
    freshness: Freshness,
) -> Option<Timestamp> {
    let tick = next_tick.map(|tick| tick.at);
    let rows = backfills.iter().flat_map(|backfill| backfill.rows.iter().map(|row| (row.month, &row.reason)));
    let reasons = months.iter().map(|state| (state.month, &state.reason)).chain(rows);
    let changes = reasons.filter_map(|(month, reason)| match reason {
        Reason::BackingOff { until, .. } => Some(*until),
        Reason::Waiting(Wait::NotPublished { late: None, .. }) => scene.schedule.deadline(month),
        _ => None,
    });
    let late = match freshness {
        Freshness::Pending { until, .. } => until,
        Freshness::NothingDue | Freshness::Fresh { .. } | Freshness::Overdue { .. } => None,
    };
    let all = tick.into_iter().chain(scene.look.next).chain(changes).chain(late);
    all.filter(|&at| at > scene.now).min()
}
