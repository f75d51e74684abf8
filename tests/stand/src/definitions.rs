//! Custom resource definitions: applied from YAML files, and waited for.

use std::fs;
use std::path::Path;
use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client};
use serde_json::Value;

use crate::{StandError, until};

const DEADLINE: Duration = Duration::from_secs(30);

/// Applies every `*.yaml` of a folder, each of which holds one definition.
pub(crate) async fn apply(client: Client, folder: &Path) -> Result<(), StandError> {
    let api: Api<CustomResourceDefinition> = Api::all(client);
    let entries = fs::read_dir(folder).map_err(StandError::file("list", folder))?;
    for entry in entries {
        let path = entry.map_err(StandError::file("list", folder))?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            apply_one(&api, &path).await?;
        }
    }
    Ok(())
}

async fn apply_one(api: &Api<CustomResourceDefinition>, path: &Path) -> Result<(), StandError> {
    let text = fs::read_to_string(path).map_err(StandError::file("read", path))?;
    let unreadable = |problem: String| StandError::Document { path: path.to_owned(), problem };
    let document: Value = serde_yaml::from_str(&text).map_err(|problem| unreadable(problem.to_string()))?;
    let name = document.pointer("/metadata/name").and_then(Value::as_str);
    let name = name.ok_or_else(|| unreadable("it has no metadata.name".to_owned()))?;
    let answer = api.patch(name, &PatchParams::apply("stand").force(), &Patch::Apply(&document)).await;
    answer.map_err(StandError::call("apply", name))?;
    until(api, name, DEADLINE, |definition| definition.is_some_and(is_served)).await.map(drop)
}

/// Whether the API server serves the resource.
fn is_served(definition: &CustomResourceDefinition) -> bool {
    let conditions = definition.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Established" && condition.status == "True")
}
