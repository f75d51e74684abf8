//! What the control plane does without the operator: the same Jobs, played by the same node, created by a client that does
//! nothing else, and deleted when they have ended. No operator can make it faster.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::batch::v1::Job;
use kube::api::{DeleteParams, PartialObjectMeta, PostParams};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Config, watcher};
use kube::{Api, ResourceExt};
use scoring_operator::check::check;
use scoring_operator::lean::Owner;
use scoring_operator::render::month_job;
use scoring_operator::settings::Settings;
use scoring_plan::{Basis, Cause, Lane, Start};
use scoring_stand::Namespace;

use crate::{CapacityError, Load};

/// How many Jobs are created, and how many deleted, at once.
const AT_ONCE: usize = 16;

/// Creates, sees complete and deletes so many Jobs as the load has months; how long it took.
pub async fn jobs(namespace: &Namespace, load: Load) -> Result<Duration, CapacityError> {
    let jobs = rendered(namespace.name(), load)?;
    let (all, api) = (jobs.len(), namespace.api::<Job>());
    let began = Instant::now();
    let create = async |job: Job| api.create(&PostParams::default(), &job).await.map(drop);
    let created = stream::iter(jobs).map(create).buffer_unordered(AT_ONCE).try_collect::<()>();
    let (created, deleted) = tokio::join!(created, delete_ended(namespace, all));
    created?;
    deleted?;
    Ok(began.elapsed())
}

/// The Jobs as the operator would make them, without an owner: nobody is there who would look after them.
fn rendered(namespace: &str, load: Load) -> Result<Vec<Job>, CapacityError> {
    let (months, settings, mut jobs) = (load.each(), Settings::of("scorer:1"), Vec::new());
    for number in 0..load.schedules {
        let schedule = load.schedule(number)?;
        let name = schedule.metadata.name.clone().unwrap_or_default();
        let checked = check(&schedule, &[], &[]).map_err(|_| CapacityError::Refused)?;
        let owner = Owner { namespace: namespace.to_owned(), uid: name.clone(), name };
        for world in &checked.worlds {
            jobs.extend(months.iter().map(|&month| {
                let start = Start {
                    month,
                    attempt: 1,
                    tries: 1,
                    lane: Lane::Older,
                    backfill: None,
                    basis: Basis::default(),
                    reason: Cause::Missing,
                };
                let mut job = month_job(world, &start, &settings, &owner);
                job.metadata.owner_references = None;
                job
            }));
        }
    }
    Ok(jobs)
}

/// Deletes each Job that has succeeded, until so many are deleted.
async fn delete_ended(namespace: &Namespace, all: usize) -> Result<(), CapacityError> {
    let jobs: Api<PartialObjectMeta<Job>> = namespace.api();
    let (mut seen, succeeded) = (HashSet::new(), Config::default().fields("status.successful=1"));
    let ended = watcher(jobs.clone(), succeeded).applied_objects();
    let ended = ended.try_filter(|job| std::future::ready(seen.insert(job.name_any()))).take(all);
    let delete = async |job: Result<PartialObjectMeta<Job>, watcher::Error>| -> Result<(), CapacityError> {
        jobs.delete(&job?.name_any(), &DeleteParams::background()).await?;
        Ok(())
    };
    ended.map(delete).buffer_unordered(AT_ONCE).try_collect().await
}
