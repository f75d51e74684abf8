//! Task documents as a user writes them: the recipe's features and columns, with the dataset, model and output given.

use std::path::Path;

use serde_json::{Value, json};

/// How a task names its model.
#[derive(Clone, Debug)]
pub enum Model {
    /// A folder that holds an `MLmodel`.
    Folder(String),
    /// A run of an experiment, by the experiment's artifact root.
    Run {
        /// The artifact root.
        experiment_uri: String,
        /// The run.
        run_id: String,
    },
}

/// The S3 store of a task.
#[derive(Clone, Debug)]
pub struct Storage {
    /// Its address.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Above this many MiB an output is uploaded in parts; the scorer's default where none is given.
    pub multipart_above_mib: Option<u64>,
}

/// A task document that tests change field by field.
#[derive(Clone, Debug)]
pub struct TaskFile(Value);

impl TaskFile {
    /// The recipe's task: eight columns, rides of 1 to 60 minutes, the pair of zones and the distance as features.
    pub fn recipe(month: &str, dataset: &str, model: &Model, output: &str) -> Self {
        let model = match model {
            Model::Folder(uri) => json!({"uri": uri}),
            Model::Run { experiment_uri, run_id } => json!({"experimentUri": experiment_uri, "runId": run_id}),
        };
        Self(json!({
            "month": month,
            "dataset": {"uri": dataset},
            "model": model,
            "features": {
                "compute": [
                    {"name": "duration", "expr": "date_part('epoch', lpep_dropoff_datetime - lpep_pickup_datetime) / 60"},
                    {"name": "PU_DO", "expr": "concat(PULocationID, '_', DOLocationID)"},
                ],
                "where": "duration BETWEEN 1 AND 60",
            },
            "output": {
                "uri": output,
                "columns": [
                    {"name": "ride_id", "expr": "row_id"},
                    {"name": "lpep_pickup_datetime"},
                    {"name": "PULocationID", "expr": "CAST(PULocationID AS VARCHAR)"},
                    {"name": "DOLocationID", "expr": "CAST(DOLocationID AS VARCHAR)"},
                    {"name": "actual_duration", "expr": "duration"},
                    {"name": "predicted_duration", "expr": "prediction"},
                    {"name": "diff", "expr": "duration - prediction"},
                    {"name": "model_version", "expr": "run_id"},
                ],
                "actual": "duration",
            },
        }))
    }

    /// The same task with a store.
    #[must_use]
    pub fn in_storage(self, storage: Storage) -> Self {
        let Storage { endpoint, region, multipart_above_mib } = storage;
        let mut value = json!({"endpoint": endpoint, "region": region, "pathStyle": true});
        if let Some(mib) = multipart_above_mib {
            value["multipartAboveMiB"] = json!(mib);
        }
        self.with("/storage", value)
    }

    /// The same task with the field at a JSON pointer set, such as `/features/where`.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        if let Some(field) = self.0.pointer_mut(pointer) {
            *field = value;
        } else if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(parent) = self.0.pointer_mut(parent)
        {
            parent[name] = value;
        }
        self
    }

    /// The same task without the field of that name at the top.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Some(fields) = self.0.as_object_mut() {
            fields.remove(name);
        }
        self
    }

    /// The document.
    pub fn text(&self) -> String {
        self.0.to_string()
    }
}

/// The `file://` address of a path.
pub fn file_uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
