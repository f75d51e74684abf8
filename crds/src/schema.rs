//! The parts of the schema that a derive cannot say: fields that are absent rather than null, bounds on types of
//! Kubernetes, and what is either a number or a text.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::{JsonSchema as _, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::bounds;

/// Takes `null` out of every field: an optional field is left out. A null that the API server keeps would make `has()`
/// true in a rule, and the comparison behind it an error that no user understands.
pub(crate) fn absent_not_null(schema: &mut Schema) {
    if let Some(fields) = schema.as_object_mut() {
        take_null(fields);
    }
}

fn take_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut choices)) = schema.remove("anyOf") {
        choices.retain(|choice| *choice != json!({"type": "null"}));
        match <[Value; 1]>::try_from(choices) {
            Ok([Value::Object(only)]) => only.into_iter().for_each(|(key, value)| {
                schema.entry(key).or_insert(value);
            }),
            Ok([other]) => drop(schema.insert("anyOf".to_owned(), json!([other]))),
            Err(several) => drop(schema.insert("anyOf".to_owned(), Value::Array(several))),
        }
    }
    for value in schema.values_mut() {
        match value {
            Value::Object(inner) => take_null(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(take_null),
            _ => {}
        }
    }
}

/// The conditions of Kubernetes with the bounds that it gives them itself (`metav1.Condition`, Kubernetes 1.34).
pub(crate) fn conditions(generator: &mut SchemaGenerator) -> Schema {
    let mut condition = Condition::json_schema(generator).to_value();
    for (field, key, value) in [
        ("type", "maxLength", json!(316)),
        ("reason", "maxLength", json!(64)),
        ("reason", "minLength", json!(1)),
        ("reason", "pattern", json!(bounds::REASON_PATTERN)),
        ("message", "maxLength", json!(1024)),
        ("status", "enum", json!(["True", "False", "Unknown"])),
        ("observedGeneration", "minimum", json!(0)),
    ] {
        condition["properties"][field][key] = value;
    }
    json_schema!({ "type": "array", "maxItems": 16, "items": condition })
}

/// An amount: `2` and `"2"` are the same.
pub(crate) fn quantity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "x-kubernetes-int-or-string": true,
        "maxLength": 32,
        "pattern": bounds::QUANTITY_PATTERN,
    })
}

/// Labels by name. The keys are bounded by a rule, since a structural schema cannot bound them.
pub(crate) fn labels(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": bounds::PLACEMENT,
        "additionalProperties": { "type": "string", "maxLength": bounds::LABEL, "pattern": bounds::LABEL_PATTERN },
    })
}
