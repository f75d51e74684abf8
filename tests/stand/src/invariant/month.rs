//! I2: at the end every month stands well, or failed for a reason that is told. I7: the status says what is true.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Commit, Violation};

/// The months of each list of a schedule's `status.coverage`, ranges spelled out.
pub fn coverage(schedule: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let lists = schedule.pointer("/status/coverage").and_then(Value::as_object).into_iter().flatten();
    let months = |ranges: &Value| -> BTreeSet<String> {
        ranges.as_array().into_iter().flatten().filter_map(Value::as_str).flat_map(spelled_out).collect()
    };
    lists.map(|(list, ranges)| (list.clone(), months(ranges))).collect()
}

/// I2: every one of these months that is neither current nor failed with a reason. `schedule` is the object as it is
/// stored at the end.
pub fn every_month_stands(schedule: &Value, months: &[String]) -> Vec<Violation> {
    let lists = coverage(schedule);
    let has = |list: &str, month: &String| lists.get(list).is_some_and(|months| months.contains(month));
    let rows = schedule.pointer("/status/months").and_then(Value::as_array);
    let row = |month: &String| rows.into_iter().flatten().find(|row| row["month"] == month.as_str());
    let told = |month: &String| row(month).is_some_and(tells_a_reason);
    let stands = |month: &&String| has("current", month) || (has("failed", month) && told(month));
    let wrong = months.iter().filter(|month| !stands(month));
    wrong
        .map(|month| {
            let lists: Vec<_> = lists.keys().filter(|list| has(list, month)).collect();
            let what = format!("{month} is neither current nor failed with a reason; it is among {lists:?}");
            Violation::new("I2", what, row(month).map(Value::to_string).into_iter().collect())
        })
        .collect()
}

/// I7: every month that the status calls current and that is not committed, and the other way round.
pub fn status_is_true(schedule: &Value, commits: &[Commit]) -> Vec<Violation> {
    let said = coverage(schedule).remove("current").unwrap_or_default();
    let truth: BTreeSet<String> = commits.iter().map(|commit| commit.month.clone()).collect();
    let wrong = said.symmetric_difference(&truth);
    wrong
        .map(|month| {
            let (status, bucket) = (said.contains(month), truth.contains(month));
            let what = format!("{month} is current by the status: {status}; committed: {bucket}");
            Violation::new("I7", what, Vec::new())
        })
        .collect()
}

/// Whether the row of a failed month says why.
fn tells_a_reason(row: &Value) -> bool {
    row["reason"].as_str().is_some_and(|reason| !reason.is_empty())
}

/// `2021-01..2021-03` as three months; anything else as it is.
fn spelled_out(range: &str) -> Vec<String> {
    let ends = range.split_once("..").and_then(|(first, last)| Some((ordinal(first)?, ordinal(last)?)));
    let month = |ordinal: u32| format!("{:04}-{:02}", ordinal / 12, ordinal % 12 + 1);
    ends.map_or_else(|| vec![range.to_owned()], |(first, last)| (first..=last).map(month).collect())
}

fn ordinal(month: &str) -> Option<u32> {
    let (year, month) = month.split_once('-')?;
    Some(year.parse::<u32>().ok()? * 12 + month.parse::<u32>().ok()?.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_spelled_out_over_the_turn_of_a_year() {
        assert_eq!(spelled_out("2020-12..2021-02"), ["2020-12", "2021-01", "2021-02"]);
        assert_eq!(spelled_out("2021-07"), ["2021-07"]);
    }
}
