//! `scorer inspect`: what a model is, in the words of the one who trained it, and whether it can be used.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use scoring_contract::{ExitClass, task};
use scoring_model::{Artifact, Description, Format, MlflowModel, Step};
use serde::Serialize;

use crate::args::Inspect;
use crate::failure;
use crate::locate::{LocateError, locate};
use crate::run::RunError;
use crate::store::{Store, StoreError};
use crate::task::{ModelSource, Storage, TaskError};
use crate::uri::{Uri, UriError};

/// The largest model file: it is held in memory.
const MODEL: u64 = 4 * 1024 * 1024 * 1024;

/// Why there is nothing to say.
#[derive(Debug, thiserror::Error)]
enum InspectError {
    #[error("`{0}` is no address")]
    Address(String, #[source] UriError),
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
            let class = match &error {
                InspectError::Run(error) => failure::of(error).class,
                _ => ExitClass::BadSetting,
            };
            drop(writeln!(std::io::stderr(), "error: {}", failure::chain(&error)));
            class
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
    Uri::parse(&text).map_err(|source| InspectError::Address(text, source))
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

fn words(report: &Report) -> String {
    let mut text = format!("{}\n  {} bytes, SHA-256 {}\n", report.model, report.size, report.sha256);
    if let Some(mlflow) = &report.mlflow {
        let version = mlflow.version.as_deref().unwrap_or("of unknown version");
        let run = mlflow.run_id.as_deref().unwrap_or("unknown");
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  logged by MLflow {version}, run {run}");
    }
    for step in &report.description.steps {
        let _ = writeln!(text, "  {}", step_words(step));
    }
    let verdict = match &report.description.reason {
        _ if report.description.supported => "supported".to_owned(),
        Some(reason) => format!("not supported: {reason}"),
        None => "not supported".to_owned(),
    };
    text + "  " + &verdict
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
