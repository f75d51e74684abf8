//! A year that is stopped at any point, or kept by two processes at once, comes out as if nothing had happened: each month
//! committed once, with the bytes of an undisturbed run, and nothing unfinished left.
//!
//! `LOCAL_KILL_POINTS` says at how many points of a run each case stops it, spread evenly over its duration; 6 where it is
//! unset.

use std::collections::BTreeMap;
use std::env;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use scoring_tests::{MONTHS, RUN, Said, StandError, Year, interrupt};
use serde_json::json;

const WELL: i32 = 0;
const TRY_AGAIN: i32 = 75;
/// How often a child is looked at while its time runs.
const EVERY: Duration = Duration::from_millis(1);

fn points() -> u32 {
    env::var("LOCAL_KILL_POINTS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

/// What an undisturbed run makes of the year, and how long it takes.
struct Reference {
    outputs: BTreeMap<String, Vec<u8>>,
    takes: Duration,
}

impl Reference {
    fn make() -> Result<Self, StandError> {
        let year = year()?;
        let start = Instant::now();
        let said = year.run("local", &[])?;
        let takes = start.elapsed();
        assert_eq!((said.code, said.months()), (Some(WELL), MONTHS.to_vec()), "{}", said.log);
        Ok(Self { outputs: year.committed(RUN)?, takes })
    }

    /// That what is committed is right, also while it is not everything.
    fn agrees(&self, year: &Year) -> Result<(), StandError> {
        for (month, bytes) in year.committed(RUN)? {
            assert!(self.outputs.get(&month) == Some(&bytes), "{month}: committed with other bytes");
        }
        Ok(())
    }

    /// That the year is whole: the reference's outputs, their manifests, and no other file.
    fn is_what(&self, year: &Year) -> Result<(), StandError> {
        assert!(year.committed(RUN)? == self.outputs, "other outputs than an undisturbed run's");
        let pair = |month: &&str| [Year::manifest(month, RUN), Year::output(month, RUN)];
        let mut files: Vec<String> = MONTHS.iter().flat_map(pair).collect();
        files.sort();
        assert_eq!(year.written()?, files);
        Ok(())
    }
}

/// A year of which nothing is scored, several months at once.
fn year() -> Result<Year, StandError> {
    let mut year = Year::new()?;
    year.change(&[("/spec/backfill", json!({"parallelism": 3}))])?;
    Ok(year)
}

/// Lets a run go on for a time.
fn let_go_on(child: &mut Child, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
        thread::park_timeout(EVERY);
    }
}

fn said(child: Child) -> Said {
    Said::from(&child.wait_with_output().expect("the end of a process of ours"))
}

/// Stops a run at each point and lets another finish; that one starts no month that was committed before.
fn survives(stop: impl Fn(&mut Child) -> Result<(), StandError>, codes: &[Option<i32>]) -> Result<(), StandError> {
    let reference = Reference::make()?;
    for point in 0..points() {
        let year = year()?;
        let mut child = year.start(&[])?;
        let_go_on(&mut child, reference.takes * point / points());
        stop(&mut child)?;
        let stopped = said(child);
        assert!(codes.contains(&stopped.code), "point {point}: {:?} {}", stopped.code, stopped.log);
        reference.agrees(&year)?;
        let committed = year.committed(RUN)?;
        let left: Vec<_> = MONTHS.into_iter().filter(|month| !committed.contains_key(*month)).collect();
        let again = year.run("local", &[])?;
        assert_eq!((again.code, again.months()), (Some(WELL), left), "point {point}: {}", again.log);
        reference.is_what(&year)?;
    }
    Ok(())
}

#[test]
fn a_year_that_is_killed_is_finished_by_the_next_run() {
    // A run that has ended before its time comes is not killed.
    let codes = [None, Some(WELL)];
    let kill = |child: &mut Child| {
        // Fails only where the run has ended.
        drop(child.kill());
        Ok(())
    };
    survives(kill, &codes).unwrap();
}

#[test]
fn a_year_that_is_interrupted_says_so_and_is_finished_by_the_next_run() {
    // Before its handlers stand, a process ends by the signal itself.
    survives(interrupt, &[None, Some(WELL), Some(TRY_AGAIN)]).unwrap();
}

#[test]
fn an_interrupted_run_ends_with_75_and_leaves_nothing_unfinished() {
    let year = year().unwrap();
    let mut child = year.start(&[]).unwrap();
    // The first output says that the run is in its midst.
    let end = Instant::now() + Duration::from_mins(1);
    while year.written().unwrap().is_empty() && Instant::now() < end {
        thread::park_timeout(EVERY);
    }
    interrupt(&mut child).unwrap();
    let_go_on(&mut child, Duration::from_mins(1));
    let stopped = said(child);
    assert_eq!(stopped.code, Some(TRY_AGAIN), "{} {}", stopped.out, stopped.log);
    assert!(stopped.log.contains("stopped; what was running is not committed"), "{}", stopped.log);
    let files = 2 * year.committed(RUN).unwrap().len();
    assert_eq!(year.written().unwrap().len(), files, "an output and a manifest for each committed month, no more");
}

#[test]
fn two_processes_at_once_lose_and_damage_no_month() {
    let reference = Reference::make().unwrap();
    for point in 0..points() {
        let year = year().unwrap();
        let mut first = year.start(&[]).unwrap();
        // The second begins while the first is anywhere in its work.
        let_go_on(&mut first, reference.takes * point / points());
        let second = year.start(&[]).unwrap();
        for ended in [said(first), said(second)] {
            assert!(
                [Some(WELL), Some(TRY_AGAIN)].contains(&ended.code),
                "point {point}: {:?} {}",
                ended.code,
                ended.log
            );
        }
        reference.agrees(&year).unwrap();
        let third = year.run("local", &[]).unwrap();
        assert_eq!(third.code, Some(WELL), "point {point}: {}", third.log);
        reference.is_what(&year).unwrap();
    }
}
