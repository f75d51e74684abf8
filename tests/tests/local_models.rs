//! A backfill with a model of its own, on one machine: its outputs stand beside the schedule's, it scores what it names
//! and nothing else, and the schedule's own months know nothing of it.

use scoring_tests::{MONTHS, RUN, Said, StandError, Year};
use serde_json::{Value, json};

/// A linear model of the quickstart's experiment.
const OTHER_RUN: &str = "98c3b2b6befe48e6822f94d360f634c3";
/// The months that the backfill names.
const NAMED: [&str; 3] = ["2021-03", "2021-04", "2021-05"];

fn other_model() -> Value {
    json!({"experimentUri": "../mlflow", "runId": OTHER_RUN})
}

/// A backfill with another model beside the year's schedule.
fn with_other_model(year: &Year, fields: &[(&str, Value)]) -> Result<(), StandError> {
    let own = [
        ("/metadata/name", json!("linear")),
        ("/spec/from", json!(NAMED[0])),
        ("/spec/to", json!(NAMED[2])),
        ("/spec/rescore", json!("Missing")),
        ("/spec/model", other_model()),
    ];
    year.backfill(&[&own, fields].concat())
}

/// A year that is scored with its schedule's model, and the named months with another one.
fn scored_with_both() -> Result<Year, StandError> {
    let year = Year::new()?;
    with_other_model(&year, &[])?;
    let said = year.run("local", &[])?;
    assert_eq!((said.code, said.months().len()), (Some(0), MONTHS.len() + NAMED.len()), "{}", said.log);
    Ok(year)
}

/// The months that were started for the backfill.
fn started_for_it(said: &Said) -> Vec<&str> {
    let started = said.started();
    started.into_iter().filter(|(_, reason)| reason.ends_with(", for linear")).map(|(month, _)| month).collect()
}

#[test]
fn the_outputs_of_two_models_stand_beside_each_other() {
    let year = scored_with_both().unwrap();
    for (run, months) in [(RUN, MONTHS.as_slice()), (OTHER_RUN, NAMED.as_slice())] {
        let committed = year.committed(run).unwrap();
        assert_eq!(committed.keys().collect::<Vec<_>>(), months, "{run}");
        for (month, bytes) in committed {
            assert!(
                bytes == year.scored_alone(&month, run).unwrap(),
                "{month} of {run}: other bytes than the scorer's"
            );
        }
    }
    assert_eq!(year.written().unwrap().len(), 2 * (MONTHS.len() + NAMED.len()));

    let again = year.run("local", &[]).unwrap();
    assert_eq!((again.code, again.months()), (Some(0), vec![]), "{}", again.log);
    assert_eq!(again.out.matches("nothing was to be done").count(), 2, "{}", again.out);
}

#[test]
fn each_model_has_a_calendar_and_a_status_of_its_own() {
    let year = scored_with_both().unwrap();
    let calendar = year.run("calendar", &[]).unwrap();
    let blocks = calendar.out.split_once("green · linear: asks for 2021-03..2021-05 with a model of its own\n");
    let (own, other) = blocks.expect("a block for each");
    assert!(own.starts_with("green: due 2021-01..2021-12") && own.contains("■ current 12"), "{own}");
    assert!(other.contains("■ current 3"), "{other}");

    let status = year.run("status", &["-o", "json"]).unwrap();
    let views: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!((&views[0]["name"], &views[0]["backfill"]), (&json!("green"), &Value::Null));
    assert_eq!((&views[1]["name"], &views[1]["backfill"]), (&json!("green"), &json!("linear")));
    assert_eq!(views[1]["coverage"]["current"], json!(["2021-03..2021-05"]));
    assert!(views[1]["months"][0]["uri"].as_str().is_some_and(|uri| uri.contains(OTHER_RUN)), "{}", views[1]);

    let story = year.run("explain", &["2021-04"]).unwrap().out;
    assert!(story.contains("green 2021-04\n") && story.contains("RandomForestRegressor"), "{story}");
    assert!(story.contains("green · linear 2021-04\n") && story.contains("LinearRegression"), "{story}");
    let story = year.run("explain", &["2021-06"]).unwrap().out;
    assert!(story.contains("not due, and no backfill names it"), "{story}");
}

#[test]
fn a_model_of_a_backfill_starts_no_month_of_its_schedule() {
    let mut year = Year::new().unwrap();
    year.change(&[("/spec/backfill", json!({"mode": "Manual"}))]).unwrap();
    with_other_model(&year, &[]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, started_for_it(&said)), (Some(0), NAMED.to_vec()), "{}", said.log);
    assert_eq!(year.committed(RUN).unwrap().keys().collect::<Vec<_>>(), ["2021-12"], "the schedule's own newest month");
    assert_eq!(year.committed(OTHER_RUN).unwrap().len(), NAMED.len());
}

#[test]
fn a_month_that_is_lost_is_scored_again_with_the_model_that_it_lost() {
    let year = scored_with_both().unwrap();
    year.remove(&Year::output("2021-04", OTHER_RUN)).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months(), started_for_it(&said)), (Some(0), vec!["2021-04"], vec!["2021-04"]));
    year.remove(&Year::manifest("2021-05", RUN)).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months(), started_for_it(&said)), (Some(0), vec!["2021-05"], vec![]), "{}", said.log);
}

#[test]
fn a_file_that_is_replaced_is_scored_again_by_the_schedule_alone() {
    let year = scored_with_both().unwrap();
    year.replace_rides("2021-04", "2021-06").unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months(), started_for_it(&said)), (Some(0), vec!["2021-04"], vec![]), "{}", said.log);
    assert!(said.out.contains("2021-04  stale"), "the backfill's own output says so: {}", said.out);
    with_other_model(&year, &[("/spec/rescore", json!("Stale"))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, started_for_it(&said)), (Some(0), vec!["2021-04"]), "{}", said.log);
}

#[test]
fn two_backfills_with_one_model_do_the_work_once() {
    let year = Year::new().unwrap();
    with_other_model(&year, &[]).unwrap();
    let first = year.read("documents/backfill.yaml").unwrap();
    with_other_model(&year, &[("/metadata/name", json!("again")), ("/spec/to", json!("2021-06"))]).unwrap();
    year.write("documents/another.yaml", &first).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months().len()), (Some(0), MONTHS.len() + 4), "{}", said.log);
    assert!(said.out.contains("green · linear: ") && said.out.contains("green · again: "), "{}", said.out);
    assert_eq!(year.committed(OTHER_RUN).unwrap().len(), 4);
}

#[test]
fn flags_narrow_a_backfill_to_the_months_they_name() {
    let year = Year::new().unwrap();
    with_other_model(&year, &[]).unwrap();
    let said = year.run("local", &["--month", "2021-04"]).unwrap();
    assert_eq!((said.code, said.months(), started_for_it(&said)), (Some(0), vec!["2021-04"; 2], vec!["2021-04"]));
    let said = year.run("local", &["--month", "2021-08"]).unwrap();
    assert_eq!((said.code, said.months(), started_for_it(&said)), (Some(0), vec!["2021-08"], vec![]), "{}", said.log);
}

#[test]
fn a_suspended_schedule_suspends_the_models_of_its_backfills() {
    let mut year = Year::new().unwrap();
    year.change(&[("/spec/suspend", json!(true))]).unwrap();
    with_other_model(&year, &[]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(0), vec![]), "{}", said.log);
    let told = "2021-03  missing";
    assert_eq!(said.out.matches(told).count(), 2, "{}", said.out);
}

#[test]
fn a_model_is_found_beside_the_file_of_its_backfill() {
    let year = Year::new().unwrap();
    let folder = format!("../mlflow/models/{}/artifacts", model_folder(&year));
    with_other_model(&year, &[("/spec/model", json!({"uri": folder}))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, started_for_it(&said)), (Some(0), NAMED.to_vec()), "{}", said.log);
    assert_eq!(year.committed(OTHER_RUN).unwrap().len(), NAMED.len());
}

/// The folder of the other run's model, in the layout of MLflow 3.
fn model_folder(year: &Year) -> String {
    let folders = std::fs::read_dir(year.path("mlflow/models")).expect("the models of the experiment");
    let of_other_run = |path: &std::path::Path| {
        std::fs::read_to_string(path.join("artifacts/MLmodel")).is_ok_and(|text| text.contains(OTHER_RUN))
    };
    let found = folders.filter_map(|entry| entry.ok().map(|entry| entry.path())).find(|path| of_other_run(path));
    found.and_then(|path| Some(path.file_name()?.to_str()?.to_owned())).expect("a model of the other run")
}
