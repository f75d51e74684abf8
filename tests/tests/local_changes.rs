//! What is scored again after something has changed: exactly the months concerned, for the stated reason, or none where
//! the schedule's policy keeps or marks what there is.

use scoring_tests::{MONTHS, RUN, StandError, Year};
use serde_json::{Value, json};

/// A linear model of the quickstart's experiment.
const OTHER_RUN: &str = "98c3b2b6befe48e6822f94d360f634c3";
const OTHER_FEATURES: &str = "duration BETWEEN 2 AND 50";

/// A year of which every month is scored, with these fields of the schedule.
fn scored_year(fields: &[(&str, Value)]) -> Result<Year, StandError> {
    let mut year = Year::new()?;
    year.change(fields)?;
    let said = year.run("local", &[])?;
    assert_eq!((said.code, said.months()), (Some(0), MONTHS.to_vec()), "{}", said.log);
    Ok(year)
}

/// The reason of a month in what `status` says.
fn reason(year: &Year, month: &str) -> Result<(String, String), StandError> {
    let said = year.run("status", &["-o", "json"])?;
    let views: Value = serde_json::from_str(&said.out).expect("status as JSON");
    let rows = views[0]["months"].as_array().expect("a list of months");
    let row = rows.iter().find(|row| row["month"] == month).expect("a row for the month");
    let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
    Ok((text("standing"), text("reason")))
}

/// Something that happens to one month of a scored year.
struct Damage {
    what: &'static str,
    does: fn(&Year) -> Result<(), StandError>,
    month: &'static str,
    because: &'static str,
}

const DAMAGES: &[Damage] = &[
    Damage {
        what: "an output that was removed",
        does: |year| year.remove(&Year::output("2021-03", RUN)),
        month: "2021-03",
        because: "its output is damaged (its manifest stands there without it)",
    },
    Damage {
        what: "a manifest that was removed",
        does: |year| year.remove(&Year::manifest("2021-04", RUN)),
        month: "2021-04",
        because: "it has no output",
    },
    Damage {
        what: "a month's file that was replaced",
        does: |year| year.replace_rides("2021-05", "2021-06"),
        month: "2021-05",
        because: "the input changed (",
    },
    Damage {
        what: "an output that was cut short",
        does: |year| year.write(&Year::output("2021-07", RUN), b"PAR1"),
        month: "2021-07",
        because: "its output is damaged (it is not the one that its manifest describes)",
    },
    Damage {
        what: "an output with other bytes of the same length",
        does: |year| {
            let mut bytes = year.read(&Year::output("2021-08", RUN))?;
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            year.write(&Year::output("2021-08", RUN), &bytes)
        },
        month: "2021-08",
        because: "its output is damaged (it is not the one that its manifest describes)",
    },
    Damage {
        what: "a manifest that is no JSON",
        does: |year| year.write(&Year::manifest("2021-09", RUN), b"{"),
        month: "2021-09",
        because: "its output is damaged (its manifest cannot be read)",
    },
    Damage {
        what: "a manifest that is empty",
        does: |year| year.write(&Year::manifest("2021-10", RUN), b""),
        month: "2021-10",
        because: "its output is damaged (its manifest cannot be read)",
    },
];

#[test]
fn a_month_that_was_damaged_is_scored_again_alone() {
    let year = scored_year(&[]).unwrap();
    for Damage { what, does, month, because } in DAMAGES {
        does(&year).unwrap();
        let (standing, _) = reason(&year, month).unwrap();
        assert_ne!(standing, "current", "{what}");
        let said = year.run("local", &[]).unwrap();
        assert_eq!((said.code, said.months()), (Some(0), vec![*month]), "{what}: {}", said.log);
        assert!(said.started()[0].1.starts_with(because), "{what}: {}", said.log);
        let committed = year.committed(RUN).unwrap();
        assert!(committed.get(*month) == Some(&year.scored_alone(month, RUN).unwrap()), "{what}: other bytes");
        assert_eq!(year.run("local", &[]).unwrap().months(), Vec::<&str>::new(), "{what}: once is enough");
    }
}

#[test]
fn several_damages_at_once_are_each_mended() {
    let year = scored_year(&[]).unwrap();
    for damage in DAMAGES {
        (damage.does)(&year).unwrap();
    }
    let said = year.run("local", &[]).unwrap();
    let months: Vec<_> = DAMAGES.iter().map(|damage| damage.month).collect();
    assert_eq!((said.code, said.months()), (Some(0), months), "{}", said.log);
    for ((month, why), damage) in said.started().iter().zip(DAMAGES) {
        assert!(why.starts_with(damage.because), "{month}: {why}");
    }
    assert_eq!(year.committed(RUN).unwrap().len(), 12);
}

/// What a policy makes of a change.
struct Policy {
    what: &'static str,
    field: (&'static str, &'static str),
    change: fn(&mut Year) -> Result<(), StandError>,
    starts: &'static [&'static str],
    /// The standing of 2021-05 before it is scored again, if it is.
    standing: &'static str,
    says: &'static str,
}

fn other_input(year: &mut Year) -> Result<(), StandError> {
    year.replace_rides("2021-05", "2021-06")
}

fn other_model(year: &mut Year) -> Result<(), StandError> {
    year.change(&[("/spec/model/runId", json!(OTHER_RUN))])
}

fn other_features(year: &mut Year) -> Result<(), StandError> {
    year.change(&[("/spec/features/where", json!(OTHER_FEATURES))])
}

/// The quickstart's output without the run in its name, so that another run would write over it.
const SAME_KEY: &str = "../out/green-{month}.parquet";

#[rustfmt::skip]
const POLICIES: &[Policy] = &[
    Policy { what: "an input that is scored again", field: ("/spec/onInputChange", "Rescore"), change: other_input, starts: &["2021-05"], standing: "starting", says: "the input changed (" },
    Policy { what: "an input that is marked", field: ("/spec/onInputChange", "Mark"), change: other_input, starts: &[], standing: "stale", says: "a backfill with rescore Stale makes it again" },
    Policy { what: "an input that is ignored", field: ("/spec/onInputChange", "Ignore"), change: other_input, starts: &[], standing: "current", says: "its output is kept although the input changed (" },
    Policy { what: "a model that is kept", field: ("/spec/onModelChange", "Keep"), change: other_model, starts: &[], standing: "current", says: "its output is kept although the model changed (939c5bc17fc4 → 98c3b2b6befe)" },
    Policy { what: "a model that is marked", field: ("/spec/onModelChange", "Mark"), change: other_model, starts: &[], standing: "stale", says: "the model changed (939c5bc17fc4 → 98c3b2b6befe); a backfill with rescore Stale" },
    Policy { what: "a model with which all is scored again", field: ("/spec/onModelChange", "Rescore"), change: other_model, starts: &MONTHS, standing: "stale", says: "the model changed (939c5bc17fc4 → 98c3b2b6befe); starts when one of 3 slots" },
    Policy { what: "features that are kept", field: ("/spec/onModelChange", "Keep"), change: other_features, starts: &[], standing: "current", says: "its output is kept although the features changed (" },
    Policy { what: "features that are marked", field: ("/spec/onModelChange", "Mark"), change: other_features, starts: &[], standing: "stale", says: "the features changed (" },
    Policy { what: "features with which all is scored again", field: ("/spec/onModelChange", "Rescore"), change: other_features, starts: &MONTHS, standing: "stale", says: "the features changed (" },
];

#[test]
fn a_change_is_followed_as_the_policy_says() {
    for Policy { what, field: (field, policy), change, starts, standing, says } in POLICIES {
        let mut year = scored_year(&[("/spec/output/uri", json!(SAME_KEY)), (field, json!(policy))]).unwrap();
        change(&mut year).unwrap();
        let (found, reason) = reason(&year, "2021-05").unwrap();
        assert_eq!(found, *standing, "{what}: {reason}");
        assert!(reason.contains(says), "{what}: {reason}");
        let said = year.run("local", &[]).unwrap();
        assert_eq!((said.code, said.months().as_slice()), (Some(0), *starts), "{what}: {}", said.log);
        assert_eq!(year.run("local", &[]).unwrap().months(), Vec::<&str>::new(), "{what}: once is enough");
    }
}

#[test]
fn what_is_marked_is_scored_again_where_it_is_asked_for() {
    let mut year =
        scored_year(&[("/spec/output/uri", json!(SAME_KEY)), ("/spec/onInputChange", json!("Mark"))]).unwrap();
    other_input(&mut year).unwrap();
    let said = year.run("local", &["--from", "2021-04", "--to", "2021-06", "--rescore", "stale"]).unwrap();
    assert_eq!((said.code, said.months()), (Some(0), vec!["2021-05"]), "{}", said.log);
    let (standing, reason) = reason(&year, "2021-05").unwrap();
    assert_eq!((standing.as_str(), reason.as_str()), ("current", "its output is committed"));
}

#[test]
fn another_run_writes_beside_the_outputs_of_the_one_before() {
    let mut year = scored_year(&[]).unwrap();
    let before = year.committed(RUN).unwrap();
    other_model(&mut year).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(0), MONTHS.to_vec()), "{}", said.log);
    assert!(year.committed(RUN).unwrap() == before, "the outputs of the run before stay");
    for (month, bytes) in year.committed(OTHER_RUN).unwrap() {
        assert!(bytes == year.scored_alone(&month, OTHER_RUN).unwrap(), "{month}: other bytes than the scorer's");
    }
    assert_eq!(year.written().unwrap().len(), 4 * MONTHS.len());

    year.change(&[("/spec/model/runId", json!(RUN))]).unwrap();
    assert_eq!(year.run("local", &[]).unwrap().months(), Vec::<&str>::new(), "the run before is still committed");
}

#[test]
fn a_file_that_is_taken_away_after_its_month_was_scored_changes_nothing() {
    let year = scored_year(&[]).unwrap();
    year.remove(&Year::rides("2021-05")).unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(0), vec![]), "{}", said.log);
    assert_eq!(reason(&year, "2021-05").unwrap().0, "current");
}

#[test]
fn attempts_are_counted_from_the_one_that_is_committed() {
    let year = scored_year(&[]).unwrap();
    for (attempt, rides) in [(2, "2021-06"), (3, "2021-07")] {
        year.replace_rides("2021-05", rides).unwrap();
        let plan = year.run("plan", &[]).unwrap();
        assert!(plan.out.contains(&format!("start 2021-05 as attempt {attempt}: ")), "{}", plan.out);
        assert_eq!(year.run("local", &[]).unwrap().months(), ["2021-05"]);
        let manifest: Value = serde_json::from_slice(&year.read(&Year::manifest("2021-05", RUN)).unwrap()).unwrap();
        assert_eq!(manifest["attempt"], json!(attempt));
    }
    let other: Value = serde_json::from_slice(&year.read(&Year::manifest("2021-04", RUN)).unwrap()).unwrap();
    assert_eq!(other["attempt"], json!(1));
}

#[test]
fn a_month_that_failed_is_scored_once_its_file_is_mended() {
    let year = Year::new().unwrap();
    year.write(&Year::rides("2021-06"), b"no parquet").unwrap();
    assert_eq!(year.run("local", &[]).unwrap().code, Some(1));
    year.replace_rides("2021-06", "2021-06").unwrap();
    let said = year.run("local", &[]).unwrap();
    assert_eq!((said.code, said.months()), (Some(0), vec!["2021-06"]), "{}", said.log);
}
