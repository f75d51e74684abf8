//! Parity on the committed fixtures: each column of an output equals, to the last bit, what the recipe wrote with pandas,
//! MLflow and scikit-learn. `ride_id` alone differs: it is random there and stable here.

use std::fs;

use scoring_tests::{
    FixtureModel, Model, Place, StandError, TaskFile, differences, expected, file_uri, fixture, fixture_models,
    month_file,
};

/// The months whose recipe outputs are committed.
const MONTHS: [&str; 3] = ["2021-02", "2021-04", "2021-07"];
/// One month of every physical shape.
const EVERY_MONTH: std::ops::RangeInclusive<u32> = 1..=12;

fn by_run(model: &FixtureModel) -> Model {
    let experiment_uri = file_uri(&fixture("mlflow").join(&model.experiment));
    Model::Run { experiment_uri, run_id: model.run_id.clone() }
}

/// Scores a synthetic month into `place` and returns the output's path, which holds until the place goes.
fn scored(place: &Place, model: &Model, month: &str) -> Result<std::path::PathBuf, StandError> {
    let key = format!("scored-{month}.parquet");
    let task = TaskFile::recipe(month, &file_uri(&month_file(month)), model, &place.uri(&key));
    let ended = place.scorer()?.score(&task)?;
    assert_eq!(ended.code, Some(0), "{month}: {} {}", ended.outcome, ended.log);
    Ok(place.path(&key))
}

#[test]
fn every_column_is_what_the_recipe_wrote() {
    for model in fixture_models().unwrap() {
        for month in MONTHS {
            let place = Place::folder().unwrap();
            let output = scored(&place, &by_run(&model), month).unwrap();
            assert_eq!(differences(&expected(&model.name, month), &output).unwrap(), "", "{} over {month}", model.name);
        }
    }
}

#[test]
fn every_physical_shape_of_a_month_gives_what_the_recipe_gives() {
    let models = fixture_models().unwrap();
    let model = models.iter().find(|model| model.name == "forest-mlflow-3").unwrap();
    for number in EVERY_MONTH {
        let (place, month) = (Place::folder().unwrap(), format!("2021-{number:02}"));
        let output = scored(&place, &by_run(model), &month).unwrap();
        let reference = output.with_file_name("recipe.parquet");
        scoring_tests::Oracle::Current.recipe(&month_file(&month), &model.path(), &reference).unwrap();
        assert_eq!(differences(&reference, &output).unwrap(), "", "{month}");
    }
}

#[test]
fn a_folder_and_a_run_name_the_same_model() {
    for model in fixture_models().unwrap() {
        let (first, second) = (Place::folder().unwrap(), Place::folder().unwrap());
        let by_run = scored(&first, &by_run(&model), "2021-02").unwrap();
        let by_folder = scored(&second, &Model::Folder(file_uri(&model.path())), "2021-02").unwrap();
        assert!(fs::read(by_run).unwrap() == fs::read(by_folder).unwrap(), "{}", model.name);
    }
}

#[test]
fn a_second_run_is_told_that_the_month_is_committed() {
    let model = fixture_models().unwrap().remove(0);
    let place = Place::folder().unwrap();
    let output = scored(&place, &by_run(&model), "2021-02").unwrap();
    let written = fs::metadata(&output).unwrap().modified().unwrap();
    let task = TaskFile::recipe("2021-02", &file_uri(&month_file("2021-02")), &by_run(&model), &file_uri(&output));
    let again = place.scorer().unwrap().score(&task).unwrap();
    assert_eq!((again.code, again.text("/status")), (Some(0), "AlreadyCommitted"));
    assert_eq!(fs::metadata(&output).unwrap().modified().unwrap(), written);
}
