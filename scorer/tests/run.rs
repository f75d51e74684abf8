//! Runs over the fixtures in a folder: what is refused before anything is written, and months whose figures are special.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use scorer::progress::{Progress, Silent};
use scorer::run::{Done, RunError, run};
use scorer::stop::Stop;
use scorer::task::{Task, read_document, resolve_relative};
use scoring_contract::TaskDocument;
use scoring_contract::outcome::Status;
use tempfile::TempDir;

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(path)
}

/// A folder with a copy of one model, and the fixtures' task over it.
struct Scene {
    folder: TempDir,
    document: TaskDocument,
}

impl Scene {
    /// The month of `tests/fixtures/rides`, or another file, with this model of `tests/fixtures/models`.
    fn new(model: &str, rides: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("model");
        fs::create_dir(&copy).unwrap();
        for name in ["MLmodel", "model.pkl"] {
            fs::copy(fixture("models").join(model).join(name), copy.join(name)).unwrap();
        }
        let task = fs::read_to_string(fixture("task.yaml")).unwrap();
        let mut document: TaskDocument = read_document(&task).unwrap();
        document.model = serde_json::from_str(r#"{"uri": "model"}"#).unwrap();
        document.dataset.uri = fixture(rides).display().to_string();
        "out/{month}.parquet".clone_into(&mut document.output.uri);
        document.output.columns.retain(|column| column.name != "model_version");
        Self { folder, document }
    }

    fn task(&self) -> Task {
        let mut document = self.document.clone();
        resolve_relative(&mut document, self.folder.path());
        Task::try_from(document).unwrap()
    }

    async fn run(&self) -> Result<Done, RunError> {
        run(&self.task(), &Silent, &Stop::default()).await
    }

    async fn refused(&self) -> String {
        let error = self.run().await.map(drop).unwrap_err();
        assert_eq!(scorer::failure::of(&error).class, scoring_contract::ExitClass::BadSetting);
        scorer::failure::chain(&error)
    }

    /// The `MLmodel` file with another line for the run.
    fn name_run(&self, run: &str) {
        let path = self.folder.path().join("model/MLmodel");
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("run_id:")).collect();
        fs::write(path, format!("{}\nrun_id: {run}\n", lines.join("\n"))).unwrap();
    }
}

#[tokio::test]
async fn a_month_with_nan_predictions_is_committed_once() {
    for model in ["1.9.1/lasso", "1.9.1/elastic-net"] {
        let scene = Scene::new(model, "bad-input/nan-distance.parquet");
        let done = scene.run().await.unwrap();
        assert_eq!(done.status, Status::Committed);
        let figures = done.manifest.figures.as_ref().unwrap();
        assert!(figures.non_finite.predictions > 0 && figures.mean.is_some(), "{figures:?}");
        let again = scene.run().await.unwrap();
        assert_eq!((again.status, again.manifest), (Status::AlreadyCommitted, done.manifest), "{model}");
    }
}

#[tokio::test]
async fn a_month_of_nothing_but_nan_is_committed() {
    let mut scene = Scene::new("1.9.1/lasso", "bad-input/nan-distance.parquet");
    scene.document.features.as_mut().unwrap().keep = Some("isnan(trip_distance)".to_owned());
    let figures = scene.run().await.unwrap().manifest.figures.unwrap();
    assert!(figures.non_finite.predictions > 0);
    assert!(figures.mean.is_none() && figures.quantiles.is_empty() && figures.error.is_none(), "{figures:?}");
    assert_eq!(figures.nulls["trip_distance"], figures.non_finite.predictions);
}

#[tokio::test]
async fn an_output_over_its_own_input_is_refused() {
    let mut scene = Scene::new("1.9.1/linear-regression", "bad-input/sound.parquet");
    for output in ["model/model.pkl", "model/out/{month}.parquet"] {
        scene.document.output.uri = output.to_owned();
        let said = scene.refused().await;
        assert!(said.contains("in the model's folder"), "{said}");
    }
    scene.name_run("ab12");
    fs::copy(fixture("bad-input/sound.parquet"), scene.folder.path().join("ab12.parquet")).unwrap();
    scene.document.dataset.uri = "ab12.parquet".to_owned();
    scene.document.output.uri = "{runId}.parquet".to_owned();
    let said = scene.refused().await;
    assert!(said.contains("the dataset itself"), "{said}");
}

#[tokio::test]
async fn a_run_that_did_not_log_the_model_is_refused() {
    let mut scene = Scene::new("1.9.1/linear-regression", "bad-input/sound.parquet");
    scene.name_run("ab12");
    scene.document.model.run_id = Some("cd34".to_owned());
    let said = scene.refused().await;
    assert!(said.contains("ab12") && said.contains("cd34"), "{said}");
    scene.document.model.run_id = Some("ab12".to_owned());
    assert_eq!(scene.run().await.unwrap().manifest.model.run_id.as_deref(), Some("ab12"));
}

#[tokio::test]
async fn what_the_model_does_not_know_is_in_the_manifest() {
    let mut scene = Scene::new("1.9.1/linear-regression", "bad-input/sound.parquet");
    scene.document.features.as_mut().unwrap().inputs =
        ["PU_DO", "trip_distance", "duration"].map(str::to_owned).to_vec();
    assert_eq!(scene.run().await.unwrap().manifest.figures.unwrap().ignored, ["duration"]);
}

/// Asks for a stop when the last row has been read.
struct StopAtTheEnd(Stop);

impl Progress for StopAtTheEnd {
    fn rows(&self, read: u64, total: u64) {
        if read == total {
            self.0.ask();
        }
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_after_its_last_row_leaves_nothing() {
    let scene = Scene::new("1.9.1/linear-regression", "bad-input/sound.parquet");
    let stop = Stop::default();
    let stopped = run(&scene.task(), &StopAtTheEnd(stop.clone()), &stop).await;
    assert!(matches!(stopped, Err(RunError::Stopped)));
    assert_eq!(fs::read_dir(scene.folder.path().join("out")).unwrap().count(), 0);
}
