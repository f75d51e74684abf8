//! Finding a model: which folder holds the `MLmodel` file, which file beside it is the model, and its bytes. What is in
//! those bytes is the model crate's.
//!
//! MLflow 1 and 2 put a run's model in `<experiment>/<run>/artifacts/<name>`; MLflow 3 in `<experiment>/models/m-…/artifacts`,
//! where only the `MLmodel` file says which run it is of (mlflow 3.17 `store/artifact/`).

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use scoring_contract::manifest;
use scoring_model::{MlflowError, MlflowModel, parse_mlmodel};

use crate::fingerprint::sha256;
use crate::store::{Object, Source, Store, StoreError};
use crate::task::{ModelSource, is_plain_name};
use crate::uri::Uri;

const FILE: &str = "MLmodel";
/// The largest `MLmodel` file: one with a signature of 10,000 columns stays below.
const MLMODEL: u64 = 4 * 1024 * 1024;
/// The largest model file: it is held in memory.
pub(crate) const MODEL: u64 = 4 * 1024 * 1024 * 1024;
/// `MLmodel` files read at once.
const IN_FLIGHT: usize = 8;

/// A model that was found and not read yet.
pub struct Located {
    /// What the `MLmodel` file says.
    pub mlmodel: MlflowModel,
    /// The folder that holds it.
    pub folder: Uri,
    /// The model file.
    pub uri: Uri,
    source: Source,
}

/// A model file in memory.
pub struct ModelFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// Their SHA-256, in hex.
    pub sha256: String,
}

/// Why a model cannot be found or read.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// No `MLmodel` file where one must be.
    #[error("there is no MLmodel file in {}", .0.join(" or "))]
    Nowhere(Vec<String>),
    /// A run that logged several models.
    #[error("run `{run}` logged several models ({}): name one by model.uri", .folders.join(", "))]
    Several {
        /// The run.
        run: String,
        /// The models' folders.
        folders: Vec<String>,
    },
    /// The `MLmodel` file names a file that is not there.
    #[error("`{0}`, which the MLmodel file names, is not there")]
    NoFile(String),
    /// The `MLmodel` file does not parse, or is of a flavour that is not read.
    #[error("`{uri}` is of no use")]
    Mlmodel {
        /// The `MLmodel` file.
        uri: String,
        /// What is wrong.
        #[source]
        source: MlflowError,
    },
    /// The `MLmodel` file names a run by what cannot be part of an address.
    #[error("`{uri}` names a run that is no plain name: `{}`", .run.chars().take(64).collect::<String>())]
    RunId {
        /// The `MLmodel` file.
        uri: String,
        /// The run.
        run: String,
    },
    /// The store failed.
    #[error("the model cannot be read")]
    Read(#[source] StoreError),
}

/// Finds the model of a task.
pub async fn locate(store: &Store, source: &ModelSource) -> Result<Located, LocateError> {
    let (folder, mlmodel) = match source {
        ModelSource::Folder(folder) => match read_mlmodel(store, folder).await? {
            Some(mlmodel) => (folder.clone(), mlmodel),
            None => return Err(LocateError::Nowhere(vec![folder.to_string()])),
        },
        ModelSource::Run { experiment, run_id, artifact_path } => {
            locate_run(store, experiment, run_id, artifact_path).await?
        }
    };
    if let Some(run) = mlmodel.run_id.as_ref().filter(|run| !is_plain_name(run)) {
        return Err(LocateError::RunId { uri: folder.join(FILE).to_string(), run: run.clone() });
    }
    let uri = folder.join(&mlmodel.file);
    match store.open(&uri).await {
        Ok(source) => Ok(Located { mlmodel, folder, uri, source }),
        Err(StoreError::NotFound { uri }) => Err(LocateError::NoFile(uri)),
        Err(error) => Err(LocateError::Read(error)),
    }
}

async fn locate_run(
    store: &Store,
    experiment: &Uri,
    run: &str,
    artifact_path: &str,
) -> Result<(Uri, MlflowModel), LocateError> {
    let plain = experiment.join(run).join("artifacts").join(artifact_path);
    let denied = match read_mlmodel(store, &plain).await {
        Ok(Some(mlmodel)) => return Ok((plain, mlmodel)),
        Ok(None) => None,
        // A caller that may not list the bucket is told so of a missing object too.
        Err(LocateError::Read(error @ StoreError::Denied { .. })) => Some(error),
        Err(error) => return Err(error),
    };
    let models = experiment.join("models");
    let mut found = match logged_by(store, &models, run).await {
        Ok(found) => found,
        Err(error) => return Err(denied.map_or(error, LocateError::Read)),
    };
    match (found.len(), denied) {
        (1, _) => Ok(found.swap_remove(0)),
        (0, Some(denied)) => Err(LocateError::Read(denied)),
        (0, None) => Err(LocateError::Nowhere(vec![plain.to_string(), format!("{models}/m-*/artifacts of this run")])),
        _ => {
            let folders = found.iter().map(|(folder, _)| folder.to_string()).collect();
            Err(LocateError::Several { run: run.to_owned(), folders })
        }
    }
}

/// The models of MLflow 3's layout that this run logged.
async fn logged_by(store: &Store, models: &Uri, run: &str) -> Result<Vec<(Uri, MlflowModel)>, LocateError> {
    let names = match store.list(models).await {
        Ok(listing) => listing.folders,
        Err(StoreError::Unsupported { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(LocateError::Read(error)),
    };
    let folders = names.iter().filter(|name| name.starts_with("m-")).map(|name| models.join(name).join("artifacts"));
    let read: Vec<Option<(Uri, MlflowModel)>> = stream::iter(folders)
        .map(|folder| async move {
            let text = read_text(store, &folder).await?;
            // A neighbour may be of a flavour that is not read; it is no concern of this run.
            let Some(text) = text.filter(|text| text.contains(run)) else { return Ok(None) };
            let mlmodel = parse(&folder, &text)?;
            Ok((mlmodel.run_id.as_deref() == Some(run)).then_some((folder, mlmodel)))
        })
        .buffered(IN_FLIGHT)
        .try_collect()
        .await?;
    Ok(read.into_iter().flatten().collect())
}

async fn read_mlmodel(store: &Store, folder: &Uri) -> Result<Option<MlflowModel>, LocateError> {
    read_text(store, folder).await?.map(|text| parse(folder, &text)).transpose()
}

async fn read_text(store: &Store, folder: &Uri) -> Result<Option<String>, LocateError> {
    let read = store.read(&folder.join(FILE), MLMODEL).await.map_err(LocateError::Read)?;
    Ok(read.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned()))
}

fn parse(folder: &Uri, text: &str) -> Result<MlflowModel, LocateError> {
    parse_mlmodel(text).map_err(|source| LocateError::Mlmodel { uri: folder.join(FILE).to_string(), source })
}

impl Located {
    /// The model file as the store knows it.
    pub fn object(&self) -> &Object {
        self.source.object()
    }

    /// The file's SHA-256 as a manifest has it, if that manifest is of this very file: the same address, tag and size are
    /// the same bytes.
    pub fn known_digest(&self, model: &manifest::Model) -> Option<String> {
        let object = self.object();
        let same = model.uri == self.uri.to_string() && model.etag == object.etag && model.size == object.size;
        (same && !object.etag.is_empty()).then(|| model.sha256.clone())
    }

    /// The model file.
    pub async fn read(self) -> Result<ModelFile, LocateError> {
        let bytes = self.source.all(MODEL).await.map_err(LocateError::Read)?;
        let sha256 = sha256(&bytes);
        Ok(ModelFile { bytes, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::task::Storage;

    /// An `MLmodel` file of this run, with its model file, in this folder.
    fn log(folder: &Path, run: &str) {
        fs::create_dir_all(folder).unwrap();
        let text = format!(
            "flavors:\n  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n    sklearn_version: 1.9.1\nrun_id: {run}\n"
        );
        fs::write(folder.join("MLmodel"), text).unwrap();
        fs::write(folder.join("model.pkl"), run).unwrap();
    }

    async fn locate_in(root: &Path, run_id: &str) -> Result<Located, LocateError> {
        let store = Store::new(Storage::try_from(&scoring_contract::task::Storage::default()).unwrap());
        let (experiment, artifact_path) = (Uri::File(root.to_owned()), "model".to_owned());
        locate(&store, &ModelSource::Run { experiment, run_id: run_id.to_owned(), artifact_path }).await
    }

    #[tokio::test]
    async fn a_run_is_found_in_the_layouts_of_mlflow_2_and_3() {
        let root = tempfile::tempdir().unwrap();
        log(&root.path().join("old/artifacts/model"), "old");
        log(&root.path().join("models/m-1/artifacts"), "new");
        log(&root.path().join("models/m-2/artifacts"), "other");
        for run in ["old", "new"] {
            let located = locate_in(root.path(), run).await.unwrap();
            assert_eq!(located.read().await.unwrap().bytes, run);
        }
    }

    #[tokio::test]
    async fn a_run_that_could_lead_elsewhere_is_refused() {
        let store = Store::new(Storage::try_from(&scoring_contract::task::Storage::default()).unwrap());
        let long = "a".repeat(4096);
        for run in ["../../etc", "a/b", &long] {
            let root = tempfile::tempdir().unwrap();
            log(root.path(), run);
            let refused = locate(&store, &ModelSource::Folder(Uri::File(root.path().to_owned()))).await;
            let error = refused.map(drop).unwrap_err();
            assert!(matches!(&error, LocateError::RunId { run: found, .. } if found == run));
            assert!(error.to_string().len() < 300, "{error}");
        }
    }

    #[tokio::test]
    async fn a_neighbour_that_cannot_be_read_is_no_concern() {
        let root = tempfile::tempdir().unwrap();
        log(&root.path().join("models/m-1/artifacts"), "new");
        let neighbour = root.path().join("models/m-2/artifacts");
        fs::create_dir_all(&neighbour).unwrap();
        fs::write(neighbour.join("MLmodel"), "flavors: {xgboost: {}}\nrun_id: another\n").unwrap();
        assert!(locate_in(root.path(), "new").await.is_ok());
    }

    #[tokio::test]
    async fn a_run_without_a_model_and_one_with_several_say_where_was_looked() {
        let root = tempfile::tempdir().unwrap();
        log(&root.path().join("models/m-1/artifacts"), "twice");
        log(&root.path().join("models/m-2/artifacts"), "twice");
        let several = locate_in(root.path(), "twice").await.map(drop).unwrap_err();
        assert!(several.to_string().contains("m-1/artifacts") && several.to_string().contains("m-2/artifacts"));
        let nowhere = locate_in(root.path(), "none").await.map(drop).unwrap_err();
        assert!(matches!(nowhere, LocateError::Nowhere(places) if places.len() == 2));
    }
}
