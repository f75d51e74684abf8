//! `kubectl scoring local --watch`: it stays, follows the cron, and ends when it is asked to.
//!
//! The first test is in real time, since nothing in the product lets a clock be moved: it waits for one tick of a cron that
//! ticks every minute.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use scoring_tests::{RUN, Said, StandError, Year, interrupt};
use serde_json::json;

const TRY_AGAIN: i32 = 75;
/// A tick is a minute away at most, and no two looks follow each other more closely; scoring takes moments.
const A_TICK: Duration = Duration::from_secs(75);
const SOON: Duration = Duration::from_secs(30);

/// A process that stays, and the lines that it prints.
struct Watch {
    child: Child,
    out: Receiver<String>,
    log: Receiver<String>,
}

impl Watch {
    fn start(year: &Year) -> Result<Self, StandError> {
        let mut child = year.start(&["--watch"])?;
        let out = lines(child.stdout.take().expect("a pipe"));
        let log = lines(child.stderr.take().expect("a pipe"));
        Ok(Self { child, out, log })
    }

    /// The next round that it tells of, in its last line.
    fn round(&self, within: Duration) -> String {
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.out.recv_timeout(left).map_err(|error| (error, self.log.try_iter().collect::<Vec<_>>()));
            let line = line.expect("a round in time");
            if line.contains(" scored") || line.contains("nothing was to be done") {
                return line;
            }
        }
    }

    /// Asks it to end, and what it said.
    fn interrupt(mut self) -> Said {
        interrupt(&mut self.child).expect("a signal");
        let rest = |lines: &Receiver<String>| lines.iter().map(|line| line + "\n").collect();
        // Both end when the process does.
        let (out, log) = (rest(&self.out), rest(&self.log));
        Said { code: self.child.wait().expect("an end").code(), out, log }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Both fail only where the process is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The last three months of a year, with this cron.
fn autumn(cron: &str) -> Result<Year, StandError> {
    let mut year = Year::new()?;
    year.change(&[("/spec/schedule/cron", json!(cron)), ("/spec/months/first", json!("2021-10"))])?;
    Ok(year)
}

#[test]
fn a_month_that_is_published_while_it_waits_is_scored_after_the_next_tick() {
    let year = autumn("* * * * *").unwrap();
    year.remove(&Year::rides("2021-12")).unwrap();
    year.write(&Year::rides("2021-11"), b"no parquet").unwrap();
    let watch = Watch::start(&year).unwrap();
    assert_eq!(watch.round(SOON), "1 month was scored, 1 attempt failed");
    assert_eq!(year.committed(RUN).unwrap().keys().collect::<Vec<_>>(), ["2021-10"]);

    year.replace_rides("2021-12", "2021-12").unwrap();
    assert_eq!(watch.round(A_TICK), "1 month was scored");
    let said = watch.interrupt();
    assert_eq!(said.code, Some(TRY_AGAIN), "{}", said.log);
    // What failed for good is not tried again just because somebody woke.
    assert_eq!(said.months(), ["2021-10", "2021-11", "2021-12"], "{}", said.log);
    let december = year.committed(RUN).unwrap().remove("2021-12");
    assert!(december == Some(year.scored_alone("2021-12", RUN).unwrap()), "other bytes than the scorer's");
}

#[test]
fn a_watch_that_is_interrupted_while_it_sleeps_ends_with_75() {
    let year = autumn("0 3 2 * *").unwrap();
    let watch = Watch::start(&year).unwrap();
    assert_eq!(watch.round(SOON), "3 months were scored");
    let asked = Instant::now();
    let said = watch.interrupt();
    assert_eq!((said.code, said.out.as_str()), (Some(TRY_AGAIN), ""), "{}", said.log);
    assert!(asked.elapsed() < SOON, "it slept on");
    assert_eq!(year.committed(RUN).unwrap().len(), 3);
}
