//! The examples: each is read strictly, admitted, and becomes what is planned with.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it finds something else")]

use jiff::Timestamp;
use scoring_crds::{ScoringBackfill, ScoringSchedule, admission, check_backfill};
use scoring_plan::{Backfill, Schedule};
use serde::de::DeserializeOwned;
use serde_json::Value;

fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{}/examples/{name}.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let text = text(name);
    let document: Value = serde_yaml::from_str(&text).unwrap();
    admission::check(&document, None).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn schedule(name: &str) -> (ScoringSchedule, Schedule) {
    let resource: ScoringSchedule = read(name);
    resource.validate_cel().unwrap();
    let schedule = Schedule::try_from(&resource).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    (resource, schedule)
}

fn backfill(name: &str) -> (ScoringBackfill, Backfill) {
    let resource: ScoringBackfill = read(name);
    resource.validate_cel().unwrap();
    let checked = check_backfill(&resource, Timestamp::UNIX_EPOCH).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    (resource, checked)
}

#[test]
fn there_is_no_example_that_is_not_tested() {
    let folder = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["backfill.yaml", "model-from-uri.yaml", "quickstart.yaml", "recipe.yaml"]);
}

#[test]
fn the_quickstart_makes_all_of_2021_due() {
    let (_, schedule) = schedule("quickstart");
    let due = schedule.due("2022-01-02T08:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(due.to_string(), "2021-01..2021-12");
}

#[test]
fn the_quickstart_names_months_and_a_model_that_are_there() {
    let (resource, schedule) = schedule("quickstart");
    let folder = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
    for month in schedule.due("2022-01-03T00:00:00Z".parse().unwrap()).unwrap().months() {
        let file = resource.spec.dataset.uri.replace("{month}", &month.to_string());
        assert!(std::path::Path::new(&folder).join(&file).is_file(), "{file}");
    }
    let experiment = std::path::Path::new(&folder).join(resource.spec.model.experiment_uri.unwrap());
    assert!(experiment.join(resource.spec.model.run_id.unwrap()).is_dir() || experiment.join("models").is_dir());
}

#[test]
fn the_recipe_reads_february_on_the_second_of_march() {
    let (_, schedule) = schedule("recipe");
    let before = schedule.reach("2021-03-02T07:59:59Z".parse().unwrap()).unwrap();
    let after = schedule.reach("2021-03-02T08:00:00Z".parse().unwrap()).unwrap();
    assert_eq!([before.to_string(), after.to_string()], ["2021-01", "2021-02"]);
    assert_eq!(schedule.exclusions().len(), 1);
}

#[test]
fn the_backfill_names_two_months_of_the_quickstart() {
    let (resource, checked) = backfill("backfill");
    let (quickstart, schedule) = schedule("quickstart");
    assert_eq!(Some(resource.spec.schedule_ref.name), quickstart.metadata.name);
    assert_eq!(checked.months().to_string(), "2021-01..2021-02");
    assert!(checked.months().months().all(|month| schedule.holds(month)));
}

#[test]
fn what_is_left_out_has_its_default() {
    let (resource, schedule) = schedule("model-from-uri");
    assert_eq!(resource.spec.schedule.time_zone, "UTC");
    assert_eq!(schedule.lag(), 1);
    assert_eq!(schedule.backfill().parallelism, 3);
    assert_eq!(schedule.retry().attempts, 3);
}

#[test]
fn a_schedule_is_made_by_another_task_when_the_model_or_its_credentials_change() {
    let (resource, schedule) = schedule("recipe");
    let changes: [fn(&mut ScoringSchedule); 4] = [
        |resource| resource.spec.model.run_id = Some("other".to_owned()),
        |resource| resource.spec.features = None,
        |resource| resource.spec.output.uri.push('2'),
        |resource| resource.spec.storage = None,
    ];
    for change in changes {
        let mut other = resource.clone();
        change(&mut other);
        assert_ne!(Schedule::try_from(&other).unwrap().task(), schedule.task());
    }
    let mut same = resource;
    same.spec.suspend = true;
    same.spec.retry.attempts = 9;
    assert_eq!(Schedule::try_from(&same).unwrap().task(), schedule.task());
}

#[test]
fn an_unknown_field_is_refused_by_the_types_too() {
    let document = text("quickstart").replace("  months:", "  mouths: 1\n  months:");
    let error = serde_yaml::from_str::<ScoringSchedule>(&document).unwrap_err().to_string();
    assert!(error.contains("unknown field") && error.contains("mouths"), "{error}");
}
