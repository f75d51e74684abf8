//! What each bad input gets: an exit code, words that say what, where and what to do, and nothing left at the output.

use std::fs;
use std::path::Path;

use scoring_tests::{
    Behaviour, Ended, HttpServer, Model, Place, StandError, TaskFile, file_uri, fixture, fixture_models, month_file,
};
use serde_json::{Value, json};

const BAD_DATA: i32 = 65;
const NOT_PUBLISHED: i32 = 66;
const CANNOT_WRITE: i32 = 73;
const TRY_AGAIN: i32 = 75;
const DENIED: i32 = 77;
const BAD_SETTING: i32 = 78;

/// The address of a sound model.
fn model() -> Result<Model, StandError> {
    let models = fixture_models()?;
    let forest = models.iter().find(|model| model.name == "forest-mlflow-3").expect("a forest logged by MLflow 3");
    Ok(Model::Folder(file_uri(&forest.path())))
}

/// A task that would succeed: a sound month, a sound model, an output in `place`.
fn sound_task(place: &Place) -> Result<TaskFile, StandError> {
    let dataset = file_uri(&fixture("bad-input/sound.parquet"));
    Ok(TaskFile::recipe("2021-03", &dataset, &model()?, &place.uri("out/scored.parquet")))
}

/// Holds a run to its exit code, its words, and an output folder that is as empty as before.
fn holds(what: &str, place: &Place, ended: &Ended, code: i32, says: &[&str]) {
    let said = ended.outcome["error"].to_string();
    assert_eq!(ended.code, Some(code), "{what}: {} {}", ended.outcome, ended.log);
    assert_eq!(ended.text("/status"), "Failed", "{what}");
    for word in says {
        assert!(said.contains(word), "{what}: `{word}` is not in {said}");
    }
    assert_eq!(place.keys("out").expect("a list of keys"), Vec::<String>::new(), "{what} left something behind");
}

/// A month's file that is not what it should be.
struct BadMonth {
    file: &'static str,
    code: i32,
    says: &'static [&'static str],
}

#[rustfmt::skip]
const BAD_MONTHS: &[BadMonth] = &[
    BadMonth { file: "no-such-file", code: NOT_PUBLISHED, says: &["no-such-file.parquet"] },
    BadMonth { file: "empty", code: BAD_DATA, says: &["empty.parquet"] },
    BadMonth { file: "only-the-magic", code: BAD_DATA, says: &["only-the-magic.parquet"] },
    BadMonth { file: "text", code: BAD_DATA, says: &["text.parquet"] },
    BadMonth { file: "truncated", code: BAD_DATA, says: &["truncated.parquet"] },
    BadMonth { file: "without-footer", code: BAD_DATA, says: &["without-footer.parquet"] },
    BadMonth { file: "footer-longer-than-the-file", code: BAD_DATA, says: &["footer-longer-than-the-file.parquet"] },
    BadMonth { file: "footer-scrambled", code: BAD_DATA, says: &["footer-scrambled.parquet"] },
    BadMonth { file: "pages-scrambled", code: BAD_DATA, says: &["pages-scrambled.parquet"] },
    BadMonth { file: "without-rows", code: BAD_DATA, says: &["without-rows.parquet"] },
    BadMonth { file: "null-distance", code: BAD_DATA, says: &["7", "trip_distance", "where"] },
    BadMonth { file: "nan-distance", code: BAD_DATA, says: &["7", "trip_distance", "where"] },
    BadMonth { file: "infinite-distance", code: BAD_DATA, says: &["7", "trip_distance", "where"] },
    BadMonth { file: "distance-of-1e39", code: BAD_DATA, says: &["7", "trip_distance"] },
    BadMonth { file: "without-distance", code: BAD_DATA, says: &["trip_distance", "PULocationID"] },
    BadMonth { file: "distance-as-text", code: BAD_DATA, says: &["trip_distance"] },
    BadMonth { file: "distance-as-struct", code: BAD_DATA, says: &["trip_distance"] },
];

#[test]
fn a_bad_month_is_refused_by_name() {
    for BadMonth { file, code, says } in BAD_MONTHS {
        let place = Place::folder().unwrap();
        let dataset = file_uri(&fixture(format!("bad-input/{file}.parquet")));
        let task = sound_task(&place).unwrap().with("/dataset/uri", json!(dataset));
        holds(file, &place, &place.scorer().unwrap().score(&task).unwrap(), *code, says);
    }
}

#[test]
fn a_null_zone_is_a_category_that_the_model_does_not_know() {
    let place = Place::folder().unwrap();
    let dataset = file_uri(&fixture("bad-input/null-zone.parquet"));
    let task = sound_task(&place).unwrap().with("/dataset/uri", json!(dataset));
    let ended = place.scorer().unwrap().score(&task).unwrap();
    assert_eq!(ended.code, Some(0), "{} {}", ended.outcome, ended.log);
}

/// One field of a sound task set to something wrong.
struct BadField {
    field: &'static str,
    value: fn() -> Value,
    code: i32,
    says: &'static [&'static str],
}

#[rustfmt::skip]
const BAD_FIELDS: &[BadField] = &[
    BadField { field: "/features/where", value: || json!("duration BETWEEN 1 AND"), code: BAD_SETTING, says: &["features.where"] },
    BadField { field: "/features/where", value: || json!("duratoin > 1"), code: BAD_DATA, says: &["duratoin", "duration"] },
    BadField { field: "/features/where", value: || json!("duration + 1"), code: BAD_SETTING, says: &["features.where"] },
    BadField { field: "/features/where", value: || json!("no_such_function(duration)"), code: BAD_SETTING, says: &["no_such_function"] },
    BadField { field: "/features/where", value: || json!("(SELECT 1) = 1"), code: BAD_SETTING, says: &["features.where"] },
    BadField { field: "/features/compute/0/expr", value: || json!("trip_distance * 'a'"), code: BAD_SETTING, says: &["features.compute[0]"] },
    BadField { field: "/features/inputs", value: || json!(["PU_DO", "distance"]), code: BAD_DATA, says: &["distance", "trip_distance"] },
    BadField { field: "/features/filter", value: || json!("true"), code: BAD_SETTING, says: &["features", "filter"] },
    BadField { field: "/output/columns/0/expr", value: || json!("ride"), code: BAD_DATA, says: &["output.columns[0]", "ride"] },
    BadField { field: "/output/uri", value: || json!("ftp://host/scored.parquet"), code: BAD_SETTING, says: &["output.uri"] },
    BadField { field: "/month", value: || json!("2021-13"), code: BAD_SETTING, says: &["month", "2021-13"] },
    BadField { field: "/attempt", value: || json!("first"), code: BAD_SETTING, says: &["attempt"] },
    BadField { field: "/dataset", value: || json!({}), code: BAD_SETTING, says: &["dataset", "uri"] },
    BadField { field: "/datasets", value: || json!({}), code: BAD_SETTING, says: &["datasets"] },
    BadField { field: "/model", value: || json!({"uri": "file:///nowhere/at/all"}), code: BAD_SETTING, says: &["/nowhere/at/all"] },
    BadField { field: "/model/sha256", value: || json!("00".repeat(32)), code: BAD_SETTING, says: &["sha256"] },
];

#[test]
fn a_bad_field_is_refused_by_its_path() {
    for BadField { field, value, code, says } in BAD_FIELDS {
        let place = Place::folder().unwrap();
        let task = sound_task(&place).unwrap().with(field, value());
        let what = format!("{field} = {}", value());
        holds(&what, &place, &place.scorer().unwrap().score(&task).unwrap(), *code, says);
    }
}

#[test]
fn a_document_that_is_no_task_is_refused() {
    let place = Place::folder().unwrap();
    for document in ["", "[]", "month: [", "\u{0}", "42"] {
        let ended = place.scorer().unwrap().score_text(document).unwrap();
        holds(&format!("{document:?}"), &place, &ended, BAD_SETTING, &[]);
    }
}

/// The words that `refusal.json` beside a model asks for.
fn refusal(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("refusal.json")).expect("a refusal beside the model");
    let refusal: Value = serde_json::from_str(&text).expect("JSON");
    refusal["names"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn every_model_is_refused(group: &str) {
    let place = Place::folder().expect("a folder");
    for entry in fs::read_dir(fixture("models").join(group)).expect("fixture models") {
        let folder = entry.expect("a fixture model").path();
        let task = sound_task(&place).expect("a task").with("/model", json!({"uri": file_uri(&folder)}));
        let ended = place.scorer().and_then(|scorer| scorer.score(&task)).expect("an outcome");
        let names = refusal(&folder);
        let says: Vec<&str> = names.iter().map(String::as_str).collect();
        holds(&folder.display().to_string(), &place, &ended, BAD_SETTING, &says);
    }
}

#[test]
fn a_model_that_is_not_supported_is_refused_by_name_and_version() {
    every_model_is_refused("refused");
}

#[test]
fn a_model_file_that_attacks_its_reader_is_refused_by_name() {
    every_model_is_refused("hostile");
}

/// A server that does not give the month.
struct BadServer {
    behaviour: Behaviour,
    code: i32,
    says: &'static [&'static str],
}

#[rustfmt::skip]
const BAD_SERVERS: &[BadServer] = &[
    BadServer { behaviour: Behaviour::Status(404), code: NOT_PUBLISHED, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::Status(401), code: DENIED, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::Status(403), code: DENIED, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::Status(429), code: TRY_AGAIN, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::Status(500), code: TRY_AGAIN, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::Status(503), code: TRY_AGAIN, says: &["sound.parquet"] },
    BadServer { behaviour: Behaviour::HalfFiles, code: TRY_AGAIN, says: &["sound.parquet"] },
];

fn month_from(server: &BadServer) {
    let place = Place::folder().expect("a folder");
    let http = HttpServer::start(&fixture("bad-input"), server.behaviour).expect("a server");
    let task = sound_task(&place).expect("a task").with("/dataset/uri", json!(http.uri("sound.parquet")));
    let ended = place.scorer().and_then(|scorer| scorer.score(&task)).expect("an outcome");
    holds(&format!("{:?}", server.behaviour), &place, &ended, server.code, server.says);
}

#[test]
fn a_server_that_does_not_give_the_month_is_told_from_one_that_has_none() {
    BAD_SERVERS.iter().for_each(month_from);
}

#[test]
fn a_server_that_never_answers_is_given_up_in_time() {
    month_from(&BadServer { behaviour: Behaviour::Silence, code: TRY_AGAIN, says: &["sound.parquet"] });
}

#[test]
fn a_store_that_is_not_there_is_worth_another_try() {
    let place = Place::folder().unwrap();
    let store = json!({"endpoint": "http://127.0.0.1:9", "region": "none", "pathStyle": true, "anonymous": true});
    let dataset = json!({"uri": "s3://bucket/month.parquet", "storage": store});
    let task = sound_task(&place).unwrap().with("/dataset", dataset);
    holds(
        "nothing listens",
        &place,
        &place.scorer().unwrap().score(&task).unwrap(),
        TRY_AGAIN,
        &["s3://bucket/month.parquet"],
    );
}

#[test]
fn an_output_that_cannot_be_written_is_said_so() {
    let place = Place::folder().unwrap();
    place.put("file", &month_file("2021-02")).unwrap();
    for uri in [place.uri("file/scored.parquet"), "file:///proc/scored.parquet".to_owned()] {
        let task = sound_task(&place).unwrap().with("/output/uri", json!(uri));
        let ended = place.scorer().unwrap().score(&task).unwrap();
        holds(&uri, &place, &ended, CANNOT_WRITE, &["scored.parquet"]);
    }
}

/// Both S3 stores, each with a sound month in its bucket and the task that scores it there.
fn stores() -> Result<Vec<(Place, TaskFile)>, StandError> {
    let mut stores = Vec::new();
    for place in [Place::garage()?, Place::s3s_fs()?] {
        place.put("rides/month.parquet", &fixture("bad-input/sound.parquet"))?;
        let task =
            TaskFile::recipe("2021-03", &place.uri("rides/month.parquet"), &model()?, &place.uri("out/scored.parquet"));
        let task = place.task(task, None);
        stores.push((place, task));
    }
    Ok(stores)
}

#[test]
fn a_key_that_is_not_in_the_bucket_is_not_published() {
    for (place, task) in stores().unwrap() {
        let task = task.with("/dataset/uri", json!(place.uri("rides/no-such-month.parquet")));
        let ended = place.scorer().unwrap().score(&task).unwrap();
        holds("missing key", &place, &ended, NOT_PUBLISHED, &["rides/no-such-month.parquet"]);
    }
}

#[test]
fn bad_keys_are_denied_and_the_permission_is_named() {
    for (place, task) in stores().unwrap() {
        let mut keys = place.bucket().unwrap().credentials().clone();
        keys.secret_key = keys.secret_key.replace('b', "c");
        let ended = scoring_tests::Scorer::new().unwrap().with_credentials(&keys).score(&task).unwrap();
        holds("wrong secret", &place, &ended, DENIED, &["s3:GetObject"]);
    }
}

#[test]
fn a_caller_without_keys_is_denied() {
    for (place, task) in stores().unwrap() {
        let task = task.with("/storage/anonymous", json!(true));
        let ended = scoring_tests::Scorer::new().unwrap().score(&task).unwrap();
        holds("anonymous", &place, &ended, DENIED, &["s3:GetObject"]);
    }
}

#[test]
fn a_bucket_that_is_not_there_cannot_be_written_to() {
    // s3s-fs is left out: it makes a bucket for whoever writes to it.
    let (place, task) = stores().unwrap().remove(0);
    let task = task.with("/output/uri", json!("s3://no-such-bucket/scored.parquet"));
    let ended = place.scorer().unwrap().score(&task).unwrap();
    holds("missing bucket", &place, &ended, CANNOT_WRITE, &["no-such-bucket"]);
}
