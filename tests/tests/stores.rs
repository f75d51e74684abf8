//! The same month from and to every kind of store gives the same bytes.

use scoring_tests::{
    Behaviour, FixtureModel, HttpServer, Model, Place, StandError, TaskFile, fixture, fixture_models, month_file,
};

const MONTH: &str = "2021-02";
const OUTPUT: &str = "out/scored.parquet";

/// The model whose month is scored everywhere: a forest in the MLflow 3 layout, which has to be found by its run.
fn model() -> Result<FixtureModel, StandError> {
    let models = fixture_models()?;
    Ok(models.into_iter().find(|model| model.name == "forest-mlflow-3").expect("a forest logged by MLflow 3"))
}

/// Puts the month and the model's experiment into the place and scores there; the output's bytes.
fn scored_within(place: &Place) -> Result<Vec<u8>, StandError> {
    let model = model()?;
    place.put("rides/2021-02.parquet", &month_file(MONTH))?;
    place.put_folder("mlflow/1", &fixture("mlflow").join(&model.experiment))?;
    let by_run = Model::Run { experiment_uri: place.uri("mlflow/1"), run_id: model.run_id };
    let task = TaskFile::recipe(MONTH, &place.uri("rides/{month}.parquet"), &by_run, &place.uri(OUTPUT));
    let ended = place.scorer()?.score(&place.task(task, None))?;
    assert_eq!((ended.code, ended.text("/status")), (Some(0), "Committed"), "{} {}", ended.outcome, ended.log);
    assert_eq!(place.keys("out")?, ["out/_manifests/scored.parquet.json", OUTPUT]);
    assert_eq!(place.pending_uploads()?, Vec::<String>::new());
    place.get(OUTPUT)
}

/// Reads month and model from a server and writes to a folder; the output's bytes.
fn scored_from(behaviour: Behaviour) -> Result<Vec<u8>, StandError> {
    let (place, server) = (Place::folder()?, HttpServer::start(&fixture(""), behaviour)?);
    let model = model()?;
    let rides = server.uri("rides/green_tripdata_{month}.parquet");
    let folder = Model::Folder(server.uri(&format!("mlflow/{}", model.folder.display())));
    let task = TaskFile::recipe(MONTH, &rides, &folder, &place.uri(OUTPUT));
    let ended = place.scorer()?.score(&task)?;
    assert_eq!((ended.code, ended.text("/status")), (Some(0), "Committed"), "{} {}", ended.outcome, ended.log);
    place.get(OUTPUT)
}

#[test]
fn every_store_gives_the_same_bytes() {
    let from_files = scored_within(&Place::folder().unwrap()).unwrap();
    assert!(from_files.ends_with(b"PAR1"));
    assert!(scored_within(&Place::garage().unwrap()).unwrap() == from_files, "Garage");
    assert!(scored_within(&Place::s3s_fs().unwrap()).unwrap() == from_files, "s3s-fs");
    assert!(scored_from(Behaviour::Ranges).unwrap() == from_files, "HTTP with ranges");
    assert!(scored_from(Behaviour::WholeFiles).unwrap() == from_files, "HTTP without ranges");
}
