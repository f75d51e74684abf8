//! What watches have shown of Jobs, pods and backfills, indexed by who owns them. It is filled by watches alone: what the
//! controller has written shows up here once the API server says so, and not before.

mod index;
mod mirror;
mod outputs;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::ResourceExt;
use kube::runtime::watcher::Event;
use scoring_crds::ScoringBackfill;

use self::index::Index;
pub use self::outputs::Outputs;
use crate::lean::{LeanJob, LeanPod, OwnedJob};
use crate::record::PodRecord;

/// A schedule by its name, as triggers name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// By the UID of the schedule.
    jobs: Index<OwnedJob>,
    /// By the UID of the Job.
    pods: Index<PodRecord>,
    /// By namespace and schedule.
    backfills: Index<Arc<ScoringBackfill>>,
}

/// What is known of a schedule's Jobs, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Its Jobs, by name.
    pub jobs: Vec<OwnedJob>,
    /// Their pods.
    pub pods: Vec<PodRecord>,
}

impl Cache {
    /// Notes an event of the Jobs' watch; says whose Jobs have changed, and which UIDs are gone.
    pub fn note_job(&self, event: Event<LeanJob>) -> (BTreeSet<Key>, Vec<String>) {
        let changes = self.lock().jobs.note(event, LeanJob::owned, |job| job.owner.uid.clone());
        let gone = changes.iter().filter(|change| change.is_gone()).map(|change| change.uid.clone()).collect();
        let keys = changes.into_iter().flat_map(|change| change.before.into_iter().chain(change.after));
        (keys.map(|job| Key { namespace: job.owner.namespace, name: job.owner.name }).collect(), gone)
    }

    /// Notes an event of the pods' watch; says whose pods have changed. A pod whose Job is not known yet changes nothing:
    /// its Job will.
    pub fn note_pod(&self, event: Event<LeanPod>) -> BTreeSet<Key> {
        let mut contents = self.lock();
        let changes = contents.pods.note(event, LeanPod::owned, |pod| pod.job.clone());
        let jobs = changes.into_iter().filter_map(|change| change.after.or(change.before)).map(|pod| pod.job);
        jobs.filter_map(|job| contents.jobs.get(&job))
            .map(|job| Key { namespace: job.owner.namespace.clone(), name: job.owner.name.clone() })
            .collect()
    }

    /// Notes an event of the backfills' watch; says which schedules they name.
    pub fn note_backfill(&self, event: Event<ScoringBackfill>) -> BTreeSet<Key> {
        let of = |backfill: ScoringBackfill| Some(Arc::new(backfill));
        let changes = self.lock().backfills.note(event, of, |backfill| owner(&schedule_of(backfill)));
        let all = changes.into_iter().flat_map(|change| change.before.into_iter().chain(change.after));
        all.map(|backfill| schedule_of(&backfill)).collect()
    }

    /// What is known of the Jobs of a schedule, by its UID.
    pub fn work(&self, schedule: &str) -> Work {
        let contents = self.lock();
        let mut jobs: Vec<OwnedJob> = contents.jobs.of(schedule).cloned().collect();
        jobs.sort_by(|one, other| one.record.name.cmp(&other.record.name));
        let pods = jobs.iter().flat_map(|job| contents.pods.of(&job.record.uid)).cloned().collect();
        Work { jobs, pods }
    }

    /// The pods of Jobs, by the Jobs' UIDs.
    pub fn pods(&self, jobs: &[OwnedJob]) -> Vec<PodRecord> {
        let contents = self.lock();
        jobs.iter().flat_map(|job| contents.pods.of(&job.record.uid)).cloned().collect()
    }

    /// The backfills that name a schedule, by name.
    pub fn backfills(&self, schedule: &Key) -> Vec<Arc<ScoringBackfill>> {
        let mut all: Vec<_> = self.lock().backfills.of(&owner(schedule)).cloned().collect();
        all.sort_by_key(|backfill| backfill.name_any());
        all
    }

    /// Every schedule that a backfill names.
    pub fn named(&self) -> BTreeSet<Key> {
        self.lock().backfills.all().map(|backfill| schedule_of(backfill)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn schedule_of(backfill: &ScoringBackfill) -> Key {
    Key { namespace: backfill.namespace().unwrap_or_default(), name: backfill.spec.schedule_ref.name.clone() }
}

fn owner(schedule: &Key) -> String {
    format!("{}/{}", schedule.namespace, schedule.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(uid: &str, schedule: &str, suspended: bool) -> LeanJob {
        let document = json!({
            "metadata": {
                "name": format!("{schedule}-202102-0a1b2c3d-a1"), "namespace": "rides", "uid": uid,
                "creationTimestamp": "2026-01-02T03:04:05Z",
                "ownerReferences": [{"apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringSchedule",
                    "name": schedule, "uid": format!("uid-of-{schedule}"), "controller": true}],
            },
            "spec": {"suspend": suspended},
        });
        serde_json::from_value(document).unwrap()
    }

    fn names(keys: &BTreeSet<Key>) -> Vec<&str> {
        keys.iter().map(|key| key.name.as_str()).collect()
    }

    fn listed(cache: &Cache, jobs: &[LeanJob]) -> (BTreeSet<Key>, Vec<String>) {
        cache.note_job(Event::Init);
        let mut changed = BTreeSet::new();
        for job in jobs {
            changed.extend(cache.note_job(Event::InitApply(job.clone())).0);
        }
        let (last, gone) = cache.note_job(Event::InitDone);
        changed.extend(last);
        (changed, gone)
    }

    #[test]
    fn a_new_job_concerns_its_schedule() {
        let cache = Cache::default();
        let (changed, gone) = cache.note_job(Event::Apply(job("1", "green", false)));
        assert_eq!((names(&changed), gone.len()), (vec!["green"], 0));
        assert_eq!(cache.work("uid-of-green").jobs.len(), 1);
        assert_eq!(cache.work("uid-of-yellow").jobs.len(), 0);
    }

    #[test]
    fn an_event_that_changes_nothing_concerns_nobody() {
        let cache = Cache::default();
        cache.note_job(Event::Apply(job("1", "green", false)));
        assert!(cache.note_job(Event::Apply(job("1", "green", false))).0.is_empty());
        assert_eq!(names(&cache.note_job(Event::Apply(job("1", "green", true))).0), ["green"]);
    }

    #[test]
    fn a_new_list_forgets_what_is_not_in_it() {
        let cache = Cache::default();
        listed(&cache, &[job("1", "green", false), job("2", "yellow", false)]);
        let (changed, gone) = listed(&cache, &[job("2", "yellow", false), job("3", "fhv", false)]);
        assert_eq!((names(&changed), gone), (vec!["fhv", "green"], vec!["1".to_owned()]));
        assert_eq!(cache.work("uid-of-green").jobs.len(), 0);
    }

    #[test]
    fn a_list_that_breaks_off_forgets_nothing() {
        let cache = Cache::default();
        listed(&cache, &[job("1", "green", false), job("2", "yellow", false)]);
        cache.note_job(Event::Init);
        cache.note_job(Event::InitApply(job("2", "yellow", false)));
        cache.note_job(Event::Init);
        cache.note_job(Event::InitApply(job("1", "green", false)));
        let (_, gone) = cache.note_job(Event::InitDone);
        assert_eq!(gone, ["2"]);
    }

    #[test]
    fn a_deleted_job_is_gone() {
        let cache = Cache::default();
        cache.note_job(Event::Apply(job("1", "green", false)));
        let (changed, gone) = cache.note_job(Event::Delete(job("1", "green", false)));
        assert_eq!((names(&changed), gone), (vec!["green"], vec!["1".to_owned()]));
        assert!(cache.work("uid-of-green").jobs.is_empty());
    }

    #[test]
    fn pods_belong_to_jobs_that_are_known() {
        let pod = |job: &str| -> LeanPod {
            let document = json!({"metadata": {
                "name": "p", "namespace": "rides", "uid": "p-1", "creationTimestamp": "2026-01-02T03:04:05Z",
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": job,
                    "controller": true}],
            }});
            serde_json::from_value(document).unwrap()
        };
        let cache = Cache::default();
        assert!(cache.note_pod(Event::Apply(pod("1"))).is_empty());
        cache.note_job(Event::Apply(job("1", "green", false)));
        assert_eq!(cache.work("uid-of-green").pods.len(), 1);
        assert_eq!(names(&cache.note_pod(Event::Delete(pod("1")))), ["green"]);
        assert!(cache.work("uid-of-green").pods.is_empty());
    }
}
