//! One trial: a year is scored while a plan is carried out, and what came of it is judged.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use scoring_stand::fault::{FaultPlan, Faults, Trace};
use scoring_stand::invariant::{
    Commit, Counts, Evidence, Violation, one_commit_per_month, quiet_between, same_as_reference,
};
use tokio::time::sleep;

use crate::crew::Crew;
use crate::plans::{Trial, Way};
use crate::stage::{OPERATOR, Stage};
use crate::thread::Lives;
use crate::year::{Otherwise, Year, YearError};

/// How long a year may take to come to be, whatever befalls it.
const DEADLINE: Duration = Duration::from_mins(2);
/// After everything has come to be, events may still be told for so long.
const GRACE: Duration = Duration::from_secs(1);
/// How long nothing may be written then.
pub const QUIET: Duration = Duration::from_secs(3);

/// What the run without a fault came to.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its requests.
    pub trace: Trace,
    /// What it did.
    pub counts: Counts,
    /// What it committed.
    pub commits: Vec<Commit>,
}

/// What a trial came to.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What the plan struck; none where its point was never reached.
    pub struck: Option<String>,
    /// What was done.
    pub counts: Counts,
    /// What was committed.
    pub commits: Vec<Commit>,
    /// The requests of an operator on a thread.
    pub trace: Trace,
    /// How long the year took.
    pub took: Duration,
    /// Every rule that was broken.
    pub violations: Vec<Violation>,
}

/// The run without a fault.
pub async fn reference(stage: &Stage) -> Result<(Reference, Verdict), YearError> {
    let verdict = run(stage, None, Way::Thread, None, QUIET).await?;
    let (trace, counts, commits) = (verdict.trace.clone(), verdict.counts.clone(), verdict.commits.clone());
    Ok((Reference { trace, counts, commits }, verdict))
}

/// A trial, judged by the reference run too.
pub async fn perform(stage: &Stage, trial: &Trial, reference: &Reference) -> Result<Verdict, YearError> {
    run(stage, Some(trial.plan.clone()), trial.way, Some(reference), QUIET).await
}

/// A year under a plan, or under none; `quiet` is how long nothing may be written at the end.
pub async fn run(
    stage: &Stage,
    plan: Option<FaultPlan>,
    way: Way,
    reference: Option<&Reference>,
    quiet: Duration,
) -> Result<Verdict, YearError> {
    let year = Year::begin(stage).await?;
    let began = Instant::now();
    let faults = Faults::new(plan.clone());
    let crew = Crew::start(stage, year.namespace().name(), &faults, plan.clone(), way)?;
    let (done, met) = tokio::join!(year.done(DEADLINE), crew.meet(&year));
    let took = began.elapsed();
    sleep(GRACE).await;
    let since = Timestamp::now();
    sleep(quiet).await;
    let until = Timestamp::now();
    let standing = year.objects().standing().await?;
    let (lives, struck) = crew.stop().await;
    let events = year.written().await?;
    let evidence = Evidence { events: &events, operators: &[OPERATOR] };
    let (counts, commits) = (Counts::of(evidence, &standing.schedule, &standing.jobs), year.bucket().commits());
    let mut violations = met;
    match done {
        Ok(()) => violations.extend(quiet_between(evidence, since, until)),
        Err(otherwise) => violations.push(never(&otherwise)),
    }
    violations.extend(year.broken(&events, &standing));
    let died = plan.is_some_and(|plan| plan.fault.is_deadly()) && struck.is_some();
    violations.extend(ends(&lives, way, died));
    if let Some(reference) = reference {
        violations.extend(one_commit_per_month(&commits, &reference.commits));
        violations.extend(same_as_reference(&counts, &reference.counts));
    }
    Ok(Verdict { struck, counts, commits, trace: faults.trace(), took, violations })
}

fn never(otherwise: &Otherwise) -> Violation {
    let lines = otherwise.to_string().chars().take(4_000).collect();
    Violation { rule: "I2", what: format!("the year was not done within {DEADLINE:?}"), lines: vec![lines] }
}

/// An operator that ends by itself where it was not to, and one that did not die of what is deadly. One that loses its
/// lease is to end.
fn ends(lives: &Lives, way: Way, died: bool) -> Vec<Violation> {
    let unwanted = lives.ends.iter().filter(|end| way != Way::Leaders || !end.contains("leadership is lost"));
    let unwanted = unwanted.map(|end| format!("an operator ended: {end}"));
    let crashes = format!("an operator died {} times", lives.crashes);
    let wrong = unwanted.chain((lives.crashes != u32::from(died)).then_some(crashes));
    wrong.map(|what| Violation { rule: "E", what, lines: Vec::new() }).collect()
}
