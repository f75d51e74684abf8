//! The committed fixtures: synthetic months, models logged by MLflow, and what the recipe makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{StandError, root};

/// A file or folder under `tests/fixtures`.
pub fn fixture(path: impl AsRef<Path>) -> PathBuf {
    root().join("tests/fixtures").join(path)
}

/// The synthetic rides of a month, such as `2021-02`.
pub fn month_file(month: &str) -> PathBuf {
    fixture(format!("rides/green_tripdata_{month}.parquet"))
}

/// What the recipe makes of a synthetic month with one of the fixture models.
pub fn expected(model: &str, month: &str) -> PathBuf {
    fixture(format!("expected/{model}-{month}.parquet"))
}

/// A model that MLflow itself logged; `tests/fixtures/make.py` lists them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FixtureModel {
    /// What the tests call it.
    pub name: String,
    /// The experiment's artifact root, under `tests/fixtures/mlflow`.
    pub experiment: PathBuf,
    /// The MLflow run.
    pub run_id: String,
    /// The folder that holds the `MLmodel`, under `tests/fixtures/mlflow`.
    pub folder: PathBuf,
}

impl FixtureModel {
    /// The folder that holds the `MLmodel`.
    pub fn path(&self) -> PathBuf {
        fixture("mlflow").join(&self.folder)
    }
}

/// Every model of `tests/fixtures/mlflow`.
pub fn fixture_models() -> Result<Vec<FixtureModel>, StandError> {
    let path = fixture("mlflow/models.json");
    let text = fs::read_to_string(&path).map_err(StandError::file("read", &path))?;
    serde_json::from_str(&text).map_err(|source| StandError::Fixtures { path, source })
}
