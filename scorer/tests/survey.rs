//! What a survey says of real months and real models in a folder, as they change.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use scorer::progress::Silent;
use scorer::run::run;
use scorer::stop::Stop;
use scorer::survey::survey;
use scorer::task::{Task, read_document, resolve_parts};
use scoring_contract::survey::{InputFound, OutputFound, StaleCause, SurveyDocument, SurveyedMonth};
use tempfile::TempDir;

const MONTHS: [&str; 4] = ["2021-01", "2021-02", "2021-03", "2021-04"];

/// A folder with three of four months and a model.
struct Place {
    folder: TempDir,
    document: SurveyDocument,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Place {
    fn new(output: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rides = folder.path().join("rides");
        fs::create_dir(&rides).unwrap();
        for month in &MONTHS[..3] {
            let name = format!("green_tripdata_{month}.parquet");
            fs::copy(fixtures().join("rides").join(&name), rides.join(&name)).unwrap();
        }
        copy_folder(&fixtures().join("mlflow"), &folder.path().join("mlflow"));
        let task = fs::read_to_string(fixtures().join("task.yaml")).unwrap();
        let months = format!("months: [{}]", MONTHS.join(", "));
        let text =
            task.replace("month: \"2021-02\"", &months).replace("../../out/green-{month}-{runId}.parquet", output);
        let mut document: SurveyDocument = read_document(&text).unwrap();
        resolve_parts(&mut document.dataset, &mut document.model, &mut document.output, folder.path());
        Self { folder, document }
    }

    fn task(&self, month: &str) -> Task {
        Task::try_from(self.document.task(month)).unwrap()
    }

    async fn score(&self, month: &str) {
        run(&self.task(month), &Silent, &Stop::default()).await.unwrap();
    }

    async fn month(&self, month: &str) -> SurveyedMonth {
        let tasks: Vec<Task> = MONTHS.iter().map(|month| self.task(month)).collect();
        survey(&tasks).await.unwrap().months.remove(month).unwrap()
    }

    async fn output(&self, month: &str) -> OutputFound {
        self.month(month).await.output
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }
}

fn cause(found: &OutputFound) -> Option<StaleCause> {
    match found {
        OutputFound::Stale { cause, .. } => Some(*cause),
        _ => None,
    }
}

#[tokio::test]
async fn months_are_published_or_not_and_committed_or_not() {
    let place = Place::new("out/{month}.parquet");
    place.score("2021-02").await;
    assert_eq!(place.month("2021-04").await.input, InputFound::NotPublished);
    assert!(matches!(place.month("2021-01").await.input, InputFound::Available { .. }));
    assert_eq!(place.output("2021-01").await, OutputFound::None);
    let OutputFound::Current(committed) = place.output("2021-02").await else { panic!("not current") };
    assert!(committed.rows > 1000 && committed.milliseconds.is_some());
}

#[tokio::test]
async fn an_output_is_stale_by_what_has_changed() {
    let mut place = Place::new("out/{month}.parquet");
    for month in ["2021-01", "2021-02", "2021-03"] {
        place.score(month).await;
    }
    fs::copy(place.path("rides/green_tripdata_2021-01.parquet"), place.path("rides/green_tripdata_2021-02.parquet"))
        .unwrap();
    assert_eq!(cause(&place.output("2021-02").await), Some(StaleCause::Input));
    assert_eq!(cause(&place.output("2021-03").await), None);
    place.document.output.columns.pop();
    assert_eq!(cause(&place.output("2021-03").await), Some(StaleCause::Features));
    place.document.model.run_id = Some("98c3b2b6befe48e6822f94d360f634c3".to_owned());
    assert_eq!(cause(&place.output("2021-03").await), Some(StaleCause::Model));
    assert_eq!(cause(&place.output("2021-02").await), Some(StaleCause::Input));
}

#[tokio::test]
async fn an_output_that_does_not_fit_its_manifest_is_damaged() {
    let place = Place::new("out/{month}.parquet");
    for month in ["2021-01", "2021-02", "2021-03"] {
        place.score(month).await;
    }
    fs::remove_file(place.path("out/2021-01.parquet")).unwrap();
    fs::write(place.path("out/2021-02.parquet"), b"PAR1").unwrap();
    fs::write(place.path("out/_manifests/2021-03.parquet.json"), b"{").unwrap();
    for month in ["2021-01", "2021-02", "2021-03"] {
        assert!(matches!(place.output(month).await, OutputFound::Damaged { .. }), "{month}");
    }
}

#[tokio::test]
async fn outputs_named_by_fingerprint_are_found_in_all_their_versions() {
    let mut place = Place::new("out/{month}-{fingerprint}.parquet");
    place.score("2021-02").await;
    let all = place.document.output.columns.clone();
    place.document.output.columns.pop();
    assert_eq!(cause(&place.output("2021-02").await), Some(StaleCause::Features));
    place.score("2021-02").await;
    assert!(matches!(place.output("2021-02").await, OutputFound::Current(_)));
    place.document.output.columns = all;
    assert!(matches!(place.output("2021-02").await, OutputFound::Current(_)));
}

#[tokio::test]
async fn a_committed_month_whose_input_is_gone_stays_current() {
    let place = Place::new("out/{month}.parquet");
    place.score("2021-02").await;
    fs::remove_file(place.path("rides/green_tripdata_2021-02.parquet")).unwrap();
    let month = place.month("2021-02").await;
    assert_eq!(month.input, InputFound::NotPublished);
    assert!(matches!(month.output, OutputFound::Current(_)));
}
