//! Which months a schedule's status has rows for. First those whose attempt nothing else remembers; then those that run, so
//! that a Job that vanishes is missed; then those that were committed since the last survey, whose Jobs go once they are
//! stored; then the last 36 and what is not current, the newest first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use scoring_crds::bounds;
use scoring_crds::status::{MonthStatus, ScheduleStatus};
use scoring_plan::{AttemptState, Month, MonthState, Record, Standing};

use super::{Planned, month};

/// How many of the newest months have a row whatever they are like.
const NEWEST: usize = 36;
/// Rows that are kept free of months whose Jobs are still there: those of running ones must find room beside them.
const KEPT_FREE: usize = 24;
/// Bytes of all rows as JSON: what conditions and coverage leave of 64 KiB.
const BYTES: usize = 46 * 1024;

/// What a row is for, the most needed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// Nothing else remembers the attempt.
    Memory,
    /// Its Job must be missed where it vanishes.
    Running,
    /// Its Job goes once this row is stored.
    Committed,
    /// Somebody wants to read it.
    Telling,
}

/// The rows, the oldest first.
pub(super) fn of(own: Planned<'_>, before: &ScheduleStatus, now: Timestamp) -> Vec<MonthStatus> {
    let stored: BTreeMap<&str, &MonthStatus> = before.months.iter().map(|row| (row.month.as_str(), row)).collect();
    let newest = own.plan.months.iter().rev().take(NEWEST).next_back().map(|state| state.month);
    let mut wanted: Vec<(Need, &MonthState)> =
        own.plan.months.iter().filter_map(|state| Some((need(own, state, newest)?, state))).collect();
    wanted.sort_by_key(|(need, state)| (*need, std::cmp::Reverse(state.month)));
    let mut rows: Vec<MonthStatus> = Vec::new();
    let mut bytes = 0;
    for (need, state) in wanted {
        let most = if need == Need::Committed { bounds::STATUS_MONTHS - KEPT_FREE } else { bounds::STATUS_MONTHS };
        if rows.len() >= most {
            continue;
        }
        let row = month::of(own, state, stored.get(state.month.to_string().as_str()).copied(), now);
        bytes += serde_json::to_string(&row).map_or(0, |text| text.len() + 1);
        if bytes > BYTES && need == Need::Telling {
            break;
        }
        rows.push(row);
    }
    rows.sort_by(|one, other| one.month.cmp(&other.month));
    rows
}

fn need(own: Planned<'_>, state: &MonthState, newest: Option<Month>) -> Option<Need> {
    let last = own.seen.history.facts(state.month).and_then(|facts| facts.last());
    let is_there = |number| own.seen.jobs.contains_key(&(state.month, number));
    let surveyed = own.seen.history.surveys.last.as_ref().map(|survey| survey.at);
    let by_attempt = last.and_then(|last| match last.state {
        AttemptState::Succeeded { at } if surveyed.is_some_and(|surveyed| at < surveyed) => None,
        // A Job whose result is stored goes in this very pass.
        _ if !is_there(last.number) || last.record == Record::Saved => Some(Need::Memory),
        AttemptState::Running => Some(Need::Running),
        AttemptState::Succeeded { .. } => Some(Need::Committed),
        AttemptState::Failed { .. } | AttemptState::Cancelled { .. } => None,
    });
    let is_told = newest.is_some_and(|newest| state.month >= newest)
        || !matches!(state.standing, Standing::Current | Standing::Excluded);
    by_attempt.or(is_told.then_some(Need::Telling))
}
