//! A sample of the fault plans that `tests/faults` carries out all of.

use std::path::Path;

use futures::{StreamExt, stream};
use scoring_perturb::Stage;
use scoring_perturb::plans::{Kind, Trial, draw};
use scoring_perturb::trial::{perform, reference};

/// Which plans are drawn; another seed draws others.
const SEED: u64 = 1;
/// How many of each kind: about three minutes of two cores.
const SAMPLE: [(Kind, usize); 5] =
    [(Kind::Crash, 12), (Kind::Error, 14), (Kind::Watch, 8), (Kind::Stale, 6), (Kind::Pair, 6)];

#[tokio::test(flavor = "multi_thread")]
async fn a_year_comes_to_the_same_end_whatever_befalls_its_operator() {
    println!("seed {SEED}");
    let stage = Stage::set(Path::new(env!("CARGO_BIN_EXE_operator_under_fault"))).await.unwrap();
    let (reference, verdict) = reference(&stage).await.unwrap();
    assert_eq!(verdict.violations, [], "the run without a fault");
    let draw = |(kind, count): (Kind, usize)| draw(kind.trials(&reference.trace), count, SEED);
    let trials: Vec<Trial> = SAMPLE.into_iter().flat_map(draw).collect();
    let perform = |trial| {
        let (stage, reference) = (&stage, &reference);
        async move { (trial, perform(stage, trial, reference).await) }
    };
    let verdicts: Vec<_> = stream::iter(&trials).map(perform).buffer_unordered(4).collect().await;
    let (mut struck, mut broken) = (0, Vec::new());
    for (trial, verdict) in verdicts {
        let verdict = verdict.unwrap();
        struck += usize::from(verdict.struck.is_some());
        broken.extend(verdict.violations.iter().map(|violation| format!("{trial}: {violation}")));
    }
    assert!(broken.is_empty(), "repeat with tests/faults --replay PLAN:\n{}", broken.join("\n"));
    assert!(struck * 10 >= trials.len() * 9, "only {struck} of {} plans struck", trials.len());
}
