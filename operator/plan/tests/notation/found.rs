//! A plan in the words of a scenario.

use jiff::Timestamp;
use scoring_plan::{BackfillProgress, Freshness, Lane, Month, MonthRange, Plan};

/// A plan that was decided.
pub(crate) struct Found<'a>(pub(crate) &'a Plan);

impl Found<'_> {
    pub(crate) fn start(&self) -> Vec<String> {
        let line = |start: &scoring_plan::Start| {
            let lane = match start.lane {
                Lane::Newest => " newest",
                Lane::Older => "",
            };
            let tries = if start.tries > 1 { format!(" try {}", start.tries) } else { String::new() };
            let backfill = start.backfill.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
            format!("{} attempt {}{tries}{lane}{backfill}: {}", start.month, start.attempt, start.reason)
        };
        self.0.start.iter().map(line).collect()
    }

    pub(crate) fn queue(&self) -> Vec<String> {
        self.0.queue.iter().map(|queued| format!("{}: {}", queued.month, queued.limit)).collect()
    }

    pub(crate) fn stop(&self) -> Vec<String> {
        self.0.stop.iter().map(|stop| format!("{} attempt {}: {}", stop.month, stop.attempt, stop.reason)).collect()
    }

    pub(crate) fn forget(&self) -> Vec<String> {
        self.0.forget.iter().map(|forget| format!("{} attempt {}", forget.month, forget.attempt)).collect()
    }

    pub(crate) fn survey(&self) -> String {
        self.0.survey.as_ref().map_or_else(none, ToString::to_string)
    }

    pub(crate) fn due(&self) -> String {
        self.0.due.map_or_else(none, |due| due.to_string())
    }

    pub(crate) fn next_tick(&self) -> String {
        instant(self.0.next_tick.map(|tick| tick.at))
    }

    pub(crate) fn wake_at(&self) -> String {
        instant(self.0.wake_at)
    }

    pub(crate) fn freshness(&self) -> String {
        match self.0.freshness {
            Freshness::NothingDue => "NothingDue".to_owned(),
            Freshness::Fresh { month } => format!("Fresh {month}"),
            Freshness::Pending { month, until } => format!("Pending {month} until {}", instant(until)),
            Freshness::Overdue { month, since } => format!("Overdue {month} since {since}"),
        }
    }

    /// How a month stands and, where that is expected, why.
    pub(crate) fn month(&self, month: Month, expected: &str) -> String {
        let Some(state) = self.0.months.iter().find(|state| state.month == month) else { return none() };
        let standing = format!("{:?}", state.standing);
        if expected.contains(": ") { format!("{standing}: {}", state.reason) } else { standing }
    }

    pub(crate) fn attempt(&self, month: Month) -> String {
        let state = self.0.months.iter().find(|state| state.month == month);
        state.and_then(|state| state.attempt).map_or_else(none, |mark| mark.to_string())
    }

    pub(crate) fn coverage(&self, list: &str) -> String {
        let coverage = &self.0.coverage;
        let ranges = match list {
            "current" => &coverage.current,
            "running" => &coverage.running,
            "waiting" => &coverage.waiting,
            "missing" => &coverage.missing,
            "failed" => &coverage.failed,
            "stale" => &coverage.stale,
            "withheld" => &coverage.withheld,
            "excluded" => &coverage.excluded,
            other => panic!("coverage has no list {other:?}"),
        };
        if ranges.is_empty() {
            return none();
        }
        ranges.iter().map(MonthRange::to_string).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn phase(&self, name: &str) -> String {
        self.backfill(name).map_or_else(none, |backfill| format!("{:?}", backfill.phase))
    }

    /// How a row stands and, where that is expected, why.
    pub(crate) fn row(&self, name: &str, month: Month, expected: &str) -> String {
        let rows = self.backfill(name).map(|backfill| &backfill.rows);
        let Some(row) = rows.and_then(|rows| rows.iter().find(|row| row.month == month)) else { return none() };
        let state = format!("{:?}", row.state);
        if expected.contains(": ") { format!("{state}: {}", row.reason) } else { state }
    }

    fn backfill(&self, name: &str) -> Option<&BackfillProgress> {
        self.0.backfills.iter().find(|backfill| backfill.name == name)
    }
}

fn none() -> String {
    "none".to_owned()
}

fn instant(at: Option<Timestamp>) -> String {
    at.map_or_else(none, |at| at.to_string())
}
