//! Writing statuses: only what has changed, only if it has, and only over the version that it was worked out from. Fields
//! that this version does not know stay as they are.

use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use kube::{Api, Resource, ResourceExt};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ApplyError, Writer, code};
use crate::expect::Written;
use crate::names;

impl Writer {
    /// Writes a status; says whether there was anything to write. `schedule` is the UID of the schedule that waits to see
    /// it. An object that is gone needs none.
    pub async fn status<K, S>(
        &self,
        object: &K,
        (before, after): (Option<&S>, &S),
        schedule: &str,
    ) -> Result<bool, ApplyError>
    where
        K: Resource<DynamicType = ()>,
        S: Serialize + PartialEq,
    {
        if before == Some(after) {
            return Ok(false);
        }
        let name = object.name_any();
        let value =
            |status| serde_json::to_value(status).map_err(|source| ApplyError::Form { name: name.clone(), source });
        let before = before.map(value).transpose()?.unwrap_or_else(|| json!({}));
        let Some(change) = change(&before, &value(after)?) else { return Ok(false) };
        let patch = json!({"metadata": {"resourceVersion": object.resource_version()}, "status": change});
        // The answer is read as it comes: a newer version's fields must not make a write that took place look failed.
        let resource = ApiResource::erase::<K>(&());
        let namespace = object.namespace().unwrap_or_default();
        let api = Api::<DynamicObject>::namespaced_with(self.client.clone(), &namespace, &resource);
        let params = PatchParams { field_manager: Some(names::FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        match api.patch_status(&name, &params, &Patch::Merge(patch)).await {
            Ok(stored) => {
                if let (Some(uid), Some(version)) = (stored.uid(), stored.resource_version()) {
                    self.expectations.note(schedule, Written::Status(uid, version));
                }
                Ok(true)
            }
            Err(error) => match code(&error) {
                Some(404) => Ok(false),
                Some(409) => Err(ApplyError::Conflict { name }),
                _ => Err(ApplyError::Status { name, source: Box::new(error) }),
            },
        }
    }
}

/// The merge patch (RFC 7386) that makes one value the other; none where they are equal.
fn change(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let mut patch = Map::new();
    for (key, value) in after {
        let part = match before.get(key) {
            Some(old) => change(old, value),
            None => Some(value.clone()),
        };
        patch.extend(part.map(|part| (key.clone(), part)));
    }
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    (!patch.is_empty()).then_some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_holds_what_has_changed_and_nothing_else() {
        struct Case {
            before: Value,
            after: Value,
            patch: Option<Value>,
        }
        let cases = [
            Case { before: json!({"a": 1}), after: json!({"a": 1}), patch: None },
            Case { before: json!({"a": 1}), after: json!({"a": 2}), patch: Some(json!({"a": 2})) },
            Case { before: json!({"a": 1, "b": 2}), after: json!({"b": 2}), patch: Some(json!({"a": null})) },
            Case {
                before: json!({"a": {"b": 1, "c": 2}}),
                after: json!({"a": {"b": 1, "c": 3}}),
                patch: Some(json!({"a": {"c": 3}})),
            },
            Case { before: json!({"a": [1, 2]}), after: json!({"a": [2]}), patch: Some(json!({"a": [2]})) },
            Case { before: json!({}), after: json!({"a": {"b": 1}}), patch: Some(json!({"a": {"b": 1}})) },
        ];
        for Case { before, after, patch } in cases {
            assert_eq!(change(&before, &after), patch, "{before} to {after}");
        }
    }
}
