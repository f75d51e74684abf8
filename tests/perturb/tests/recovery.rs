//! Whatever a user deletes, and whenever, the year comes to the same end, and no month is scored that was committed.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use futures::{StreamExt, stream};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Namespace, Pod, ServiceAccount};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use scoring_perturb::Stage;
use scoring_perturb::scenario::{BACKFILL, SCHEDULE};
use scoring_perturb::stage::OPERATOR;
use scoring_perturb::year::Year;
use scoring_stand::eventually;
use scoring_stand::invariant::{Commit, Evidence, one_commit_per_month};
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const DEADLINE: Duration = Duration::from_mins(2);
/// The last phase: everything has come to be.
const DONE: usize = 12;

/// What a user does.
#[derive(Clone, Copy, Debug)]
enum Act {
    DeleteScheduleAndApplyAgain,
    DeleteNamespaceAndRestore,
    DeleteJobs,
    DeletePods,
    WipeScheduleStatus,
    WipeBackfillStatus,
    WipeEveryStatusAndDeleteJobs,
}

const ACTS: [Act; 7] = [
    Act::DeleteScheduleAndApplyAgain,
    Act::DeleteNamespaceAndRestore,
    Act::DeleteJobs,
    Act::DeletePods,
    Act::WipeScheduleStatus,
    Act::WipeBackfillStatus,
    Act::WipeEveryStatusAndDeleteJobs,
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_deleted_no_month_is_committed_twice_and_none_is_lost() {
    let stage = Stage::set(Path::new(env!("CARGO_BIN_EXE_operator_under_fault"))).await.unwrap();
    let reference = commits(&stage).await.unwrap();
    let cases = ACTS.into_iter().flat_map(|act| [0, 1, 4, 8, DONE].map(|phase| (act, phase)));
    let perform = |(act, phase)| {
        let (stage, reference) = (&stage, &reference);
        async move {
            let broken = perform(stage, act, phase, reference).await;
            let broken = broken.unwrap_or_else(|error| vec![error.to_string()]);
            broken.into_iter().map(move |what| format!("{act:?} once {phase} months were committed: {what}"))
        }
    };
    let broken: Vec<String> =
        stream::iter(cases).map(perform).buffer_unordered(4).flat_map(stream::iter).collect().await;
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What is committed where nobody deletes anything.
async fn commits(stage: &Stage) -> Outcome<Vec<Commit>> {
    let year = Year::begin(stage).await?;
    let operator = year.operator()?;
    year.done(DEADLINE).await?;
    operator.stop().await;
    Ok(year.bucket().commits())
}

async fn perform(stage: &Stage, act: Act, phase: usize, reference: &[Commit]) -> Outcome<Vec<String>> {
    let year = Year::begin(stage).await?;
    let operator = year.operator()?;
    if phase == DONE {
        year.done(DEADLINE).await?;
    } else {
        let many = async || if year.bucket().commits().len() >= phase { Ok(()) } else { Err("fewer") };
        eventually(DEADLINE, "commits", many).await?;
    }
    act.perform(&year).await?;
    let done = year.done(DEADLINE).await;
    let lives = operator.stop().await;
    let mut broken: Vec<String> = lives.ends;
    broken.extend(done.err().map(|otherwise| otherwise.to_string()));
    let standing = year.objects().standing().await?;
    let events = year.written().await?;
    let violations =
        [year.broken(&events, &standing), one_commit_per_month(&year.bucket().commits(), reference)].concat();
    // Where Jobs and statuses are deleted at once, nobody knows any more which names were used.
    let forgotten = |rule: &str| matches!(act, Act::WipeEveryStatusAndDeleteJobs) && rule == "I1";
    let unexplained = violations.iter().filter(|violation| !forgotten(violation.rule));
    broken.extend(unexplained.map(ToString::to_string));
    if phase == DONE {
        let mut scored = BTreeMap::new();
        for job in (Evidence { events: &events, operators: &[OPERATOR] }).jobs() {
            *scored.entry(job.month.unwrap_or_default()).or_insert(0) += 1;
        }
        scored.remove("");
        let twice = scored.into_iter().filter(|(_, times)| *times != 1);
        broken.extend(twice.map(|(month, times)| format!("{month} had {times} Jobs, though it was committed")));
    }
    Ok(broken)
}

impl Act {
    async fn perform(self, year: &Year<'_>) -> Outcome<()> {
        let objects = year.objects();
        match self {
            Self::DeleteScheduleAndApplyAgain => {
                objects.backfills().delete(BACKFILL, &DeleteParams::background()).await?;
                objects.schedules().delete(SCHEDULE, &DeleteParams::background()).await?;
                year.stands(DEADLINE, |standing| standing.schedule.is_null()).await?;
                objects.create().await?;
            }
            Self::DeleteNamespaceAndRestore => restore(year).await?,
            Self::DeleteJobs => delete_jobs(year).await?,
            Self::DeletePods => {
                let pods = year.namespace().api::<Pod>();
                pods.delete_collection(&DeleteParams::background(), &ListParams::default()).await?;
            }
            Self::WipeScheduleStatus => wipe_schedule(year).await?,
            Self::WipeBackfillStatus => wipe_backfill(year).await?,
            Self::WipeEveryStatusAndDeleteJobs => {
                delete_jobs(year).await?;
                wipe_schedule(year).await?;
                wipe_backfill(year).await?;
            }
        }
        Ok(())
    }
}

async fn delete_jobs(year: &Year<'_>) -> Outcome<()> {
    let jobs = year.namespace().api::<Job>();
    jobs.delete_collection(&DeleteParams::background(), &ListParams::default()).await?;
    Ok(())
}

async fn wipe_schedule(year: &Year<'_>) -> Outcome<()> {
    let nothing = Patch::Merge(json!({"status": null}));
    year.objects().schedules().patch_status(SCHEDULE, &PatchParams::default(), &nothing).await?;
    Ok(())
}

async fn wipe_backfill(year: &Year<'_>) -> Outcome<()> {
    let nothing = Patch::Merge(json!({"status": null}));
    year.objects().backfills().patch_status(BACKFILL, &PatchParams::default(), &nothing).await?;
    Ok(())
}

/// Deletes the namespace and makes it again with what a backup has: the objects, without their statuses.
async fn restore(year: &Year<'_>) -> Outcome<()> {
    let name = year.namespace().name();
    let namespaces: Api<Namespace> = Api::all(year.namespace().client());
    namespaces.delete(name, &DeleteParams::background()).await?;
    let gone = async || match namespaces.get_opt(name).await {
        Ok(None) => Ok(()),
        other => Err(other.map(|namespace| namespace.map(|namespace| namespace.status))),
    };
    eventually(DEADLINE, "the namespace is gone", gone).await?;
    let namespace = serde_json::from_value(json!({"metadata": {"name": name}}))?;
    namespaces.create(&PostParams::default(), &namespace).await?;
    let accounts = year.namespace().api::<ServiceAccount>();
    eventually(DEADLINE, "its account", async || accounts.get("default").await).await?;
    Ok(year.objects().create().await?)
}
