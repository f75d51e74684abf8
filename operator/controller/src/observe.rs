//! From the Jobs and pods of one world, and from what its status remembers, to the history that is planned from. It
//! reports what was seen and decides nothing.
//!
//! Jobs and pods are the memory: the kept survey Job says what the store holds, a month's Job how its last attempt ended.
//! The status remembers what the Jobs that are gone had to say, and only as long as no survey has seen it since. So a Job
//! may be removed once its result is stored in the status (`Record::Saved`), and a status that was lost costs a survey.
//!
//! What is handed in must not be older than it looks: a status that is older than the Jobs' own view would hide an attempt
//! whose Job was removed. Whoever starts anything reads the schedule live before, and starts over where it has changed.

mod attempt;
mod failure;
mod memory;
mod recall;
mod saved;
mod survey;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use scoring_contract::survey::ErrorText;
use scoring_plan::history::{History, MonthFacts};
use scoring_plan::{Attempt, Month};

pub use self::memory::{Memory, Remembered};
use crate::names::JobName;
use crate::obstacle::Obstacle;
use crate::record::{JobRecord, PodRecord, PodState};
use crate::world::World;

/// How long after a Job's end its pods' last words are waited for: Jobs and pods are watched apart, and may be seen in
/// any order.
const LAST_WORDS: SignedDuration = SignedDuration::from_secs(10);

/// What was seen of a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// What is planned from.
    pub history: History,
    /// What else is known of a month.
    pub details: BTreeMap<Month, Details>,
    /// The surveys, as far as another one needs to know of them.
    pub surveys: SurveysSeen,
    /// The Jobs of months, by month and attempt.
    pub jobs: BTreeMap<(Month, u32), JobRef>,
    /// The Jobs that no month and no survey needs any more: to be deleted.
    pub strays: Vec<JobRef>,
    /// Jobs that the status knows and the cache does not: each is to be asked for live, and where it is really gone to
    /// be named to [`Memory::of`]. Until then it counts as running.
    pub missing: Vec<String>,
    /// What keeps Jobs from running, each once.
    pub obstacles: Vec<Obstacle>,
    /// When to look again although nothing has changed: the last words of a pod may still come.
    pub again_at: Option<Timestamp>,
}

/// What is known of a month beside its three facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The Job of its last attempt, there or gone.
    pub job: Option<String>,
    /// Rows of its output.
    pub rows: Option<u64>,
    /// How far the predictions of its output are from the truth.
    pub error: Option<ErrorText>,
    /// Whether a queue holds its Job back.
    pub queued: bool,
    /// Whether its Job is being deleted.
    pub deleting: bool,
}

/// What another survey needs to know of those before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveysSeen {
    /// The number of the last one; 0 before the first.
    pub number: u64,
    /// What `status.lastSurvey` is: the last one that was recorded. Where that was lost, an instant at which none began.
    pub recorded: Option<Timestamp>,
}

/// A Job that something is to be done with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobRef {
    /// Its name.
    pub name: String,
    /// Its UID, the precondition of a delete.
    pub uid: String,
}

impl JobRef {
    fn of(job: &JobRecord) -> Self {
        Self { name: job.name.clone(), uid: job.uid.clone() }
    }
}

/// What was seen of a world: `jobs` and `pods` are those of the whole schedule.
pub fn observe(world: &World, jobs: &[JobRecord], pods: &[PodRecord], memory: &Memory, now: Timestamp) -> Seen {
    let scene = Scene::new(world, jobs, pods, memory, now);
    let mut seen = Seen { obstacles: scene.obstacles(), ..Seen::default() };
    let found = survey::look(&scene, &mut seen);
    for job in &scene.jobs {
        attempt::add(&scene, job, &mut seen);
    }
    recall::attempts(&scene, &mut seen);
    recall::manifests(&found, &mut seen);
    saved::mark(&scene, &found, &mut seen);
    seen.strays.sort();
    seen
}

/// The finished Jobs of backfills with a model of their own that are planned no more, because the backfill has ended or is
/// gone: to be deleted. One that runs goes on.
pub fn orphans(worlds: &[World], jobs: &[JobRecord]) -> Vec<JobRef> {
    let planned = |uid: &str| worlds.iter().any(|world| world.id.model_of() == Some(uid));
    let orphan = |job: &&JobRecord| {
        job.end.is_some() && !job.deleting && job.model_of.as_deref().is_some_and(|uid| !planned(uid))
    };
    jobs.iter().filter(orphan).map(JobRef::of).collect()
}

/// What every step looks at.
struct Scene<'a> {
    world: &'a World,
    jobs: Vec<&'a JobRecord>,
    pods: BTreeMap<&'a str, Vec<&'a PodRecord>>,
    memory: &'a Memory,
    now: Timestamp,
}

impl<'a> Scene<'a> {
    fn new(world: &'a World, jobs: &'a [JobRecord], pods: &'a [PodRecord], memory: &'a Memory, now: Timestamp) -> Self {
        let own = |job: &&JobRecord| job.model_of.as_deref() == world.id.model_of();
        let jobs: Vec<&JobRecord> = jobs.iter().filter(own).collect();
        let mut by_job: BTreeMap<&str, Vec<&PodRecord>> = BTreeMap::new();
        for pod in pods {
            by_job.entry(&pod.job).or_default().push(pod);
        }
        Self { world, jobs, pods: by_job, memory, now }
    }

    fn pods(&self, job: &JobRecord) -> &[&'a PodRecord] {
        self.pods.get(job.uid.as_str()).map_or(&[], Vec::as_slice)
    }

    /// What keeps the pods of Jobs that have not ended.
    fn obstacles(&self) -> Vec<Obstacle> {
        let running = self.jobs.iter().filter(|job| job.end.is_none() && !job.deleting);
        let mut found: Vec<Obstacle> = running
            .flat_map(|job| self.pods(job))
            .filter_map(|pod| match &pod.state {
                PodState::Pending(Some(trouble)) => Some(Obstacle::of_pod(trouble)),
                PodState::Pending(None) | PodState::Running { .. } | PodState::Ended(_) => None,
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// Whether the last words of a Job that has ended may still come; `again_at` then says until when.
    fn awaits(&self, job: &JobRecord, again_at: &mut Option<Timestamp>) -> bool {
        let until = job.end.as_ref().and_then(|end| end.at.checked_add(LAST_WORDS).ok());
        let Some(until) = until.filter(|until| *until > self.now) else { return false };
        *again_at = Some(again_at.map_or(until, |again| again.min(until)));
        true
    }

    /// The name of a Job of this world.
    fn job_name(&self, month: Month, attempt: u32) -> String {
        let owner = &self.memory.owner;
        JobName::Month { month, attempt }.of(&owner.name, &owner.uid, self.world.id.model_of())
    }
}

impl Seen {
    fn facts(&mut self, month: Month) -> &mut MonthFacts {
        self.history.months.entry(month).or_default()
    }

    fn details(&mut self, month: Month) -> &mut Details {
        self.details.entry(month).or_default()
    }

    /// The attempts of a month.
    fn attempts(&self, month: Month) -> &[Attempt] {
        self.history.facts(month).map_or(&[], |facts| facts.attempts.as_slice())
    }

    fn push(&mut self, month: Month, attempt: Attempt) {
        self.facts(month).attempts.push(attempt);
    }
}
