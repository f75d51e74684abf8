//! What the controller has written and not seen yet. A schedule is planned again only once the cache shows what was written
//! for it; where that takes too long, whoever plans asks the API server itself.
//!
//! This is what keeps a stale cache from starting a month twice under another attempt number. That the same attempt is
//! never started twice does not depend on it: the Job's name is the lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the cache may lag behind a write.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What was written for one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A Job was created; its UID.
    Created(String),
    /// A Job is to be deleted; its UID.
    Deleted(String),
    /// A status was written: the object's UID and its new resourceVersion.
    Status(String, String),
}

/// What the cache shows of a schedule and what belongs to it.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The UIDs of its Jobs; true for those that are being deleted.
    pub jobs: BTreeMap<String, bool>,
    /// The resourceVersions of itself and its backfills, by UID; one that is gone is not here.
    pub versions: BTreeMap<String, String>,
}

/// Whether the cache shows what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It does.
    Clear,
    /// Not yet; how long to wait at most.
    Waiting(Duration),
    /// It does not, and it had its time.
    Overdue,
}

/// What was written and not seen yet, by the schedule's UID.
#[derive(Debug, Default)]
pub struct Expectations(Mutex<HashMap<String, Pending>>);

#[derive(Debug)]
struct Pending {
    created: BTreeSet<String>,
    deleted: BTreeSet<String>,
    versions: BTreeMap<String, String>,
    until: Instant,
}

impl Expectations {
    /// Notes a write.
    pub fn note(&self, schedule: &str, written: Written) {
        let mut all = self.lock();
        let pending = all.entry(schedule.to_owned()).or_insert_with(Pending::new);
        pending.until = Instant::now() + PATIENCE;
        match written {
            Written::Created(job) => drop(pending.created.insert(job)),
            Written::Deleted(job) => drop(pending.deleted.insert(job)),
            Written::Status(object, version) => drop(pending.versions.insert(object, version)),
        }
    }

    /// Notes that Jobs were seen to go: whoever waits to see them come or go waits for nothing.
    pub fn gone(&self, jobs: &[String]) {
        if jobs.is_empty() {
            return;
        }
        for pending in self.lock().values_mut() {
            for job in jobs {
                pending.created.remove(job);
                pending.deleted.remove(job);
            }
        }
    }

    /// Whether what was written for a schedule shows.
    pub fn sight(&self, schedule: &str, shown: &Shown) -> Sight {
        let mut all = self.lock();
        let Some(pending) = all.get_mut(schedule) else { return Sight::Clear };
        pending.settle(shown);
        if pending.is_empty() {
            all.remove(schedule);
            return Sight::Clear;
        }
        match pending.until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Sight::Overdue,
            left => Sight::Waiting(left),
        }
    }

    /// Forgets what was written for a schedule: it is gone, or somebody has asked the API server itself.
    pub fn forget(&self, schedule: &str) {
        self.lock().remove(schedule);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn new() -> Self {
        Self {
            created: BTreeSet::new(),
            deleted: BTreeSet::new(),
            versions: BTreeMap::new(),
            until: Instant::now() + PATIENCE,
        }
    }

    fn settle(&mut self, shown: &Shown) {
        self.created.retain(|job| !shown.jobs.contains_key(job));
        self.deleted.retain(|job| shown.jobs.get(job) == Some(&false));
        self.versions
            .retain(|object, wanted| shown.versions.get(object).is_some_and(|seen| !is_at_least(seen, wanted)));
    }

    fn is_empty(&self) -> bool {
        self.created.is_empty() && self.deleted.is_empty() && self.versions.is_empty()
    }
}

/// Whether a resourceVersion is this one or a later one: they are decimal numbers that grow (KEP-5504). Those of a server
/// that has others are only equal or not.
fn is_at_least(seen: &str, wanted: &str) -> bool {
    match (seen.parse::<u64>(), wanted.parse::<u64>()) {
        (Ok(seen), Ok(wanted)) => seen >= wanted,
        _ => seen == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(jobs: &[(&str, bool)]) -> Shown {
        let jobs = jobs.iter().map(|(uid, deleting)| ((*uid).to_owned(), *deleting)).collect();
        Shown { jobs, ..Shown::default() }
    }

    fn version(version: &str) -> Shown {
        Shown { versions: BTreeMap::from([("s".to_owned(), version.to_owned())]), ..Shown::default() }
    }

    fn is_clear(written: Written, shown: &Shown) -> bool {
        let expectations = Expectations::default();
        expectations.note("s", written);
        expectations.sight("s", shown) == Sight::Clear
    }

    #[tokio::test(start_paused = true)]
    async fn a_created_job_is_waited_for_until_it_shows() {
        let created = || Written::Created("1".to_owned());
        assert!(!is_clear(created(), &jobs(&[])));
        assert!(is_clear(created(), &jobs(&[("1", false)])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deleted_job_is_waited_for_until_it_is_going_or_gone() {
        let deleted = || Written::Deleted("1".to_owned());
        assert!(!is_clear(deleted(), &jobs(&[("1", false)])));
        assert!(is_clear(deleted(), &jobs(&[("1", true)])));
        assert!(is_clear(deleted(), &jobs(&[])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_status_is_waited_for_until_it_or_a_later_one_shows() {
        let written = || Written::Status("s".to_owned(), "100".to_owned());
        assert!(!is_clear(written(), &version("99")));
        assert!(is_clear(written(), &version("100")));
        assert!(is_clear(written(), &version("1000")));
        assert!(is_clear(written(), &Shown::default()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_that_came_and_went_unseen_is_not_waited_for() {
        let expectations = Expectations::default();
        expectations.note("s", Written::Created("1".to_owned()));
        expectations.gone(&["1".to_owned()]);
        assert_eq!(expectations.sight("s", &jobs(&[])), Sight::Clear);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_after_half_a_minute() {
        let expectations = Expectations::default();
        expectations.note("s", Written::Created("1".to_owned()));
        tokio::time::advance(Duration::from_secs(29)).await;
        assert_eq!(expectations.sight("s", &jobs(&[])), Sight::Waiting(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(expectations.sight("s", &jobs(&[])), Sight::Overdue);
        expectations.forget("s");
        assert_eq!(expectations.sight("s", &jobs(&[])), Sight::Clear);
    }

    #[tokio::test(start_paused = true)]
    async fn other_schedules_are_not_waited_for() {
        let expectations = Expectations::default();
        expectations.note("s", Written::Created("1".to_owned()));
        assert_eq!(expectations.sight("t", &jobs(&[])), Sight::Clear);
    }
}
