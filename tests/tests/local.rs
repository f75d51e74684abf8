//! `kubectl scoring local` over a year of rides: what is scored, what is not, and what is said of both.

use std::collections::BTreeMap;

use scoring_tests::{Behaviour, HttpServer, MONTHS, Place, RUN, StandError, Year, month_file, set};
use serde_json::{Value, json};

const WELL: i32 = 0;
const MOVED: i32 = 2;
const TRY_AGAIN: i32 = 75;
const UNUSABLE: i32 = 78;

/// A year of which every month is scored.
fn scored_year() -> Result<Year, StandError> {
    let year = Year::new()?;
    let said = year.run("local", &[])?;
    assert_eq!(said.code, Some(WELL), "{}", said.log);
    assert_eq!(said.months(), MONTHS);
    Ok(year)
}

/// The year's only schedule in what a command printed as JSON.
fn view(year: &Year, command: &str) -> Result<Value, StandError> {
    let said = year.run(command, &["-o", "json"])?;
    let mut views: Vec<Value> = serde_json::from_str(&said.out).expect("a list of schedules as JSON");
    assert_eq!((said.code, views.len()), (Some(WELL), 1), "{}", said.log);
    Ok(views.remove(0))
}

/// The row of a month in what `status` printed as JSON.
fn row<'a>(view: &'a Value, month: &str) -> &'a Value {
    let rows = view["months"].as_array().expect("a list of months");
    rows.iter().find(|row| row["month"] == month).expect("a row for the month")
}

#[test]
fn a_year_is_scored_as_the_scorer_scores_each_month() {
    let year = scored_year().unwrap();
    let committed = year.committed(RUN).unwrap();
    assert_eq!(committed.keys().collect::<Vec<_>>(), MONTHS);
    for (month, bytes) in committed {
        assert!(bytes == year.scored_alone(&month, RUN).unwrap(), "{month}: other bytes than the scorer's");
    }
    assert_eq!(year.written().unwrap().len(), 2 * MONTHS.len(), "an output and a manifest for each month, no more");
}

#[test]
fn a_second_run_starts_nothing_and_says_so() {
    let year = scored_year().unwrap();
    let before = year.committed(RUN).unwrap();
    let again = year.run("local", &[]).unwrap();
    assert_eq!((again.code, again.months()), (Some(WELL), vec![]), "{}", again.log);
    assert!(again.out.ends_with("nothing was to be done\n"), "{}", again.out);
    assert!(year.committed(RUN).unwrap() == before);
}

#[test]
fn a_month_that_is_not_published_waits_and_is_scored_when_its_file_appears() {
    let year = Year::new().unwrap();
    year.remove(&Year::rides("2021-06")).unwrap();
    let first = year.run("local", &[]).unwrap();
    assert_eq!((first.code, first.months().len()), (Some(WELL), 11), "{}", first.log);
    let waiting = view(&year, "status").unwrap();
    assert_eq!(waiting["coverage"]["waiting"], json!(["2021-06"]));
    assert_eq!(row(&waiting, "2021-06")["standing"], "waiting");
    let reason = row(&waiting, "2021-06")["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("its input is not published, known since 20"), "{reason}");
    assert!(reason.contains("; looked at again at 20"), "{reason}");

    year.replace_rides("2021-06", "2021-06").unwrap();
    let second = year.run("local", &[]).unwrap();
    assert_eq!((second.code, second.months()), (Some(WELL), vec!["2021-06"]), "{}", second.log);
    assert_eq!(year.committed(RUN).unwrap().len(), 12);
}

#[test]
fn a_month_that_is_refused_is_told_with_the_permission_and_stops_no_other() {
    let mut year = Year::new().unwrap();
    let refused = "green_tripdata_2021-06.parquet";
    let server = HttpServer::start(&year.path("rides"), Behaviour::RangesBut(refused)).unwrap();
    year.change(&[("/spec/dataset/uri", json!(server.uri("green_tripdata_{month}.parquet")))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months().len()), (Some(WELL), 11), "{}", said.log);
    let denied = view(&year, "status").unwrap();
    assert_eq!(row(&denied, "2021-06")["standing"], "denied");
    let reason = row(&denied, "2021-06")["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("grant") && reason.contains(refused), "{reason}");
}

#[test]
fn months_in_a_bucket_that_may_not_be_read_name_the_permission() {
    let place = Place::s3s_fs().unwrap();
    let bucket = place.bucket().unwrap();
    for month in MONTHS {
        place.put(&Year::rides(month), &month_file(month)).unwrap();
    }
    let mut year = Year::new().unwrap();
    let storage =
        json!({"endpoint": bucket.endpoint(), "region": bucket.region(), "pathStyle": true, "anonymous": true});
    let uri = format!("s3://{}/rides/green_tripdata_{{month}}.parquet", bucket.name());
    year.change(&[("/spec/dataset", json!({"uri": uri, "storage": storage}))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec![]), "{}", said.log);
    let denied = view(&year, "status").unwrap();
    for month in MONTHS {
        assert_eq!(row(&denied, month)["standing"], "denied");
        let reason = row(&denied, month)["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("s3:GetObject"), "{reason}");
    }

    year.change(&[("/spec/dataset/storage/anonymous", json!(false))]).unwrap();
    let year = year.with_kubectl(|kubectl| kubectl.with_credentials(bucket.credentials()));
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), MONTHS.to_vec()), "{}", said.log);
}

#[test]
fn a_store_that_does_not_answer_is_to_be_tried_again() {
    let mut year = Year::new().unwrap();
    let server = HttpServer::start(&year.path("rides"), Behaviour::Status(503)).unwrap();
    year.change(&[("/spec/dataset/uri", json!(server.uri("green_tripdata_{month}.parquet")))]).unwrap();
    let said = year.run("local", &["--month", "2021-02"]).unwrap();
    assert_eq!((said.code, said.months()), (Some(TRY_AGAIN), vec![]), "{}", said.log);
    assert!(said.log.contains("503") && said.log.contains("to do: run it again"), "{}", said.log);
}

#[test]
fn a_month_whose_read_breaks_off_is_to_be_tried_again() {
    let mut year = Year::new().unwrap();
    let server = HttpServer::start(&year.path("rides"), Behaviour::HalfRanges).unwrap();
    year.change(&[("/spec/dataset/uri", json!(server.uri("green_tripdata_{month}.parquet")))]).unwrap();
    let said = year.run("local", &["--month", "2021-02"]).unwrap();
    assert_eq!((said.code, said.months()), (Some(TRY_AGAIN), vec!["2021-02"]), "{} {}", said.log, said.out);
    assert!(said.out.contains("2021-02  missing") && said.out.contains("try 2 of 3 starts at"), "{}", said.out);
}

#[test]
fn a_dry_run_changes_nothing() {
    let year = Year::new().unwrap();
    let said = year.run("local", &["--dry-run"]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec![]), "{}", said.log);
    assert!(said.out.contains("start 2021-12 as attempt 1: it has no output"), "{}", said.out);
    assert_eq!(year.written().unwrap(), Vec::<String>::new());
}

/// The hash of the plan that `plan` prints.
fn hash(year: &Year) -> Result<String, StandError> {
    let said = year.run("plan", &[])?;
    assert_eq!(said.code, Some(WELL), "{}", said.log);
    let line = said.out.lines().find_map(|line| line.trim().strip_prefix("plan "));
    Ok(line.expect("a line with the plan's hash").to_owned())
}

#[test]
fn a_plan_is_carried_out_by_its_hash() {
    let year = Year::new().unwrap();
    let said = year.run("local", &["--plan", &hash(&year).unwrap()]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), MONTHS.to_vec()), "{}", said.log);
}

#[test]
fn a_plan_is_refused_once_the_world_has_moved() {
    let fresh = Year::new().unwrap();
    let scored = scored_year().unwrap();
    for (year, starts) in [(fresh, 0), (scored, MONTHS.len())] {
        let hash = hash(&year).unwrap();
        year.replace_rides("2021-03", "2021-05").unwrap();
        let said = year.run("local", &["--plan", &hash]).unwrap();
        assert_eq!((said.code, said.months()), (Some(MOVED), vec![]), "{}", said.log);
        assert!(said.log.contains("the world has moved: the plan is now"), "{}", said.log);
        assert_eq!(year.committed(RUN).unwrap().len(), starts);
    }
}

#[test]
fn a_dry_run_gives_the_hash_of_the_narrowed_plan() {
    let year = Year::new().unwrap();
    let narrowed = ["--from", "2021-03", "--to", "2021-04", "--rescore", "all"];
    let said = year.run("local", &[narrowed.as_slice(), &["--dry-run"]].concat()).unwrap();
    let hash = said.out.lines().find_map(|line| line.trim().strip_prefix("plan ")).expect("the plan's hash");
    let said = year.run("local", &[narrowed.as_slice(), &["--plan", hash]].concat()).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec!["2021-03", "2021-04"]), "{}", said.log);
}

/// What flags narrow `local` to.
struct Narrowed {
    flags: &'static [&'static str],
    /// What it scores where nothing is scored.
    at_first: &'static [&'static str],
    /// What it scores where everything is.
    afterwards: &'static [&'static str],
}

#[rustfmt::skip]
const NARROWED: &[Narrowed] = &[
    Narrowed { flags: &["--month", "2021-02"], at_first: &["2021-02"], afterwards: &[] },
    Narrowed { flags: &["--month", "2021-02", "--rescore", "all"], at_first: &["2021-02"], afterwards: &["2021-02"] },
    Narrowed { flags: &["--from", "2021-03", "--to", "2021-05"], at_first: &["2021-03", "2021-04", "2021-05"], afterwards: &[] },
    Narrowed { flags: &["--from", "2021-11", "--to", "2021-12", "--rescore", "all"], at_first: &["2021-11", "2021-12"], afterwards: &["2021-11", "2021-12"] },
    Narrowed { flags: &["--from", "2021-11", "--to", "2021-12", "--rescore", "stale"], at_first: &["2021-11", "2021-12"], afterwards: &[] },
    Narrowed { flags: &["--month", "2021-12", "--parallelism", "1"], at_first: &["2021-12"], afterwards: &[] },
];

#[test]
fn flags_narrow_a_run_to_the_months_they_name() {
    let scored = scored_year().unwrap();
    let reference = scored.committed(RUN).unwrap();
    for Narrowed { flags, at_first, afterwards } in NARROWED {
        let fresh = Year::new().unwrap();
        let said = fresh.run("local", flags).unwrap();
        assert_eq!((said.code, said.months().as_slice()), (Some(WELL), *at_first), "{flags:?}: {}", said.log);
        assert_eq!(fresh.committed(RUN).unwrap().keys().collect::<Vec<_>>(), *at_first, "{flags:?}");
        let said = scored.run("local", flags).unwrap();
        assert_eq!((said.code, said.months().as_slice()), (Some(WELL), *afterwards), "{flags:?}: {}", said.log);
        assert!(scored.committed(RUN).unwrap() == reference, "{flags:?}: other bytes");
    }
}

#[test]
fn flags_that_make_no_sense_are_refused_with_a_remedy() {
    let year = Year::new().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["--month", "2021-13"], "2021-13"),
        (&["--month", "2021-02", "--from", "2021-01", "--to", "2021-02"], "--month"),
        (&["--from", "2021-03"], "--to"),
        (&["--from", "2021-03", "--to", "2021-02"], "exchange them"),
        (&["--rescore", "all"], "add --month, or --from and --to"),
        (&["--month", "2020-02"], "ask for months of the schedule"),
        (&["--parallelism", "0", "--month", "2021-02"], "parallelism"),
        (&["--watch", "--dry-run"], "--watch"),
        (&["--watch", "--plan", "0"], "--watch"),
        (&["--parallelism", "many"], "--parallelism"),
        (&["--rescore", "everything"], "missing-and-failed"),
    ];
    for (flags, words) in cases {
        let said = year.run("local", flags).unwrap();
        assert_eq!((said.code, said.months()), (Some(UNUSABLE), vec![]), "{flags:?}: {}", said.log);
        assert!(said.log.contains(words), "{flags:?}: {}", said.log);
        assert_eq!(year.written().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_backfill_in_the_same_folder_scores_its_months_again() {
    let year = scored_year().unwrap();
    let reference = year.committed(RUN).unwrap();
    year.backfill(&[]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec!["2021-01", "2021-02"]), "{}", said.log);
    assert!(said.log.contains("a backfill asks for it, for green-winter"), "{}", said.log);
    assert!(year.committed(RUN).unwrap() == reference);
}

#[test]
fn manual_mode_starts_the_newest_month_alone_and_a_backfill_the_others() {
    let mut year = Year::new().unwrap();
    year.change(&[("/spec/backfill", json!({"mode": "Manual"}))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec!["2021-12"]), "{}", said.log);
    let status = view(&year, "status").unwrap();
    assert_eq!(status["coverage"]["missing"], json!(["2021-01..2021-11"]));
    let reason = row(&status, "2021-01")["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("backfill.mode is Manual"), "{reason}");

    year.backfill(&[("/spec/rescore", json!("Missing")), ("/spec/to", json!("2021-03"))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec!["2021-01", "2021-02", "2021-03"]), "{}", said.log);
}

#[test]
fn a_suspended_schedule_starts_nothing_and_an_excluded_month_is_left_out() {
    let mut year = Year::new().unwrap();
    let excluded = json!([{"month": "2021-07", "reason": "meters replaced"}]);
    year.change(&[("/spec/suspend", json!(true)), ("/spec/months/exclude", excluded)]).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(WELL), vec![]), "{}", said.log);
    assert!(said.out.contains("starts when the schedule is no longer suspended"), "{}", said.out);

    year.change(&[("/spec/suspend", json!(false))]).unwrap();
    let said = year.run("local", &[]).unwrap();
    let others: Vec<_> = MONTHS.into_iter().filter(|month| *month != "2021-07").collect();
    assert_eq!((said.code, said.months()), (Some(WELL), others), "{}", said.log);
    assert!(said.out.contains("left out on purpose: meters replaced"), "{}", said.out);
}

#[test]
fn a_month_that_fails_for_good_is_told_and_stops_no_other() {
    let year = Year::new().unwrap();
    year.write(&Year::rides("2021-06"), b"no parquet").unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(1), MONTHS.to_vec()), "{}", said.log);
    assert_eq!(year.committed(RUN).unwrap().len(), 11);
    assert!(said.log.contains("green 2021-06 is not scored: "), "{}", said.log);
    assert!(said.log.contains("to do: "), "{}", said.log);
    assert!(said.out.contains("2021-06  failed"), "{}", said.out);
}

#[test]
fn two_schedules_in_a_folder_are_both_kept() {
    let year = Year::new().unwrap();
    let text = std::fs::read_to_string(year.path("documents/schedule.yaml")).unwrap();
    let mut other: Value = serde_json::from_str(&text).unwrap();
    set(&mut other, "/metadata/name", json!("winter"));
    set(&mut other, "/spec/months/last", json!("2021-02"));
    set(&mut other, "/spec/output/uri", json!("../winter/{month}.parquet"));
    year.write("documents/winter.yaml", other.to_string().as_bytes()).unwrap();
    // A hash is that of one schedule's plan.
    let said = year.run("local", &["--plan", "cbf29ce484222325"]).unwrap();
    assert_eq!((said.code, said.months()), (Some(UNUSABLE), vec![]), "{}", said.log);
    assert!(said.log.contains("there are 2: green, winter; name its file"), "{}", said.log);
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months().len()), (Some(WELL), 14), "{}", said.log);
    for month in ["2021-01", "2021-02"] {
        let bytes = std::fs::read(year.path(&format!("winter/{month}.parquet"))).unwrap();
        assert!(Some(&bytes) == year.committed(RUN).unwrap().get(month), "{month}");
    }
}

#[test]
fn status_tells_what_the_bucket_holds_as_json_and_as_yaml() {
    let year = scored_year().unwrap();
    let status = view(&year, "status").unwrap();
    assert_eq!((&status["name"], &status["due"]), (&json!("green"), &json!("2021-01..2021-12")));
    assert_eq!(status["coverage"]["current"], json!(["2021-01..2021-12"]));
    assert_eq!(status["start"], json!([]));
    for (month, bytes) in year.committed(RUN).unwrap() {
        let row = row(&status, &month);
        assert_eq!((&row["standing"], &row["size"]), (&json!("current"), &json!(bytes.len())), "{row}");
        assert!(row["rows"].as_u64() > Some(1000) && row["error"]["mae"].as_f64() > Some(0.0), "{row}");
    }
    let yaml = year.run("status", &["-o", "yaml"]).unwrap();
    let yaml: Vec<Value> = serde_yaml::from_str(&yaml.out).unwrap();
    // The next look moves with the clock.
    let timeless = |view: &Value| -> BTreeMap<String, Value> {
        let fields = view.as_object().unwrap().clone();
        fields.into_iter().filter(|(name, _)| name != "wakeAt").collect()
    };
    assert_eq!(timeless(&yaml[0]), timeless(&status));
}

#[test]
fn the_calendar_has_a_cell_for_each_month_and_a_legend() {
    let year = Year::new().unwrap();
    year.remove(&Year::rides("2021-12")).unwrap();
    year.run("local", &["--from", "2021-01", "--to", "2021-06"]).unwrap();
    let said = year.run("calendar", &[]).unwrap();
    assert_eq!(said.code, Some(WELL), "{}", said.log);
    let line = said.out.lines().find(|line| line.starts_with("2021 ")).expect("a line for the year");
    let cells: String = line[4..].split_whitespace().collect();
    assert!(cells.starts_with("■■■■■■") && cells.ends_with('…') && cells.chars().count() == 12, "{line}");
    assert!(said.out.contains("■ current 6") && said.out.contains("… waiting 1"), "{}", said.out);
}

#[test]
fn explain_tells_the_story_of_a_month() {
    let year = scored_year().unwrap();
    let said = year.run("explain", &["2021-02"]).unwrap();
    assert_eq!(said.code, Some(WELL), "{}", said.log);
    // The second of March, three o'clock in New York.
    for words in [
        "due       2021-03-02T08:00:00Z",
        "input     available",
        "output    committed, from what is there now",
        "rides/green_tripdata_2021-02.parquet (",
        "RandomForestRegressor",
        "attempt 1, scorer ",
        "MAE ",
        "current: its output is committed",
        "nothing is to be done",
    ] {
        assert!(said.out.contains(words), "`{words}` is not in {}", said.out);
    }
    let said = year.run("explain", &["2022-02"]).unwrap();
    assert!(said.out.contains("not due, and no backfill names it"), "{}", said.out);
    assert_eq!(year.run("explain", &["February"]).unwrap().code, Some(UNUSABLE));
}
