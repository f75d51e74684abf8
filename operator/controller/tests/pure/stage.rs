//! A stage for one schedule: Jobs and pods as an API server and its Job controller would keep them, a bucket, a clock. The
//! controller's own parts do all else, and what they render goes through the types that are read from a watch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use scoring_contract::manifest::ErrorFigures;
use scoring_contract::outcome::{Failure, ShortFigures, Status, Written};
use scoring_contract::survey::{
    MONTHS_PER_PART, ReportedInput, ReportedMonth, ReportedOutput, Seen as Committed, SurveyReport,
};
use scoring_contract::{ExitClass, Outcome};
use scoring_crds::{ScoringBackfill, ScoringSchedule};
use scoring_operator::check::{Checked, check};
use scoring_operator::lean::{LeanJob, Owner};
use scoring_operator::names::JobName;
use scoring_operator::observe::{JobRef, Memory, Seen, observe, orphans};
use scoring_operator::record::{Exit, JobEnd, JobRecord, PodRecord, PodState, Verdict, Work};
use scoring_operator::render::{month_job, survey_job, survey_months};
use scoring_operator::report::{BackfillVerdict, Planned, backfill_status, schedule_status};
use scoring_operator::settings::Settings;
use scoring_operator::world::World;
use scoring_plan::{Month, Plan, decide};
use serde_json::{Value, json};

/// How much of a pass is carried out before the controller dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// So many Jobs are made, and nothing else.
    Jobs(usize),
    /// The Jobs are made and the status is written; nothing is deleted.
    Status,
    /// Everything.
    All,
}

/// One schedule and everything around it.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) schedule: ScoringSchedule,
    pub(crate) backfills: Vec<ScoringBackfill>,
    pub(crate) jobs: Vec<JobRecord>,
    pub(crate) pods: Vec<PodRecord>,
    pub(crate) gone: BTreeMap<String, Timestamp>,
    pub(crate) now: Timestamp,
    /// The attempts by which months are committed.
    pub(crate) bucket: BTreeMap<Month, u32>,
    pub(crate) published: BTreeSet<Month>,
    /// Every name that a Job ever had.
    pub(crate) names: BTreeSet<String>,
    /// What a rule was broken by.
    pub(crate) broken: Vec<String>,
    uids: u32,
}

/// What a pod says as it ends, by its part: its code and its last words.
pub(crate) type Says<'a> = &'a dyn Fn(&Stage, Option<u32>) -> (i32, String);

/// What one world came to.
pub(crate) type Look = (World, Seen, Plan);

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A schedule as the API server stores it.
pub(crate) fn schedule(more: &Value) -> ScoringSchedule {
    let mut document = json!({
        "apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringSchedule",
        "metadata": {"name": "green", "namespace": "rides", "uid": "s-1", "generation": 1,
            "creationTimestamp": "2021-01-01T00:00:00Z"},
        "spec": {
            "schedule": {"cron": "0 3 2 * *"},
            "months": {"first": "2021-01"},
            "dataset": {"uri": "s3://rides/green-{month}.parquet"},
            "model": {"experimentUri": "s3://mlops/1", "runId": "r1"},
            "output": {"uri": "s3://scores/green-{month}-{runId}.parquet", "columns": [{"name": "prediction"}]},
        },
    });
    if let (Some(spec), Some(more)) = (document["spec"].as_object_mut(), more.as_object()) {
        spec.extend(more.clone());
    }
    serde_json::from_value(document).unwrap()
}

/// A backfill as the API server stores it.
pub(crate) fn backfill(name: &str, created: Timestamp, spec: &Value) -> ScoringBackfill {
    let mut document = json!({
        "apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringBackfill",
        "metadata": {"name": name, "namespace": "rides", "uid": format!("b-{name}"), "generation": 1,
            "creationTimestamp": created.to_string()},
        "spec": {"scheduleRef": {"name": "green"}},
    });
    if let (Some(into), Some(more)) = (document["spec"].as_object_mut(), spec.as_object()) {
        into.extend(more.clone());
    }
    serde_json::from_value(document).unwrap()
}

impl Stage {
    /// A schedule of which the months from 2021-01 to 2021-04 are due and published.
    pub(crate) fn new() -> Self {
        Self::of(schedule(&json!({})), "2021-05-10T00:00:00Z")
    }

    pub(crate) fn of(schedule: ScoringSchedule, now: &str) -> Self {
        let published = (1..=4).map(|number| Month::new(2021, number).unwrap()).collect();
        Self {
            schedule,
            backfills: Vec::new(),
            jobs: Vec::new(),
            pods: Vec::new(),
            gone: BTreeMap::new(),
            now: at(now),
            bucket: BTreeMap::new(),
            published,
            names: BTreeSet::new(),
            broken: Vec::new(),
            uids: 0,
        }
    }

    pub(crate) fn owner() -> Owner {
        Owner { namespace: "rides".to_owned(), name: "green".to_owned(), uid: "s-1".to_owned() }
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    pub(crate) fn checked(&self) -> Checked {
        check(&self.schedule, &self.shared(), &[]).unwrap()
    }

    fn shared(&self) -> Vec<Arc<ScoringBackfill>> {
        self.backfills.iter().cloned().map(Arc::new).collect()
    }

    /// What is seen and planned, after every Job that is missing was asked for.
    pub(crate) fn look(&mut self) -> Vec<Look> {
        let worlds = self.checked().worlds;
        worlds.into_iter().map(|world| self.look_at(world)).collect()
    }

    fn look_at(&mut self, world: World) -> Look {
        let observed = |stage: &Self| {
            let memory = Memory::of(&stage.schedule, &stage.shared(), &stage.gone);
            observe(&world, &stage.jobs, &stage.pods, &memory, stage.now)
        };
        let mut seen = observed(self);
        for name in seen.missing.clone() {
            assert!(self.jobs.iter().all(|job| job.name != name), "{name} is there, and said to be missing");
            self.gone.insert(name, self.now);
        }
        if !seen.missing.is_empty() {
            seen = observed(self);
        }
        let plan = decide(&world.schedule, &world.backfills, &seen.history, self.now);
        (world, seen, plan)
    }

    /// The schedule's own world.
    pub(crate) fn own(&mut self) -> (Seen, Plan) {
        let (_, seen, plan) = self.look().swap_remove(0);
        (seen, plan)
    }

    /// One pass of the controller.
    pub(crate) fn pass(&mut self, reach: Reach) {
        let looks = self.look();
        let memory = Memory::of(&self.schedule, &self.shared(), &self.gone);
        let mut left = if let Reach::Jobs(jobs) = reach { jobs } else { usize::MAX };
        for look in &looks {
            self.start(look, &mut left);
        }
        if matches!(reach, Reach::Jobs(_)) {
            return;
        }
        self.write(&looks);
        if reach == Reach::Status {
            return;
        }
        let worlds: Vec<World> = looks.iter().map(|(world, ..)| world.clone()).collect();
        for stray in orphans(&worlds, &self.jobs) {
            self.delete(&stray);
        }
        for (world, seen, plan) in &looks {
            for stray in &seen.strays {
                self.delete(stray);
            }
            for forget in &plan.forget {
                self.delete(&seen.jobs[&(forget.month, forget.attempt)]);
            }
            for stop in plan.stop.iter().filter(|stop| memory.is_cancelled(&world.id, stop.month, stop.attempt)) {
                self.delete(&seen.jobs[&(stop.month, stop.attempt)]);
            }
        }
    }

    fn start(&mut self, (world, seen, plan): &Look, left: &mut usize) {
        let (settings, owner) = (Settings::of("scorer:1"), Self::owner());
        let mut made = Vec::new();
        if plan.survey.is_some() {
            made.push(survey_job(world, &survey_months(plan), seen, &settings, &owner));
        }
        for start in &plan.start {
            if self.bucket.contains_key(&start.month) && world.id.model_of().is_none() && self.backfills.is_empty() {
                self.broken.push(format!("{} is committed, and started again: {}", start.month, start.reason));
            }
            made.push(month_job(world, start, &settings, &owner));
        }
        for job in made {
            if *left == 0 {
                return;
            }
            *left -= 1;
            self.store(&serde_json::to_value(job).unwrap());
        }
    }

    /// Stores a Job as the API server does.
    fn store(&mut self, job: &Value) {
        let mut job = job.clone();
        self.uids += 1;
        job["metadata"]["uid"] = json!(format!("j-{}", self.uids));
        job["metadata"]["creationTimestamp"] = json!(self.now.to_string());
        let record =
            serde_json::from_value::<LeanJob>(job).unwrap().owned().expect("a Job of the controller's own").record;
        // The number of a survey starts over when all of them were deleted: a survey changes nothing.
        if !self.names.insert(record.name.clone()) && matches!(record.work, Work::Month(_)) {
            self.broken.push(format!("the name {} is used twice", record.name));
        }
        let parts = match &record.work {
            Work::Month(_) => vec![None],
            Work::Survey(survey) => (0..survey.months.len().div_ceil(MONTHS_PER_PART) as u32).map(Some).collect(),
        };
        for part in parts {
            self.uids += 1;
            self.pods.push(PodRecord {
                name: format!("{}-{}", record.name, self.uids),
                uid: format!("p-{}", self.uids),
                job: record.uid.clone(),
                part,
                created: self.now,
                state: PodState::Running { since: self.now },
            });
        }
        self.jobs.push(record);
    }

    fn write(&mut self, looks: &[Look]) {
        let (world, seen, plan) = &looks[0];
        let own = Planned { world, seen, plan };
        self.schedule.status = Some(stored(schedule_status(&self.schedule, Ok(own), self.now)));
        let checked = self.checked();
        for backfill in &mut self.backfills {
            let id = checked.world_of(backfill).map(|world| world.id.clone());
            let look = looks.iter().find(|(world, ..)| Some(&world.id) == id.as_ref());
            if let Some((world, seen, plan)) = look {
                let verdict = BackfillVerdict::Planned(Planned { world, seen, plan });
                backfill.status = Some(stored(backfill_status(backfill, verdict, self.now)));
            }
        }
    }

    pub(crate) fn delete(&mut self, job: &JobRef) {
        self.jobs.retain(|other| other.uid != job.uid);
        self.pods.retain(|pod| pod.job != job.uid);
    }

    /// Passes until nothing changes.
    pub(crate) fn settle(&mut self) {
        for _ in 0..20 {
            let all = |stage: &Self| (stage.schedule.status.clone(), stage.backfills.clone(), stage.jobs.clone());
            let before = all(self);
            self.pass(Reach::All);
            if before == all(self) {
                return;
            }
        }
        panic!("it never comes to rest: {:?}", self.schedule.status);
    }

    /// The one survey that runs comes to its end.
    pub(crate) fn survey(&mut self) {
        let survey = self.jobs.iter().find(|job| job.end.is_none() && matches!(job.work, Work::Survey(_)));
        let name = survey.expect("a survey runs").name.clone();
        self.finish(&name);
    }

    /// Every Job comes to its end, well.
    pub(crate) fn finish_all(&mut self) {
        for job in self.jobs.clone().iter().filter(|job| job.end.is_none()) {
            self.finish(&job.name);
        }
    }

    /// A Job comes to its end: a survey says what is there, a month that is published is committed.
    pub(crate) fn finish(&mut self, name: &str) {
        let job = self.job(name).clone();
        match &job.work {
            Work::Survey(survey) => {
                let months = survey.months.clone();
                self.end_pods(&job, &|stage, part| {
                    let part = part.unwrap_or_default() as usize;
                    let own = months.chunks(MONTHS_PER_PART).nth(part).unwrap_or_default();
                    let found = own.iter().map(|&month| (month.to_string(), stage.found(month))).collect();
                    (0, SurveyReport::Found(found).line())
                });
                self.end(name, Verdict::Complete);
            }
            Work::Month(work) if self.published.contains(&work.month) => {
                self.bucket.entry(work.month).or_insert(work.attempt);
                let line = committed(&work.month.to_string(), work.attempt).line();
                self.end_pods(&job, &|_, _| (0, line.clone()));
                self.end(name, Verdict::Complete);
            }
            Work::Month(_) => self.fail(name, ExitClass::NotPublished),
        }
    }

    /// A Job fails with an outcome of this class.
    pub(crate) fn fail(&mut self, name: &str, class: ExitClass) {
        let job = self.job(name).clone();
        let error = Failure { reason: "Cause".into(), message: "it went wrong".into(), remedy: "mend it".into() };
        let line = match &job.work {
            Work::Survey(_) => SurveyReport::Failed { class, error }.line(),
            Work::Month(work) => failed(&work.month.to_string(), work.attempt, class, error).line(),
        };
        self.end_pods(&job, &|_, _| (i32::from(class.code()), line.clone()));
        let (reason, message) = ("PodFailurePolicy".to_owned(), String::new());
        self.end(name, Verdict::Failed { reason, message });
    }

    fn found(&self, month: Month) -> ReportedMonth {
        let input = if self.published.contains(&month) {
            ReportedInput::Available { identity: "0a1b2c3d4e5f".to_owned() }
        } else {
            ReportedInput::NotPublished
        };
        let committed = |&attempt: &u32| ReportedOutput::Current(Committed { attempt, rows: 100, error: None });
        ReportedMonth { input, output: self.bucket.get(&month).map_or(ReportedOutput::None, committed) }
    }

    pub(crate) fn job(&self, name: &str) -> &JobRecord {
        self.jobs.iter().find(|job| job.name == name).unwrap_or_else(|| panic!("no Job {name} among {:?}", self.jobs))
    }

    pub(crate) fn job_mut(&mut self, name: &str) -> &mut JobRecord {
        self.jobs.iter_mut().find(|job| job.name == name).unwrap()
    }

    /// The Job of a month that is there, with the highest attempt.
    pub(crate) fn job_of(&self, text: &str) -> String {
        let of = |job: &&JobRecord| matches!(&job.work, Work::Month(work) if work.month == month(text));
        let found = self.jobs.iter().filter(of).max_by_key(|job| match &job.work {
            Work::Month(work) => work.attempt,
            Work::Survey(_) => 0,
        });
        found.unwrap_or_else(|| panic!("no Job of {text}")).name.clone()
    }

    pub(crate) fn end(&mut self, name: &str, verdict: Verdict) {
        let end = JobEnd { at: self.now, verdict };
        self.job_mut(name).end = Some(end);
    }

    /// What every pod of a Job says as it ends: its code and its last words, by part.
    pub(crate) fn end_pods(&mut self, job: &JobRecord, says: Says<'_>) {
        let now = self.now;
        for at in 0..self.pods.len() {
            if self.pods[at].job == job.uid {
                let (code, message) = says(self, self.pods[at].part);
                let reason = if code == 0 { "Completed" } else { "Error" };
                self.pods[at].state = PodState::Ended(exit(Some(code), reason, &message, now));
            }
        }
    }

    /// The pods of a Job.
    pub(crate) fn pods_of(&mut self, name: &str) -> Vec<&mut PodRecord> {
        let uid = self.job(name).uid.clone();
        self.pods.iter_mut().filter(|pod| pod.job == uid).collect()
    }

    /// Whether a Job is in the status: before that, nothing but the Job itself knows of its attempt.
    pub(crate) fn is_known(&self, job: &JobRecord) -> bool {
        let rows = self.schedule.status.iter().flat_map(|status| &status.months);
        let mut names = rows.filter_map(|row| row.attempt.as_ref()?.job.as_ref());
        matches!(job.work, Work::Survey(_)) || names.any(|name| *name == job.name)
    }

    /// Somebody deletes the status. What neither a Job nor a manifest tells of is then known to nobody.
    pub(crate) fn lose_status(&mut self) {
        self.schedule.status = None;
        let (jobs, bucket) = (&self.jobs, &self.bucket);
        self.names.retain(|name| {
            let Some(JobName::Month { month, attempt }) = JobName::read(name) else { return true };
            jobs.iter().any(|job| job.name == *name) || bucket.get(&month).is_some_and(|number| *number >= attempt)
        });
    }

    /// A Job and its pods vanish, as `kubectl delete job` lets them.
    pub(crate) fn vanish(&mut self, name: &str) {
        let job = self.job(name).clone();
        self.delete(&JobRef { name: job.name, uid: job.uid });
    }
}

/// What an API server gives back: whole seconds.
fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(status: T) -> T {
    serde_json::from_value(serde_json::to_value(status).unwrap()).unwrap()
}

pub(crate) fn exit(code: Option<i32>, reason: &str, message: &str, at: Timestamp) -> Exit {
    Exit { code, reason: reason.to_owned(), message: message.to_owned(), at, disrupted: false }
}

fn committed(month: &str, attempt: u32) -> Outcome {
    let error = ErrorFigures { rows: 100, mae: 1.5, rmse: 2.25, bias: -0.125 };
    Outcome {
        status: Status::Committed,
        class: ExitClass::Done,
        month: Some(month.to_owned()),
        attempt: Some(attempt),
        fingerprint: Some("f".to_owned()),
        output: Some(Written {
            uri: "s3://scores/x".to_owned(),
            etag: "e".to_owned(),
            size: 10,
            rows: 100,
            input_rows: Some(120),
        }),
        figures: Some(ShortFigures { mean: Some(7.0), unseen_share: None, error: Some(error) }),
        keeps_conditions: None,
        error: None,
        milliseconds: 5,
    }
}

fn failed(month: &str, attempt: u32, class: ExitClass, error: Failure) -> Outcome {
    Outcome {
        status: Status::Failed,
        class,
        month: Some(month.to_owned()),
        attempt: Some(attempt),
        fingerprint: None,
        output: None,
        figures: None,
        keeps_conditions: None,
        error: Some(error),
        milliseconds: 5,
    }
}
