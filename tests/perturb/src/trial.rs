//! One trial: a year is scored in a namespace of its own while a plan is carried out, and what came of it is judged.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use scoring_stand::fault::{FaultPlan, Faults, Trace};
use scoring_stand::invariant::{
    Commit, Counts, Evidence, Violation, every_month_stands, one_commit_per_month, one_job_per_attempt,
    own_objects_only, quiet_between, same_as_reference, status_is_true, within_limit,
};
use scoring_stand::{AuditEvent, Namespace, StandError, eventually};
use serde_json::json;
use tokio::time::sleep;

use crate::crew::Crew;
use crate::plans::{Trial, Way};
use crate::scenario::{self, NEWEST, Objects, PARALLELISM, Standing};
use crate::stage::{OPERATOR, Stage};
use crate::thread::Lives;

/// How long a year may take to come to be, whatever befalls it.
const DEADLINE: Duration = Duration::from_mins(2);
/// After everything has come to be, events may still be told for so long.
const GRACE: Duration = Duration::from_secs(1);
/// How long nothing may be written then.
pub const QUIET: Duration = Duration::from_secs(3);
/// How long the audit log may take to tell of an answer.
const SOON: Duration = Duration::from_secs(30);

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

/// Why a trial proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The stand failed.
    #[error(transparent)]
    Stand(#[from] StandError),
    /// The API server refused a call of the test itself.
    #[error("a call of the test was refused")]
    Call(#[from] kube::Error),
}

/// The run without a fault.
pub async fn reference(stage: &Stage) -> Result<(Reference, Verdict), TrialError> {
    let verdict = run(stage, None, Way::Thread, None, QUIET).await?;
    let (trace, counts, commits) = (verdict.trace.clone(), verdict.counts.clone(), verdict.commits.clone());
    Ok((Reference { trace, counts, commits }, verdict))
}

/// A trial, judged by the reference run too.
pub async fn perform(stage: &Stage, trial: &Trial, reference: &Reference) -> Result<Verdict, TrialError> {
    run(stage, Some(trial.plan.clone()), trial.way, Some(reference), QUIET).await
}

/// A year under a plan, or under none; `quiet` is how long nothing may be written at the end.
pub async fn run(
    stage: &Stage,
    plan: Option<FaultPlan>,
    way: Way,
    reference: Option<&Reference>,
    quiet: Duration,
) -> Result<Verdict, TrialError> {
    let namespace = stage.plane.namespace("year").await?;
    let objects = Objects::new(&namespace.client(), namespace.name());
    let bucket = stage.bucket(namespace.name());
    objects.create().await?;
    let began = Instant::now();
    let faults = Faults::new(plan.clone());
    let crew = Crew::start(stage, namespace.name(), &faults, plan, way)?;
    let (done, met) = tokio::join!(wait_until_done(&objects), crew.meet(&objects, namespace.name()));
    let took = began.elapsed();
    sleep(GRACE).await;
    let since = Timestamp::now();
    sleep(quiet).await;
    let until = Timestamp::now();
    let standing = objects.standing().await?;
    let (lives, struck) = crew.stop().await;
    let events = written(stage, &namespace, &objects).await?;
    let evidence = Evidence { events: &events, operators: &[OPERATOR] };
    let (counts, commits) = (Counts::of(evidence, &standing.schedule, &standing.jobs), bucket.commits());
    let mut violations = met;
    match done {
        Ok(()) => violations.extend(quiet_between(evidence, since, until)),
        Err(standing) => violations.push(never(&standing)),
    }
    violations.extend(judge(evidence, &standing, &commits));
    violations.extend(ends(&lives, way));
    if let Some(reference) = reference {
        violations.extend(one_commit_per_month(&commits, &reference.commits));
        violations.extend(same_as_reference(&counts, &reference.counts));
    }
    stage.forget(namespace.name());
    Ok(Verdict { struck, counts, commits, trace: faults.trace(), took, violations })
}

fn judge(evidence: Evidence<'_>, standing: &Standing, commits: &[Commit]) -> Vec<Violation> {
    [
        one_job_per_attempt(evidence),
        every_month_stands(&standing.schedule, &scenario::months()),
        status_is_true(&standing.schedule, commits),
        own_objects_only(evidence),
        within_limit(evidence, PARALLELISM, NEWEST),
    ]
    .concat()
}

/// Waits until the year is done; an error is how it stood instead.
async fn wait_until_done(objects: &Objects) -> Result<(), Box<Standing>> {
    let end = Instant::now() + DEADLINE;
    loop {
        // Asked seldom, for many trials share a server.
        sleep(Duration::from_millis(250)).await;
        match objects.standing().await {
            Ok(standing) if standing.is_done() => return Ok(()),
            Ok(standing) if Instant::now() > end => return Err(Box::new(standing)),
            _ => {}
        }
    }
}

fn never(standing: &Standing) -> Violation {
    let jobs = standing.jobs.iter().map(|job| job.pointer("/metadata/name").cloned().unwrap_or_default().to_string());
    let status = |object: &serde_json::Value| object["status"].to_string().chars().take(2_000).collect();
    let lines = [status(&standing.schedule), status(&standing.backfill)].into_iter().chain(jobs).collect();
    Violation { rule: "I2", what: format!("the year was not done within {DEADLINE:?}"), lines }
}

/// An operator that ends by itself where it was not to; one that loses its lease is to.
fn ends(lives: &Lives, way: Way) -> Vec<Violation> {
    let unwanted = lives.ends.iter().filter(|end| way != Way::Leaders || !end.contains("leadership is lost"));
    unwanted.map(|end| Violation { rule: "E", what: format!("an operator ended: {end}"), lines: Vec::new() }).collect()
}

/// What was written in the namespace until now: the log is in the order of the answers, so that what comes before a mark
/// is there with it.
async fn written(stage: &Stage, namespace: &Namespace, objects: &Objects) -> Result<Vec<AuditEvent>, TrialError> {
    let mark = json!({"metadata": {"annotations": {"scoring.test/mark": namespace.name()}}});
    objects.schedules().patch(scenario::SCHEDULE, &PatchParams::default(), &Patch::Merge(&mark)).await?;
    let marked = eventually(SOON, "the mark in the audit log", async || {
        let events = stage.witness.seen(namespace.name()).map_err(|error| error.to_string())?;
        let marks = |event: &AuditEvent| event.verb == "patch" && event.request_object == mark;
        if events.iter().any(marks) { Ok(events) } else { Err("no mark".to_owned()) }
    });
    Ok(marked.await?)
}
