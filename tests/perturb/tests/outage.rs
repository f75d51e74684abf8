//! The API server goes away at ten points of a year, for five seconds and for a minute, and comes and goes.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use scoring_perturb::Stage;
use scoring_perturb::outage::{Outage, Survived, survive};
use scoring_perturb::trial::reference;

async fn survived(cases: impl IntoIterator<Item = (Outage, usize)>) {
    let stage = Stage::set(Path::new(env!("CARGO_BIN_EXE_operator_under_fault"))).await.expect("a stage is set");
    let (reference, _) = reference(&stage).await.expect("a year is scored");
    let mut broken = Vec::new();
    for (outage, after) in cases {
        let survived = survive(&stage, outage, after, &reference.commits).await.expect("a year is scored");
        let Survived { caught_up, files, violations } = survived;
        let figures = format!("{outage:?} after {after} months: caught up within {caught_up:?}, {files} files open");
        writeln!(std::io::stdout(), "{figures}").expect("standard output is there");
        let lines = violations.iter().map(|violation| format!("{outage:?} after {after} months: {violation}"));
        broken.extend(lines);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_or_comes_and_goes_is_survived() {
    survived([(Outage::Still(Duration::from_secs(5)), 4), (Outage::Flaps(5), 2)]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "fifteen minutes: cargo test -p scoring-perturb --test outage -- --ignored --nocapture"]
async fn a_server_that_is_away_at_any_point_is_survived() {
    let spans = [Duration::from_secs(5), Duration::from_mins(1)];
    survived((0..10).flat_map(|after| spans.map(|span| (Outage::Still(span), after)))).await;
}
