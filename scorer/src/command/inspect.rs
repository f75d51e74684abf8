//! `scorer inspect`: what a model is, in the words of the one who trained it, and whether it can be used.

use std::io::Write;
use std::path::Path;

use scoring_contract::{ExitClass, task};
use scoring_model::{Artifact, Description, Format, MlflowModel, Step};
use serde::Serialize;

use super::refuse;
use crate::args::Inspect;
use crate::failure::{self, BAD_MODEL, BAD_STORAGE};
use crate::locate::{LocateError, MODEL, locate};
use crate::run::RunError;
use crate::store::{Store, StoreError};
use crate::task::{ModelSource, Storage, TaskError};
use crate::uri::{Uri, UriError};
use crate::visible::visible;

/// Why there is nothing to say.
#[derive(Debug, thiserror::Error)]
enum InspectError {
    #[error("the model has no address")]
    Address(#[source] UriError),
    #[error("the storage settings cannot be used")]
    Storage(#[source] TaskError),
    #[error(transparent)]
    Run(#[from] RunError),
}

/// What is said.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    model: String,
    size: u64,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mlflow: Option<Mlflow>,
    #[serde(flatten)]
    description: Description,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mlflow {
    flavor: String,
    version: Option<String>,
    run_id: Option<String>,
    model_id: Option<String>,
    signature: Vec<String>,
}

/// Says what a model is. The class is `BadSetting` where it cannot be used.
pub(super) async fn execute(args: &Inspect) -> ExitClass {
    match inspect(args).await {
        Ok(report) => {
            let text =
                if args.json { serde_json::to_string_pretty(&report).unwrap_or_default() } else { words(&report) };
            drop(writeln!(std::io::stdout(), "{text}"));
            if report.description.supported { ExitClass::Done } else { ExitClass::BadSetting }
        }
        Err(error) => {
            let verdict = match &error {
                InspectError::Address(_) => BAD_MODEL,
                InspectError::Storage(_) => BAD_STORAGE,
                InspectError::Run(error) => failure::of(error),
            };
            refuse(&error, &verdict)
        }
    }
}

async fn inspect(args: &Inspect) -> Result<Report, InspectError> {
    let uri = address(&args.model)?;
    let settings = task::Storage { endpoint: args.endpoint.clone(), region: args.region.clone(), ..Default::default() };
    let store = Store::new(Storage::try_from(&settings).map_err(InspectError::Storage)?);
    let format = match Path::new(&uri.split().1).extension().and_then(|extension| extension.to_str()) {
        Some("pkl" | "pickle") => Some(Format::Pickle),
        Some("skops") => Some(Format::Skops),
        _ => None,
    };
    match format {
        Some(format) => inspect_file(&store, &uri, format).await,
        None => inspect_folder(&store, uri).await,
    }
}

fn address(model: &str) -> Result<Uri, InspectError> {
    let text = if model.contains("://") {
        model.to_owned()
    } else {
        let path = std::path::absolute(model).unwrap_or_else(|_| model.into());
        format!("file://{}", std::fs::canonicalize(&path).unwrap_or(path).display())
    };
    Uri::parse(&text).map_err(InspectError::Address)
}

async fn inspect_file(store: &Store, uri: &Uri, format: Format) -> Result<Report, InspectError> {
    let read = store.read(uri, MODEL).await.map_err(|error| RunError::Locate(LocateError::Read(error)))?;
    let Some((object, bytes)) = read else {
        return Err(RunError::Locate(LocateError::Read(StoreError::NotFound { uri: uri.to_string() })).into());
    };
    let sha256 = crate::fingerprint::sha256(&bytes);
    Ok(Report {
        model: uri.to_string(),
        size: object.size,
        sha256,
        mlflow: None,
        description: describe(uri, format, &bytes)?,
    })
}

async fn inspect_folder(store: &Store, folder: Uri) -> Result<Report, InspectError> {
    let located = locate(store, &ModelSource::Folder(folder)).await.map_err(RunError::Locate)?;
    let (uri, size) = (located.uri.clone(), located.object().size);
    let MlflowModel { flavor, format: serialization, mlflow_version, run_id, model_id, inputs, .. } =
        located.mlmodel.clone();
    let file = located.read().await.map_err(RunError::Locate)?;
    let signature = inputs.iter().flatten().map(|input| format!("{}: {}", input.name, input.data_type)).collect();
    let mlflow = Mlflow { flavor, version: mlflow_version, run_id, model_id, signature };
    let description = describe(&uri, serialization.format(), &file.bytes)?;
    Ok(Report { model: uri.to_string(), size, sha256: file.sha256, mlflow: Some(mlflow), description })
}

fn describe(uri: &Uri, format: Format, bytes: &[u8]) -> Result<Description, InspectError> {
    let artifact = Artifact::read(format, bytes).map_err(|source| RunError::Read { uri: uri.to_string(), source })?;
    Ok(artifact.describe())
}

/// The report in lines, each fit for a terminal: what a model file says of itself may be anything.
fn words(report: &Report) -> String {
    let mut lines = vec![report.model.clone(), format!("{} bytes, SHA-256 {}", report.size, report.sha256)];
    if let Some(mlflow) = &report.mlflow {
        let version = mlflow.version.as_deref().unwrap_or("of unknown version");
        let run = mlflow.run_id.as_deref().unwrap_or("unknown");
        lines.push(format!("logged by MLflow {version}, run {run}"));
    }
    lines.extend(report.description.steps.iter().map(step_words));
    lines.push(match &report.description.reason {
        _ if report.description.supported => "supported".to_owned(),
        Some(reason) => format!("not supported: {reason}"),
        None => "not supported".to_owned(),
    });
    let lines: Vec<String> = lines.iter().map(|line| visible(line)).collect();
    lines.join("\n  ")
}

/// One step: `RandomForestRegressor of scikit-learn 1.0.2: 100 trees, 41,002 nodes, depth 20 (n_estimators 100)`.
fn step_words(step: &Step) -> String {
    let mut facts = Vec::new();
    let counts =
        [("trees", step.trees), ("nodes", step.nodes), ("levels at most", step.max_depth), ("features", step.features)];
    facts.extend(counts.into_iter().filter_map(|(what, count)| Some(format!("{} {what}", count?))));
    facts.extend(step.categories.iter().map(|(column, count)| format!("{column} with {count} categories")));
    facts.extend(step.parameters.iter().map(|(name, value)| format!("{name} {value}")));
    let version =
        step.sklearn_version.as_deref().map(|version| format!(" of scikit-learn {version}")).unwrap_or_default();
    let colon = if facts.is_empty() { "" } else { ": " };
    format!("{}: {}{version}{colon}{}", step.name, step.class, facts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_says_of_itself_begins_no_line_of_its_own() {
        let mlflow = Mlflow {
            flavor: "sklearn".into(),
            version: Some("3\n  supported\u{1b}[8m".into()),
            run_id: None,
            model_id: None,
            signature: Vec::new(),
        };
        let reason = Some("the class `a\nb`".into());
        let report = Report {
            model: "file:///m/model.pkl".into(),
            size: 1,
            sha256: "d".into(),
            mlflow: Some(mlflow),
            description: Description { steps: Vec::new(), supported: false, reason },
        };
        assert_eq!(words(&report).lines().count(), 4);
        assert!(!words(&report).contains('\u{1b}'));
    }
}
