//! Wake: the earliest instant at which this decision could come out differently although nothing is observed before.

use jiff::Timestamp;

use crate::plan::{Freshness, MonthState, Standing};
use crate::progress::BackfillProgress;
use crate::reason::Reason;
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
    let rows = backfills.iter().flat_map(|backfill| backfill.rows.iter().map(|row| &row.reason));
    let backoffs = months.iter().map(|state| &state.reason).chain(rows).filter_map(|reason| match reason {
        Reason::BackingOff { until, .. } => Some(*until),
        _ => None,
    });
    let late = match freshness {
        Freshness::Pending { until, .. } => until,
        Freshness::NothingDue | Freshness::Fresh { .. } | Freshness::Overdue { .. } => None,
    };
    let waiting = months.iter().filter(|state| state.standing == Standing::Waiting);
    let deadlines = waiting.filter_map(|state| scene.schedule.deadline(state.month));
    let all = tick.into_iter().chain(scene.look.next).chain(backoffs).chain(late).chain(deadlines);
    all.filter(|&at| at > scene.now).min()
}
