//! A survey of every kind of store says the same of the same months.

use scoring_tests::{Ended, FixtureModel, Model, Place, StandError, TaskFile, fixture, fixture_models, month_file};
use serde_json::{Value, json};

const MONTHS: [&str; 3] = ["2021-01", "2021-02", "2021-03"];

fn model() -> Result<FixtureModel, StandError> {
    let models = fixture_models()?;
    Ok(models.into_iter().find(|model| model.name == "forest-mlflow-3").expect("a forest logged by MLflow 3"))
}

/// A place with two of three months and a model.
struct Scene {
    place: Place,
    task: TaskFile,
}

impl Scene {
    fn set(place: Place, output: &str) -> Result<Self, StandError> {
        let model = model()?;
        for month in &MONTHS[..2] {
            place.put(&format!("rides/{month}.parquet"), &month_file(month))?;
        }
        place.put_folder("mlflow/1", &fixture("mlflow").join(&model.experiment))?;
        let by_run = Model::Run { experiment_uri: place.uri("mlflow/1"), run_id: model.run_id };
        let task = TaskFile::recipe("2021-02", &place.uri("rides/{month}.parquet"), &by_run, &place.uri(output));
        let task = place.task(task, None);
        Ok(Self { place, task })
    }

    fn score(&self) -> Result<(), StandError> {
        let ended = self.place.scorer()?.score(&self.task)?;
        assert_eq!(ended.code, Some(0), "{} {}", ended.outcome, ended.log);
        Ok(())
    }

    fn survey(&self, task: &TaskFile, months: &[&str]) -> Result<Ended, StandError> {
        let document = task.clone().without("month").with("/months", json!(months));
        self.place.scorer()?.survey(&document.text())
    }

    /// What is found of each month.
    fn found(&self) -> Result<Value, StandError> {
        let ended = self.survey(&self.task, &MONTHS)?;
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        Ok(ended.outcome["months"].clone())
    }
}

/// The word for what was found of a month's input or output.
fn word(found: &Value) -> &str {
    let tagged = found.as_object().and_then(|fields| fields.keys().next());
    tagged.map_or_else(|| found.as_str().unwrap_or_default(), String::as_str)
}

fn says_what_is_there(place: Place) -> Result<(), StandError> {
    let scene = Scene::set(place, "out/{month}.parquet")?;
    scene.score()?;
    let found = scene.found()?;
    let inputs = MONTHS.map(|month| word(&found[month]["input"]));
    assert_eq!(inputs, ["Available", "Available", "NotPublished"]);
    let outputs = MONTHS.map(|month| word(&found[month]["output"]));
    assert_eq!(outputs, ["None", "Current", "None"], "{found}");

    scene.place.put("rides/2021-02.parquet", &month_file("2021-01"))?;
    let found = scene.found()?;
    assert_eq!(word(&found["2021-02"]["output"]), "Stale", "{found}");
    scene.place.put("out/2021-02.parquet", &month_file("2021-01"))?;
    let found = scene.found()?;
    assert_eq!(word(&found["2021-02"]["output"]), "Damaged", "{found}");
    Ok(())
}

fn finds_outputs_by_fingerprint(place: Place) -> Result<(), StandError> {
    let scene = Scene::set(place, "out/{month}-{fingerprint}.parquet")?;
    scene.score()?;
    let found = scene.found()?;
    assert_eq!(word(&found["2021-02"]["output"]), "Current", "{found}");
    Ok(())
}

#[test]
fn a_survey_of_a_folder_says_what_is_there() {
    says_what_is_there(Place::folder().unwrap()).unwrap();
    finds_outputs_by_fingerprint(Place::folder().unwrap()).unwrap();
}

#[test]
fn a_survey_of_garage_says_what_is_there() {
    says_what_is_there(Place::garage().unwrap()).unwrap();
    finds_outputs_by_fingerprint(Place::garage().unwrap()).unwrap();
}

#[test]
fn a_survey_of_s3s_fs_says_what_is_there() {
    says_what_is_there(Place::s3s_fs().unwrap()).unwrap();
    finds_outputs_by_fingerprint(Place::s3s_fs().unwrap()).unwrap();
}

/// Not on s3s-fs 0.14.1, which answers `NoSuchKey` for any key of a bucket that is not there.
#[test]
fn a_missing_bucket_is_a_setting_to_correct_however_many_months_are_asked_for() {
    let scene = Scene::set(Place::garage().unwrap(), "out/{month}.parquet").unwrap();
    let elsewhere = scene.task.clone().with("/dataset/uri", json!("s3://no-such-bucket/{month}.parquet"));
    for months in [&MONTHS[..1], &MONTHS] {
        let ended = scene.survey(&elsewhere, months).unwrap();
        assert_eq!(ended.code, Some(78), "{}", ended.log);
        assert!(ended.log.contains("s3://no-such-bucket/"), "{}", ended.log);
    }
}
