//! How to look at what the operator says: conditions, rows, ranges.

use std::collections::BTreeMap;

use serde_json::Value;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// A condition of an object; none where it has not got it.
pub(crate) fn condition(object: &Value, name: &str) -> Option<Condition> {
    let all = object.pointer("/status/conditions")?.as_array()?;
    let found = all.iter().find(|condition| condition["type"] == name)?;
    let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
    Some(Condition { status: text("status"), reason: text("reason"), message: text("message") })
}

/// Whether a condition has a status.
pub(crate) fn is(object: &Value, name: &str, status: &str) -> bool {
    condition(object, name).is_some_and(|condition| condition.status == status)
}

/// Whether a condition has a reason.
pub(crate) fn has_reason(object: &Value, name: &str, reason: &str) -> bool {
    condition(object, name).is_some_and(|condition| condition.reason == reason)
}

/// The ranges of a list of a schedule's coverage.
pub(crate) fn covered<'a>(schedule: &'a Value, list: &str) -> Vec<&'a str> {
    let ranges = schedule.pointer(&format!("/status/coverage/{list}")).and_then(Value::as_array);
    ranges.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The rows of an object's status, by month.
pub(crate) fn rows(object: &Value) -> BTreeMap<&str, &Value> {
    let rows = object.pointer("/status/months").and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| Some((row["month"].as_str()?, row))).collect()
}
