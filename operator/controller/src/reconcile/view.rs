//! What a pass looks at: a schedule and what belongs to it, no older than what was written for it. Where the cache does not
//! show that in time, the API server is asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use scoring_crds::{ScoringBackfill, ScoringSchedule};

use super::{PassError, Shell};
use crate::cache::Key;
use crate::expect::{Shown, Sight};
use crate::lean::{LeanJob, OwnedJob, Owner};
use crate::names;
use crate::record::{JobRecord, PodRecord};

/// What a pass looks at.
pub(super) struct View {
    pub(super) key: Key,
    pub(super) owner: Owner,
    pub(super) schedule: Arc<ScoringSchedule>,
    pub(super) backfills: Vec<Arc<ScoringBackfill>>,
    pub(super) owned: Vec<OwnedJob>,
    pub(super) jobs: Vec<JobRecord>,
    pub(super) pods: Vec<PodRecord>,
    pub(super) now: Timestamp,
}

/// Whether there is something to look at.
pub(super) enum Look {
    Clear(Box<View>),
    /// What was written does not show yet: look again after this at the latest.
    Later(Duration),
}

/// The name of a schedule.
pub(super) fn key(schedule: &ScoringSchedule) -> Key {
    Key { namespace: schedule.namespace().unwrap_or_default(), name: schedule.name_any() }
}

impl View {
    pub(super) async fn look(shell: &Shell, schedule: Arc<ScoringSchedule>) -> Result<Look, PassError> {
        let key = key(&schedule);
        let uid = schedule.uid().unwrap_or_default();
        let backfills = shell.cache.backfills(&key);
        let work = shell.cache.work(&uid);
        let shown = shown(&schedule, &backfills, &work.jobs);
        let owner = Owner { namespace: key.namespace.clone(), name: key.name.clone(), uid };
        let now = shell.clock.now();
        let (schedule, all, pods) = match shell.expectations.sight(&owner.uid, &shown) {
            Sight::Clear => (schedule, work.jobs, work.pods),
            Sight::Waiting(left) => return Ok(Look::Later(left)),
            Sight::Overdue => {
                let Some(schedule) = live(shell, &owner).await? else { return Ok(Look::Later(Duration::MAX)) };
                let jobs = live_jobs(shell, &owner).await?;
                let pods = shell.cache.pods(&jobs);
                shell.expectations.forget(&owner.uid);
                (Arc::new(schedule), jobs, pods)
            }
        };
        let jobs = all.iter().map(|job| job.record.clone()).collect();
        Ok(Look::Clear(Box::new(Self { key, owner, schedule, backfills, owned: all, jobs, pods, now })))
    }

    /// Whether nobody has written the schedule and these backfills since they were seen. An old status hides attempts
    /// whose Jobs were removed, and what an old spec asks for may not be wanted any more.
    pub(super) async fn is_newest(&self, shell: &Shell, backfills: &[&str]) -> Result<bool, PassError> {
        let stored = live(shell, &self.owner).await?;
        if stored.and_then(|stored| stored.resource_version()) != self.schedule.resource_version() {
            return Ok(false);
        }
        let api = Api::<ScoringBackfill>::namespaced(shell.client.clone(), &self.owner.namespace);
        for backfill in self
            .backfills
            .iter()
            .filter(|backfill| backfill.metadata.uid.as_deref().is_some_and(|uid| backfills.contains(&uid)))
        {
            let stored = api.get_opt(&backfill.name_any()).await.map_err(read("a backfill"))?;
            if stored.and_then(|stored| stored.resource_version()) != backfill.resource_version() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn shown(schedule: &ScoringSchedule, backfills: &[Arc<ScoringBackfill>], jobs: &[OwnedJob]) -> Shown {
    let version = |uid: Option<String>, version: Option<String>| Some((uid?, version?));
    let own = version(schedule.uid(), schedule.resource_version());
    let others = backfills.iter().filter_map(|backfill| version(backfill.uid(), backfill.resource_version()));
    let versions: BTreeMap<String, String> = own.into_iter().chain(others).collect();
    Shown { jobs: jobs.iter().map(|job| (job.record.uid.clone(), job.record.deleting)).collect(), versions }
}

pub(super) fn read(what: &'static str) -> impl Fn(kube::Error) -> PassError {
    move |error| PassError::Read { what, source: Box::new(error) }
}

/// The schedule as it is stored, if it is still the same one.
async fn live(shell: &Shell, owner: &Owner) -> Result<Option<ScoringSchedule>, PassError> {
    let api = Api::<ScoringSchedule>::namespaced(shell.client.clone(), &owner.namespace);
    let stored = api.get_opt(&owner.name).await.map_err(read("the schedule"))?;
    Ok(stored.filter(|stored| stored.metadata.uid.as_deref() == Some(&owner.uid)))
}

async fn live_jobs(shell: &Shell, owner: &Owner) -> Result<Vec<OwnedJob>, PassError> {
    let api = Api::<LeanJob>::namespaced(shell.client.clone(), &owner.namespace);
    let (managed, by, of) = (names::MANAGED_BY, names::FIELD_MANAGER, names::SCHEDULE);
    let params = ListParams::default().labels(&format!("{managed}={by},{of}={}", owner.name));
    let list = api.list(&params).await.map_err(read("the schedule's Jobs"))?;
    Ok(list.items.into_iter().filter_map(LeanJob::owned).filter(|job| job.owner.uid == owner.uid).collect())
}
