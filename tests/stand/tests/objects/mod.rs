//! Objects as tests write them: the fields that matter to a test, and as few others as the API server takes.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use k8s_openapi::api::batch::v1::Job;

/// An object of a kind, from its fields.
pub(crate) fn object<K: DeserializeOwned>(fields: Value) -> K {
    serde_json::from_value(fields).expect("a test names fields of its kind")
}

/// A Job with one container that is never restarted.
pub(crate) fn job(name: &str, image: &str) -> Job {
    object(json!({
        "metadata": {"name": name},
        "spec": {
            "backoffLimit": 3,
            "podReplacementPolicy": "Failed",
            "template": {"spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "scorer", "image": image}],
            }},
        },
    }))
}
