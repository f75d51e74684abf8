//! The figures of a schedule. What grows with time alone is given as an instant, so that it grows without a pass.

use jiff::Timestamp;
use scoring_plan::{Freshness, MonthRange};

use super::Planned;

/// The figures of one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleFigures {
    /// How many months stand how: each state of `status.coverage`, and `due` for all that are due.
    pub months: [(&'static str, usize); 9],
    /// Since when the newest due month is due without having its output; none where it has, or none is due.
    pub behind_since: Option<Timestamp>,
    /// Since when it is late by `freshness.deadlineDays`.
    pub late_since: Option<Timestamp>,
    /// The next tick.
    pub next_tick: Option<Timestamp>,
    /// When the last survey began.
    pub last_survey: Option<Timestamp>,
}

/// The figures of a schedule's own world.
pub fn figures(own: Planned<'_>) -> ScheduleFigures {
    let coverage = &own.plan.coverage;
    let count = |ranges: &[MonthRange]| ranges.iter().map(|range| range.count()).sum();
    let (behind, late_since) = match own.plan.freshness {
        Freshness::NothingDue | Freshness::Fresh { .. } => (None, None),
        Freshness::Pending { month, .. } => (Some(month), None),
        Freshness::Overdue { month, since } => (Some(month), Some(since)),
    };
    ScheduleFigures {
        months: [
            ("due", own.plan.due.map_or(0, MonthRange::count)),
            ("current", count(&coverage.current)),
            ("running", count(&coverage.running)),
            ("waiting", count(&coverage.waiting)),
            ("missing", count(&coverage.missing)),
            ("failed", count(&coverage.failed)),
            ("stale", count(&coverage.stale)),
            ("withheld", count(&coverage.withheld)),
            ("excluded", count(&coverage.excluded)),
        ],
        behind_since: behind.and_then(|month| own.world.schedule.due_since(month)).map(|tick| tick.at),
        late_since,
        next_tick: own.plan.next_tick.map(|tick| tick.at),
        last_survey: own.seen.history.surveys.last.as_ref().map(|survey| survey.at),
    }
}
