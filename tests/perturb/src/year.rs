//! A year in a namespace of its own: its objects, its store, and what was written of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::api::{Patch, PatchParams};
use scoring_stand::invariant::{
    Evidence, Violation, every_month_stands, one_job_per_attempt, own_objects_only, status_is_true, within_limit,
};
use scoring_stand::{AuditEvent, Namespace, StandError, eventually};
use serde_json::json;
use tokio::time::sleep;

use crate::bucket::Bucket;
use crate::scenario::{NEWEST, Objects, PARALLELISM, SCHEDULE, Standing, months};
use crate::stage::{OPERATOR, Stage};
use crate::thread::Thread;

/// How long the audit log may take to tell of an answer.
const SOON: Duration = Duration::from_secs(30);
/// How often it is asked how a year stands: seldom, for many share a server.
const EVERY: Duration = Duration::from_millis(250);

/// A year that is scored, or about to be. Its namespace goes with it.
pub struct Year<'a> {
    stage: &'a Stage,
    namespace: Namespace,
    objects: Objects,
    bucket: Arc<Bucket>,
}

/// Why a year proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum YearError {
    /// The stand failed.
    #[error(transparent)]
    Stand(#[from] StandError),
    /// The API server refused a call of the test itself.
    #[error("a call of the test was refused")]
    Call(#[from] kube::Error),
}

/// How a year stands, where something else was waited for.
#[derive(Debug, thiserror::Error)]
#[error("it stands otherwise: {0}")]
pub struct Otherwise(pub Box<Standing>);

impl<'a> Year<'a> {
    /// A namespace with a schedule and a backfill, and nobody who looks after them yet.
    pub async fn begin(stage: &'a Stage) -> Result<Self, YearError> {
        let namespace = stage.plane.namespace("year").await?;
        let objects = Objects::new(&namespace.client(), namespace.name());
        objects.create().await?;
        let bucket = stage.bucket(namespace.name());
        Ok(Self { stage, namespace, objects, bucket })
    }

    /// Its namespace.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// Its objects.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Its store.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// An operator that nothing befalls.
    pub fn operator(&self) -> Result<Thread, YearError> {
        let kubeconfig = self.stage.plane.kubeconfig(OPERATOR)?;
        Ok(Thread::start(kubeconfig, self.namespace.name().to_owned(), scoring_stand::fault::Faults::new(None)))
    }

    /// Waits until everything has come to be; an error is how it stands instead.
    pub async fn done(&self, deadline: Duration) -> Result<(), Otherwise> {
        self.stands(deadline, Standing::is_done).await
    }

    /// Waits until something holds of how it stands.
    pub async fn stands(&self, deadline: Duration, holds: impl Fn(&Standing) -> bool) -> Result<(), Otherwise> {
        let end = Instant::now() + deadline;
        loop {
            match self.objects.standing().await {
                Ok(standing) if holds(&standing) => return Ok(()),
                Ok(standing) if Instant::now() > end => return Err(Otherwise(Box::new(standing))),
                _ => {}
            }
            sleep(EVERY).await;
        }
    }

    /// What was written in the namespace until now: the log is in the order of the answers, so that what comes before a
    /// mark is there with it.
    pub async fn written(&self) -> Result<Vec<AuditEvent>, YearError> {
        let name = self.namespace.name();
        let mark = json!({"metadata": {"annotations": {"scoring.test/mark": jiff::Timestamp::now().to_string()}}});
        self.objects.schedules().patch(SCHEDULE, &PatchParams::default(), &Patch::Merge(&mark)).await?;
        let marked = eventually(SOON, "the mark in the audit log", async || {
            let events = self.stage.witness.seen(name).map_err(|error| error.to_string())?;
            let marks = |event: &AuditEvent| event.verb == "patch" && event.request_object == mark;
            if events.iter().any(marks) { Ok(events) } else { Err("no mark".to_owned()) }
        });
        Ok(marked.await?)
    }

    /// What is broken of the rules that hold of every year that is done, whatever befell it.
    pub fn broken(&self, events: &[AuditEvent], standing: &Standing) -> Vec<Violation> {
        let evidence = Evidence { events, operators: &[OPERATOR] };
        [
            one_job_per_attempt(evidence),
            every_month_stands(&standing.schedule, &months()),
            status_is_true(&standing.schedule, &self.bucket.commits()),
            own_objects_only(evidence),
            within_limit(evidence, PARALLELISM, NEWEST),
        ]
        .concat()
    }
}

impl Drop for Year<'_> {
    fn drop(&mut self) {
        self.stage.forget(self.namespace.name());
    }
}
