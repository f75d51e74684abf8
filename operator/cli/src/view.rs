//! What commands print of a plan: a table for a person, a document for a program.

use std::collections::BTreeMap;
use std::fmt::Write;

use scoring_contract::survey::Committed;
use scoring_plan::{AttemptMark, AttemptOutcome, Freshness, Lane, Month, MonthRange, MonthState, Plan, Reason};
use serde::Serialize;

use crate::calendar::{style, word};
use crate::wish::Wish;

/// One schedule, for a program. Field names are those of the resource's status where it has them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    name: String,
    /// The backfill whose model this is about; none for the schedule's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    backfill: Option<String>,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_tick: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake_at: Option<String>,
    fresh: bool,
    coverage: BTreeMap<&'static str, Vec<String>>,
    start: Vec<StartView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Estimate>,
    months: Vec<MonthView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StartView {
    month: String,
    attempt: u32,
    lane: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    backfill: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MonthView {
    month: String,
    standing: &'static str,
    reason: String,
    /// Beside the attempt that committed what is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    committed: Option<Committed>,
}

/// What months would take, by the manifests of those that are committed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Months.
    pub months: usize,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// Milliseconds, one month after the other.
    pub milliseconds: u64,
}

impl Estimate {
    /// An estimate for so many months; none where no month is committed yet.
    pub fn of(months: usize, committed: &BTreeMap<Month, Committed>) -> Option<Self> {
        let known: Vec<&Committed> = committed.values().collect();
        let count = known.len() as u64;
        if months == 0 || count == 0 {
            return None;
        }
        let mean = |sum: u64| sum * months as u64 / count;
        Some(Self {
            months,
            rows: mean(known.iter().map(|one| one.rows).sum()),
            bytes: mean(known.iter().map(|one| one.size).sum()),
            milliseconds: mean(known.iter().filter_map(|one| one.milliseconds).sum()),
        })
    }
}

/// A schedule for a program.
pub fn view(wish: &Wish, plan: &Plan, committed: &BTreeMap<Month, Committed>) -> View {
    let start = plan.start.iter().map(|start| StartView {
        month: start.month.to_string(),
        attempt: start.attempt,
        lane: if start.lane == Lane::Newest { "newest" } else { "older" },
        reason: start.reason.to_string(),
        backfill: start.backfill.clone(),
    });
    let month = |state: &MonthState| MonthView {
        month: state.month.to_string(),
        standing: word(state.standing),
        reason: state.reason.to_string(),
        last_attempt: state.attempt.map(|attempt| attempt.to_string()),
        committed: committed.get(&state.month).cloned(),
    };
    View {
        name: wish.name.clone(),
        backfill: wish.world_of.clone(),
        hash: hash(plan),
        due: plan.due.map(|due| due.to_string()),
        next_tick: plan.next_tick.map(|tick| tick.at.to_string()),
        wake_at: plan.wake_at.map(|at| at.to_string()),
        fresh: matches!(plan.freshness, Freshness::Fresh { .. } | Freshness::NothingDue),
        coverage: coverage(plan),
        estimate: Estimate::of(plan.start.len() + plan.queue.len(), committed),
        start: start.collect(),
        months: plan.months.iter().map(month).collect(),
    }
}

fn coverage(plan: &Plan) -> BTreeMap<&'static str, Vec<String>> {
    let coverage = &plan.coverage;
    let lists: [(&'static str, &Vec<MonthRange>); 8] = [
        ("current", &coverage.current),
        ("running", &coverage.running),
        ("waiting", &coverage.waiting),
        ("missing", &coverage.missing),
        ("failed", &coverage.failed),
        ("stale", &coverage.stale),
        ("withheld", &coverage.withheld),
        ("excluded", &coverage.excluded),
    ];
    let texts = |ranges: &Vec<MonthRange>| ranges.iter().map(ToString::to_string).collect();
    lists.into_iter().map(|(name, ranges)| (name, texts(ranges))).collect()
}

/// A plan's hash as it is printed and typed.
pub fn hash(plan: &Plan) -> String {
    format!("{:016x}", plan.hash)
}

/// The months as a table.
pub fn table(plan: &Plan, committed: &BTreeMap<Month, Committed>, wide: bool) -> String {
    let mut text = String::from("MONTH    STANDING      ROWS       MAE  WHY\n");
    for state in &plan.months {
        let done = committed.get(&state.month);
        let rows = done.map(|done| done.rows.to_string()).unwrap_or_default();
        let mae = done.and_then(|done| done.error).map(|error| format!("{:.4}", error.mae)).unwrap_or_default();
        let (style, standing) = (style(state.standing), word(state.standing));
        // Writing into a String cannot fail.
        let _ = write!(text, "{}  {style}{standing:<9}{style:#} {rows:>8} {mae:>9}  {}", state.month, state.reason);
        if let Some(attempt) = untold(state) {
            let _ = write!(text, " ({attempt})");
        }
        if let Some(done) = done.filter(|_| wide) {
            let _ = write!(
                text,
                "  {}  {} bytes  {}",
                &done.fingerprint[..done.fingerprint.len().min(8)],
                done.size,
                done.uri
            );
        }
        text.push('\n');
    }
    text
}

/// The last attempt, where it did not succeed and the reason does not tell of it: a good output has its own reason.
fn untold(state: &MonthState) -> Option<AttemptMark> {
    let told = matches!(state.reason, Reason::BackingOff { .. } | Reason::NeedsChange(_) | Reason::GaveUp(_));
    state.attempt.filter(|attempt| !told && attempt.outcome != AttemptOutcome::Succeeded)
}

/// The line above a schedule's calendar.
pub fn heading(wish: &Wish, plan: &Plan) -> String {
    let due = match (plan.due, &wish.world_of, wish.backfills.first()) {
        (Some(due), ..) => format!("due {due}"),
        (None, Some(_), Some(backfill)) => format!("asks for {} with a model of its own", backfill.months()),
        (None, ..) => "nothing is due".to_owned(),
    };
    let tick = plan.next_tick.map(|tick| format!(", next tick {} (local time)", tick.local.strftime("%Y-%m-%d %H:%M")));
    let late = match plan.freshness {
        Freshness::Overdue { month, since } => format!(", {month} is late since {since}"),
        _ => String::new(),
    };
    format!("{}: {due}{}{late}", wish.title(), tick.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_the_mean_of_what_is_committed() {
        let committed = |rows, milliseconds| Committed {
            fingerprint: "f".into(),
            rows,
            size: 10 * rows,
            input_rows: None,
            milliseconds: Some(milliseconds),
            error: None,
            attempt: 1,
            uri: "file:///x".into(),
        };
        let known = BTreeMap::from([
            ("2021-01".parse().unwrap(), committed(100, 10)),
            ("2021-02".parse().unwrap(), committed(300, 30)),
        ]);
        let estimate = Estimate { months: 3, rows: 600, bytes: 6000, milliseconds: 60 };
        assert_eq!(Estimate::of(3, &known), Some(estimate));
        assert_eq!(Estimate::of(3, &BTreeMap::new()), None);
    }
}
