//! A year of synthetic rides in a folder of its own, with a model and the quickstart's schedule: what tests of
//! `kubectl scoring` change, run and look at.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Child;

use serde_json::{Value, json};

use crate::task::file_uri;
use crate::{Kubectl, Model, Place, Said, Scorer, StandError, TaskFile, example, fixture, month_file, set};

/// The year's months.
pub const MONTHS: [&str; 12] = [
    "2021-01", "2021-02", "2021-03", "2021-04", "2021-05", "2021-06", "2021-07", "2021-08", "2021-09", "2021-10",
    "2021-11", "2021-12",
];
/// The experiment of the quickstart's model.
const EXPERIMENT: &str = "mlflow/mlflow-3.17.2-sklearn-1.9.1/1";
/// The MLflow run of the quickstart's model.
pub const RUN: &str = "939c5bc17fc449d3a66a20896ad5f84a";

/// The year, its schedule and what came of it. Below its folder: `rides`, `mlflow`, `documents`, and `out`.
pub struct Year {
    place: Place,
    schedule: Value,
    kubectl: Kubectl,
}

impl Year {
    /// A year of which nothing is scored.
    pub fn new() -> Result<Self, StandError> {
        let place = Place::folder()?;
        place.put_folder("rides", &fixture("rides"))?;
        place.put_folder("mlflow", &fixture(EXPERIMENT))?;
        let schedule = example("quickstart.yaml")?;
        let mut year = Self { place, schedule, kubectl: Kubectl::new()? };
        year.change(&[
            ("/spec/dataset/uri", json!("../rides/green_tripdata_{month}.parquet")),
            ("/spec/model/experimentUri", json!("../mlflow")),
            ("/spec/output/uri", json!("../out/green-{month}-{runId}.parquet")),
        ])?;
        Ok(year)
    }

    /// Writes the schedule anew with fields changed by JSON pointer.
    pub fn change(&mut self, fields: &[(&str, Value)]) -> Result<(), StandError> {
        for (pointer, value) in fields {
            set(&mut self.schedule, pointer, value.clone());
        }
        self.write("documents/schedule.yaml", self.schedule.to_string().as_bytes())
    }

    /// Writes a backfill of the schedule beside it: that of the examples with fields changed by JSON pointer.
    pub fn backfill(&self, fields: &[(&str, Value)]) -> Result<(), StandError> {
        let mut document = example("backfill.yaml")?;
        for (pointer, value) in fields {
            set(&mut document, pointer, value.clone());
        }
        self.write("documents/backfill.yaml", document.to_string().as_bytes())
    }

    /// The same year with the keys of a store in its commands.
    #[must_use]
    pub fn with_kubectl(mut self, change: impl FnOnce(Kubectl) -> Kubectl) -> Self {
        self.kubectl = change(self.kubectl);
        self
    }

    /// A path below the year's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    /// Writes a file below the year's folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StandError> {
        let path = self.path(name);
        let parent = path.parent().unwrap_or(&path);
        fs::create_dir_all(parent).map_err(StandError::file("create", parent))?;
        fs::write(&path, bytes).map_err(StandError::file("write", &path))
    }

    /// The bytes of a file below the year's folder.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StandError> {
        self.place.get(name)
    }

    /// Removes a file below the year's folder.
    pub fn remove(&self, name: &str) -> Result<(), StandError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(StandError::file("remove", &path))
    }

    /// The rides of a month, below the year's folder.
    pub fn rides(month: &str) -> String {
        format!("rides/green_tripdata_{month}.parquet")
    }

    /// The output of a month with a run's model, below the year's folder.
    pub fn output(month: &str, run: &str) -> String {
        format!("out/green-{month}-{run}.parquet")
    }

    /// The manifest of that output, below the year's folder.
    pub fn manifest(month: &str, run: &str) -> String {
        format!("out/_manifests/green-{month}-{run}.parquet.json")
    }

    /// Puts the rides of one month in the place of another's.
    pub fn replace_rides(&self, month: &str, by: &str) -> Result<(), StandError> {
        self.place.put(&Self::rides(month), &month_file(by))
    }

    /// Runs a command over the year's documents, with these flags.
    pub fn run(&self, command: &str, flags: &[&str]) -> Result<Said, StandError> {
        self.kubectl.run(&self.arguments(command, flags).iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts `local` over the year's documents, with these flags, and leaves it running.
    pub fn start(&self, flags: &[&str]) -> Result<Child, StandError> {
        self.kubectl.start(&self.arguments("local", flags).iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn arguments(&self, command: &str, flags: &[&str]) -> Vec<String> {
        let documents = self.path("documents").display().to_string();
        [command, &documents].iter().chain(flags).map(ToString::to_string).collect()
    }

    /// The files below `out`, by their path from the year's folder.
    pub fn written(&self) -> Result<Vec<String>, StandError> {
        self.place.keys("out")
    }

    /// The bytes of every month that is committed with a run's model: its manifest says so, and of that size.
    pub fn committed(&self, run: &str) -> Result<BTreeMap<String, Vec<u8>>, StandError> {
        let mut committed = BTreeMap::new();
        let written = self.written()?;
        for month in MONTHS {
            if !written.contains(&Self::manifest(month, run)) {
                continue;
            }
            let manifest = self.place.get(&Self::manifest(month, run))?;
            let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
            let bytes = self.place.get(&Self::output(month, run)).unwrap_or_default();
            if manifest["state"] == "Committed" && manifest["output"]["size"] == json!(bytes.len()) {
                committed.insert(month.to_owned(), bytes);
            }
        }
        Ok(committed)
    }

    /// What the scorer itself makes of a month with a run's model.
    pub fn scored_alone(&self, month: &str, run: &str) -> Result<Vec<u8>, StandError> {
        let model = Model::Run { experiment_uri: self.place.uri("mlflow"), run_id: run.to_owned() };
        let output = format!("alone/{month}-{run}.parquet");
        let rides = file_uri(&self.path(&Self::rides(month)));
        let task = TaskFile::recipe(month, &rides, &model, &self.place.uri(&output));
        let ended = Scorer::new()?.score(&task)?;
        if ended.code != Some(0) {
            let status = format!("{:?}", ended.code);
            return Err(StandError::Oracle { program: "scorer score".to_owned(), status, log: ended.log });
        }
        self.place.get(&output)
    }
}
