//! The part of a spec that becomes a task, as a task document has it: the same fields, but for the Secret, which the
//! controller hands to a pod and no task names. Nothing is checked here.

use serde_json::{Map, Value};

use crate::schedule::ScoringScheduleSpec;

/// The fields of a spec that a task document has, as JSON.
pub fn task_part(spec: &ScoringScheduleSpec) -> Map<String, Value> {
    let mut value = serde_json::to_value(spec).unwrap_or_default();
    let fields = ["dataset", "model", "features", "output", "storage"];
    let part = |field: &str| {
        let mut found = value.get_mut(field).map(Value::take).filter(|value| !value.is_null())?;
        take_secret(&mut found, if field == "storage" { "" } else { "/storage" });
        Some((field.to_owned(), found))
    };
    fields.into_iter().filter_map(part).collect()
}

fn take_secret(part: &mut Value, storage: &str) {
    if let Some(storage) = part.pointer_mut(storage).and_then(Value::as_object_mut) {
        storage.remove("credentialsSecret");
    }
}
