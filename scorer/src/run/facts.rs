//! What a run knows before it reads the model: enough to say where its output is, and what it would be made from.

use scoring_contract::Manifest;
use scoring_contract::manifest::{self, Input, State};

use super::RunError;
use crate::fingerprint::{Fingerprint, OUTPUT_VERSION};
use crate::locate::Located;
use crate::store::{Object, Source};
use crate::task::{ModelSource, Task, same_store};
use crate::template::Values;
use crate::uri::Uri;

/// What a run knows before it reads the model.
pub(super) struct Facts {
    pub(super) input: Input,
    model_folder: Uri,
    pub(super) model_uri: Uri,
    pub(super) model: Object,
    flavor: String,
    pub(super) format: scoring_model::Format,
    library_version: Option<String>,
    pub(super) run_id: Option<String>,
}

impl Facts {
    pub(super) fn of(task: &Task, dataset: &Source, located: &Located) -> Result<Self, RunError> {
        let Object { etag, size } = dataset.object().clone();
        let mlmodel = &located.mlmodel;
        Ok(Self {
            input: Input { uri: task.dataset.to_string(), etag, size, rows: None },
            model_folder: located.folder.clone(),
            model_uri: located.uri.clone(),
            model: located.object().clone(),
            flavor: mlmodel.flavor.clone(),
            format: mlmodel.format.format(),
            library_version: mlmodel.sklearn_version.clone(),
            run_id: run_id(task, located)?,
        })
    }

    pub(super) fn fingerprint(&self, task: &Task, sha256: &str) -> Fingerprint {
        Fingerprint::of(task, &self.input, sha256, self.run_id.as_deref())
    }

    pub(super) fn output(&self, task: &Task, fingerprint: Option<&Fingerprint>) -> Result<Uri, RunError> {
        let fingerprint = fingerprint.map(Fingerprint::short);
        let values = Values { month: task.month, run_id: self.run_id.as_deref(), fingerprint };
        let filled = values.fill(&task.output).map_err(RunError::Template)?;
        let output = Uri::parse(&filled).map_err(RunError::Address)?;
        match self.overwritten(task, &output) {
            Some(what) => Err(RunError::Overwrites { uri: output.to_string(), what }),
            None => Ok(output),
        }
    }

    /// What an output at this address would be written over, of what it is made from.
    fn overwritten(&self, task: &Task, output: &Uri) -> Option<&'static str> {
        let below_model = output.to_string().starts_with(&format!("{}/", self.model_folder));
        if *output == task.dataset && same_store(&task.dataset_storage, &task.output_storage) {
            Some("the dataset itself")
        } else if below_model && same_store(&task.model_storage, &task.output_storage) {
            Some("in the model's folder")
        } else {
            None
        }
    }

    /// The manifest of the output that is to be written, without what is not known yet.
    pub(super) fn manifest(
        &self,
        task: &Task,
        sha256: String,
        classes: Vec<String>,
        fingerprint: &Fingerprint,
    ) -> Manifest {
        Manifest {
            version: manifest::VERSION,
            state: State::Committed,
            month: task.month.to_string(),
            fingerprint: fingerprint.to_string(),
            attempt: task.attempt,
            schedule: task.schedule.clone(),
            input: self.input.clone(),
            model: manifest::Model {
                uri: self.model_uri.to_string(),
                etag: self.model.etag.clone(),
                size: self.model.size,
                sha256,
                flavor: self.flavor.clone(),
                classes,
                library_version: self.library_version.clone(),
                run_id: self.run_id.clone(),
            },
            output: None,
            figures: None,
            scorer: manifest::Scorer { version: env!("CARGO_PKG_VERSION").to_owned(), output_version: OUTPUT_VERSION },
            timings: None,
        }
    }
}

/// The MLflow run of the model: the task's, or the one that the `MLmodel` file names. A task that names the model by its
/// folder cannot say that another run has logged it.
fn run_id(task: &Task, located: &Located) -> Result<Option<String>, RunError> {
    match (&task.model, &task.run_id, &located.mlmodel.run_id) {
        (ModelSource::Folder(_), Some(wanted), Some(found)) if wanted != found => Err(RunError::RunDiffers {
            folder: located.folder.to_string(),
            found: found.clone(),
            wanted: wanted.clone(),
        }),
        (_, wanted, found) => Ok(wanted.clone().or_else(|| found.clone())),
    }
}
