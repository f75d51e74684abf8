//! A run that is killed at any point, then run again, leaves one committed output: the bytes that an undisturbed run
//! writes, its manifest, and nothing else. Before the second run, a committed manifest never stands beside other bytes.
//!
//! `KILL_POINTS` says at how many points of a run each case kills, spread evenly over its duration; 8 where it is unset.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use scoring_tests::{
    FixtureModel, Model, Place, Scorer, StandError, TaskFile, fixture, fixture_models, month_file, run_python,
};
use serde_json::{Value, json};

const MONTH: &str = "2021-02";
/// How often a child is looked at while its time runs.
const EVERY: Duration = Duration::from_millis(1);
/// The size of output, in MiB, above which these tests' tasks upload in parts: the least that a task may say.
const PARTS_ABOVE: u64 = 5;
/// Rides of the large month: its output is more than three parts of 5 MiB.
const LARGE: &str = "600000";

fn points() -> u32 {
    env::var("KILL_POINTS").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}

fn model() -> Result<FixtureModel, StandError> {
    let models = fixture_models()?;
    Ok(models.into_iter().find(|model| model.name == "forest-mlflow-1").expect("a forest logged by MLflow 1"))
}

/// One place with a month and a model in it, and what an undisturbed run makes of them.
struct Scene {
    place: Place,
    model: Model,
    reference: Vec<u8>,
    takes: Duration,
}

impl Scene {
    /// Puts month and model into the place and runs there twice undisturbed, the second time with a clock.
    fn set(place: Place, month: &Path) -> Result<Self, StandError> {
        let model = model()?;
        place.put("rides/month.parquet", month)?;
        place.put_folder("mlflow/1", &fixture("mlflow").join(&model.experiment))?;
        let model = Model::Run { experiment_uri: place.uri("mlflow/1"), run_id: model.run_id };
        let mut scene = Self { place, model, reference: Vec::new(), takes: Duration::ZERO };
        for folder in ["reference", "timed"] {
            let start = Instant::now();
            scene.finish(&scene.task(folder))?;
            scene.takes = start.elapsed();
            scene.reference = scene.place.get(&format!("{folder}/scored.parquet"))?;
        }
        Ok(scene)
    }

    fn task(&self, folder: &str) -> TaskFile {
        let output = self.place.uri(&format!("{folder}/scored.parquet"));
        let task = TaskFile::recipe(MONTH, &self.place.uri("rides/month.parquet"), &self.model, &output);
        self.place.task(task, Some(PARTS_ABOVE))
    }

    fn scorer(&self) -> Result<Scorer, StandError> {
        self.place.scorer()
    }

    fn finish(&self, task: &TaskFile) -> Result<(), StandError> {
        let ended = self.scorer()?.score(task)?;
        assert_eq!(ended.code, Some(0), "{} {}", ended.outcome, ended.log);
        Ok(())
    }

    /// The manifest of a folder's output, if there is one.
    fn manifest(&self, folder: &str) -> Result<Option<Value>, StandError> {
        let key = format!("{folder}/_manifests/scored.parquet.json");
        if !self.place.keys(folder)?.contains(&key) {
            return Ok(None);
        }
        let bytes = self.place.get(&key)?;
        Ok(Some(serde_json::from_slice(&bytes).expect("a manifest is never half written")))
    }

    /// That a manifest which says committed stands beside bytes of its own size: those of `before`, or the reference.
    fn believes_no_false_manifest(&self, folder: &str, before: Option<&[u8]>) -> Result<(), StandError> {
        let Some(manifest) = self.manifest(folder)?.filter(|manifest| manifest["state"] == "Committed") else {
            return Ok(());
        };
        let bytes = self.place.get(&format!("{folder}/scored.parquet"))?;
        assert_eq!(manifest["output"]["size"], json!(bytes.len()), "{folder}: {manifest}");
        assert!(
            bytes == self.reference || Some(bytes.as_slice()) == before,
            "{folder}: neither the old nor the new bytes"
        );
        Ok(())
    }

    /// That a folder holds the reference, its manifest and nothing else.
    fn holds_one_committed_output(&self, folder: &str) -> Result<(), StandError> {
        let keys = [format!("{folder}/_manifests/scored.parquet.json"), format!("{folder}/scored.parquet")];
        assert_eq!(self.place.keys(folder)?, keys);
        assert!(self.place.get(&keys[1])? == self.reference, "{folder}: other bytes than an undisturbed run's");
        let state = self.manifest(folder)?.map(|manifest| manifest["state"].clone());
        assert_eq!(state, Some(json!("Committed")), "{folder}");
        assert_eq!(self.place.pending_uploads()?, Vec::<String>::new(), "{folder}");
        Ok(())
    }

    /// Kills a run after `after`, looks, runs again, and looks again.
    fn survives(&self, folder: &str, before: Option<&[u8]>, after: Duration) -> Result<(), StandError> {
        let task = self.task(folder);
        let child = self.scorer()?.start(&task.text())?;
        kill(child, after);
        self.believes_no_false_manifest(folder, before)?;
        self.finish(&task)?;
        self.holds_one_committed_output(folder)
    }

    /// Kills a run that writes where nothing is, at each point.
    fn survives_everywhere(&self) -> Result<(), StandError> {
        for point in 0..points() {
            self.survives(&format!("killed-{point}"), None, self.takes * point / points())?;
        }
        Ok(())
    }

    /// Kills a run that replaces the output of another fingerprint, at each point.
    fn survives_replacing(&self) -> Result<(), StandError> {
        for point in 0..points() {
            let folder = format!("replaced-{point}");
            self.finish(&self.task(&folder).with("/features/where", json!("duration BETWEEN 2 AND 50")))?;
            let before = self.place.get(&format!("{folder}/scored.parquet"))?;
            assert!(before != self.reference);
            self.survives(&folder, Some(&before), self.takes * point / points())?;
        }
        Ok(())
    }
}

/// Lets a run go on for a time, then ends it by SIGKILL; one that has ended by itself is left as it is.
fn kill(mut child: Child, after: Duration) {
    let end = Instant::now() + after;
    while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
        thread::park_timeout(EVERY);
    }
    // Fails only where the run has ended.
    let _ = child.kill();
    let _ = child.wait();
}

/// A month whose output goes up in several parts.
fn large_month(folder: &Path) -> Result<PathBuf, StandError> {
    let month = folder.join("large.parquet");
    run_python("oracle/enlarge.py", &[&month_file(MONTH), &month, Path::new(LARGE)])?;
    Ok(month)
}

fn small_and_replaced(place: Place) -> Result<(), StandError> {
    let scene = Scene::set(place, &month_file(MONTH))?;
    scene.survives_everywhere()?;
    scene.survives_replacing()
}

#[test]
fn a_killed_run_to_a_folder_leaves_nothing_wrong() {
    small_and_replaced(Place::folder().unwrap()).unwrap();
}

#[test]
fn a_killed_run_to_garage_leaves_nothing_wrong() {
    small_and_replaced(Place::garage().unwrap()).unwrap();
}

#[test]
fn a_killed_run_to_s3s_fs_leaves_nothing_wrong() {
    small_and_replaced(Place::s3s_fs().unwrap()).unwrap();
}

#[test]
fn a_killed_upload_in_parts_leaves_nothing_pending() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::set(Place::garage().unwrap(), &large_month(folder.path()).unwrap()).unwrap();
    assert!(scene.reference.len() as u64 > 3 * (PARTS_ABOVE << 20), "{} bytes are too few", scene.reference.len());
    scene.survives_everywhere().unwrap();
}
