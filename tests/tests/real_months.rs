//! Parity on real months and full-size models, where they lie beside the checkout. A clean clone has neither, so these
//! tests are ignored unless asked for; `tests/run` asks where the folder is there.

use std::path::{Path, PathBuf};

use scoring_tests::{Kubectl, Model, Oracle, Place, TaskFile, differences, example, file_uri, set, shared};
use serde_json::json;

const MONTHS: [&str; 3] = ["2021-02", "2021-01", "2023-01"];
const MLFLOW_1: &str = "mlflow-1.26-sklearn-1.0.2/2";
const MLFLOW_3: &str = "mlflow-3.17-sklearn-1.9.1/1";

struct RealModel {
    experiment: &'static str,
    run_id: &'static str,
    folder: &'static str,
    oracle: Oracle,
}

const MODELS: [RealModel; 5] = [
    RealModel {
        experiment: MLFLOW_1,
        run_id: "3ca76349368c45b68beaff8b67cae23f",
        folder: "3ca76349368c45b68beaff8b67cae23f/artifacts/model",
        oracle: Oracle::Mlflow1,
    },
    RealModel {
        experiment: MLFLOW_1,
        run_id: "64b14c3f9e1544358b0c52067884e8d9",
        folder: "64b14c3f9e1544358b0c52067884e8d9/artifacts/model",
        oracle: Oracle::Mlflow1,
    },
    RealModel {
        experiment: MLFLOW_3,
        run_id: "2a40a15e49ed48e89ab7278ada86cd6c",
        folder: "models/m-7b5a35d8dd8d4ebdb1cbf590339971d6/artifacts",
        oracle: Oracle::Current,
    },
    RealModel {
        experiment: MLFLOW_3,
        run_id: "b8d7269b486144cba104a981f59c2c17",
        folder: "models/m-49c093537434494cae5802e65b683439/artifacts",
        oracle: Oracle::Current,
    },
    RealModel {
        experiment: MLFLOW_3,
        run_id: "b88afb861a824c6ca7e319157c03bec4",
        folder: "models/m-af9ed342e2dd4d0ba7149829f1938890/artifacts",
        oracle: Oracle::Current,
    },
];

/// Scores a real month with a real model into `output`.
fn score(shared: &Path, model: &RealModel, month: &str, output: &Path) -> Result<(), scoring_tests::StandError> {
    let rides = shared.join(format!("data/green_tripdata_{month}.parquet"));
    let experiment_uri = file_uri(&shared.join("models").join(model.experiment));
    let by_run = Model::Run { experiment_uri, run_id: model.run_id.to_owned() };
    let task = TaskFile::recipe(month, &file_uri(&rides), &by_run, &file_uri(output));
    let ended = scoring_tests::Scorer::new()?.score(&task)?;
    assert_eq!(ended.code, Some(0), "{} over {month}: {} {}", model.run_id, ended.outcome, ended.log);
    Ok(())
}

fn folder_of(shared: &Path, model: &RealModel) -> PathBuf {
    shared.join("models").join(model.experiment).join(model.folder)
}

#[test]
#[ignore = "needs the real months and models beside the checkout"]
fn every_column_of_every_real_month_is_what_the_recipe_writes() {
    let shared = shared().expect("the folder `shared` beside the checkout");
    for model in &MODELS {
        for month in MONTHS {
            let place = Place::folder().unwrap();
            let (output, reference) = (place.path("scored.parquet"), place.path("recipe.parquet"));
            score(&shared, model, month, &output).unwrap();
            let rides = shared.join(format!("data/green_tripdata_{month}.parquet"));
            model.oracle.recipe(&rides, &folder_of(&shared, model), &reference).unwrap();
            assert_eq!(differences(&reference, &output).unwrap(), "", "{} over {month}", model.run_id);
        }
    }
}

/// The recipe's schedule and a backfill of its first two months, with rides and models of this machine.
fn write_documents(place: &Place, shared: &Path, model: &RealModel) {
    let mut schedule = example("recipe.yaml").expect("the recipe's schedule");
    let rides = file_uri(&shared.join("data/green_tripdata_{month}.parquet"));
    let experiment = file_uri(&shared.join("models").join(model.experiment));
    let changes = [
        ("/spec/dataset", json!({"uri": rides})),
        ("/spec/model", json!({"experimentUri": experiment, "runId": model.run_id, "artifactPath": "model"})),
        ("/spec/output/uri", json!(place.uri("green-{month}.parquet"))),
        ("/spec/output/columns/2/expr", json!("CAST(PULocationID AS VARCHAR)")),
        ("/spec/output/columns/3/expr", json!("CAST(DOLocationID AS VARCHAR)")),
        ("/spec/storage", json!(null)),
        ("/spec/months/last", json!("2021-02")),
        ("/spec/months/exclude", json!([])),
        ("/spec/backfill/mode", json!("Manual")),
    ];
    for (pointer, value) in changes {
        set(&mut schedule, pointer, value);
    }
    let mut backfill = example("backfill.yaml").expect("a backfill");
    set(&mut backfill, "/spec/scheduleRef/name", json!("nyc-green"));
    for (name, document) in [("schedule.yaml", schedule), ("backfill.yaml", backfill)] {
        std::fs::write(place.path(name), document.to_string()).expect("a file in a folder of ours");
    }
}

#[test]
#[ignore = "needs the real months and models beside the checkout"]
fn a_backfill_of_the_recipes_schedule_is_what_the_recipe_writes() {
    let shared = shared().expect("the folder `shared` beside the checkout");
    for model in &MODELS {
        let place = Place::folder().unwrap();
        write_documents(&place, &shared, model);
        let folder = place.path("").display().to_string();
        let said = Kubectl::new().unwrap().run(&["local", &folder]).unwrap();
        assert_eq!((said.code, said.months()), (Some(0), vec!["2021-01", "2021-02"]), "{} {}", said.log, said.out);
        for month in ["2021-01", "2021-02"] {
            let (output, reference) = (place.path(&format!("green-{month}.parquet")), place.path("recipe.parquet"));
            let rides = shared.join(format!("data/green_tripdata_{month}.parquet"));
            model.oracle.recipe(&rides, &folder_of(&shared, model), &reference).unwrap();
            assert_eq!(differences(&reference, &output).unwrap(), "", "{} over {month}", model.run_id);
        }
        // The run on the second of March, at three o'clock in New York, reads February.
        let said = Kubectl::new().unwrap().run(&["explain", &folder, "2021-02"]).unwrap();
        assert!(said.out.contains("due       2021-03-02T08:00:00Z"), "{}", said.out);
    }
}

#[test]
#[ignore = "needs the real months and models beside the checkout"]
fn the_predictions_of_a_real_month_are_those_kept_beside_the_model() {
    let shared = shared().expect("the folder `shared` beside the checkout");
    for model in &MODELS {
        let place = Place::folder().unwrap();
        let output = place.path("scored.parquet");
        score(&shared, model, "2021-02", &output).unwrap();
        let kept = folder_of(&shared, model).with_extension("expected-2021-02.npy");
        let wrong = scoring_tests::run_python("oracle/compare_predictions.py", &[&kept, &output]).unwrap();
        assert_eq!(wrong, "", "{}", model.run_id);
    }
}
