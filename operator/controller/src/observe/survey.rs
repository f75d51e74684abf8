//! What the survey Jobs say. The last one that came to its end is what is known of the store, as long as every part of it
//! can still be read.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use scoring_contract::survey::StaleCause;
use scoring_contract::survey::{MONTHS_PER_PART, ReportedInput, ReportedMonth, ReportedOutput, SurveyReport, parts};
use scoring_plan::Month;
use scoring_plan::history::{Change, Changed, Input, Output, Survey, SurveyFailure};

use super::{JobRef, Scene, Seen, failure};
use crate::names::JobName;
use crate::record::{Exit, JobRecord, PodRecord, PodState, SurveyWork, Verdict, Work};

/// What the last survey found.
#[derive(Default)]
pub(super) struct Found {
    /// The survey; none where there is none that can be believed.
    pub(super) survey: Option<Survey>,
    /// The attempts that its manifests name.
    pub(super) committed: BTreeMap<Month, u32>,
}

/// A survey Job and how it stands.
struct Looked<'a> {
    job: &'a JobRecord,
    work: &'a SurveyWork,
    number: u64,
    state: State,
}

enum State {
    Running,
    Found(BTreeMap<Month, ReportedMonth>),
    Failed(SurveyFailure),
}

impl Looked<'_> {
    fn has_found(&self) -> bool {
        matches!(self.state, State::Found(_))
    }
}

/// Notes what the surveys say of months, and which of their Jobs are needed no more.
pub(super) fn look(scene: &Scene<'_>, seen: &mut Seen) -> Found {
    let all = surveys(scene, seen);
    seen.surveys.number = all.last().map_or_else(|| in_their_place(scene), |last| last.number);
    let last = all.iter().rfind(|looked| is_believed(scene, looked));
    seen.surveys.recorded = scene.memory.last_survey.or_else(|| if last.is_none() { in_its_place(&all) } else { None });
    let surveys = &mut seen.history.surveys;
    surveys.running = all.iter().any(|looked| matches!(looked.state, State::Running));
    surveys.last = last.map(|looked| Survey { at: looked.job.created, task: looked.work.task.clone() });
    surveys.failed = all.iter().rfind(|looked| looked.job.end.is_some()).and_then(|looked| match &looked.state {
        State::Failed(failure) => Some(failure.clone()),
        State::Running | State::Found(_) => None,
    });
    let mut found = Found { survey: surveys.last.clone(), committed: BTreeMap::new() };
    if let Some(Looked { job, work, state: State::Found(months), .. }) = last {
        for (&month, reported) in months {
            note(seen, month, reported, work.since.get(&month).copied().unwrap_or(job.created));
            found.committed.extend(attempt(&reported.output).map(|attempt| (month, attempt)));
        }
    }
    seen.strays.extend(strays(scene, &all, last));
    found
}

/// The number that stands for those of surveys whose Jobs were all deleted: the second in which the one that is recorded
/// began, which is more than any of them had. A Job under the name of one that was just deleted may never be given a pod
/// (kubernetes/kubernetes#131917).
fn in_their_place(scene: &Scene<'_>) -> u64 {
    scene.memory.last_survey.and_then(|at| u64::try_from(at.as_second()).ok()).unwrap_or_default()
}

/// What stands for the last survey that was recorded where the status was lost: the second after the newest one began. None
/// of those that are there began then or was started after it, so none of them is believed.
fn in_its_place(all: &[Looked<'_>]) -> Option<Timestamp> {
    let newest = all.iter().rfind(|looked| looked.has_found())?;
    newest.job.created.checked_add(SignedDuration::from_secs(1)).ok()
}

/// The surveys, by number.
fn surveys<'a>(scene: &Scene<'a>, seen: &mut Seen) -> Vec<Looked<'a>> {
    let mut all: Vec<Looked<'a>> = Vec::new();
    for &job in &scene.jobs {
        if let (Work::Survey(work), Some(JobName::Survey { number })) = (&job.work, JobName::read(&job.name)) {
            all.push(Looked { job, work, number, state: state(scene, job, work, seen) });
        }
    }
    all.sort_by_key(|looked| looked.number);
    all
}

fn state(scene: &Scene<'_>, job: &JobRecord, work: &SurveyWork, seen: &mut Seen) -> State {
    let Some(end) = &job.end else { return State::Running };
    let (reason, told) = match &end.verdict {
        Verdict::Complete => match found(scene, job, work) {
            Some(months) => return State::Found(months),
            None => ("", (0..parts(work.months.len())).all(|part| exits(scene, job, part).next().is_some())),
        },
        Verdict::Failed { reason, .. } => {
            (reason.as_str(), failure::ends(scene.pods(job)).iter().any(|exit| exit.code != Some(0)))
        }
    };
    if !told && scene.awaits(job, &mut seen.again_at) {
        return State::Running;
    }
    let why = failure::of_survey(scene, job, reason);
    State::Failed(SurveyFailure {
        at: end.at,
        task: work.task.clone(),
        tries: work.tries,
        class: why.class,
        detail: why.detail,
    })
}

/// What every part found; none where one cannot be read.
fn found(scene: &Scene<'_>, job: &JobRecord, work: &SurveyWork) -> Option<BTreeMap<Month, ReportedMonth>> {
    let mut months = BTreeMap::new();
    for part in 0..parts(work.months.len()) {
        let reported = exits(scene, job, part).filter_map(|exit| match SurveyReport::parse(&exit.message).ok()? {
            SurveyReport::Found(months) => Some(months),
            SurveyReport::Failed { .. } => None,
        });
        let reported = reported.last()?;
        let asked = work.months.chunks(MONTHS_PER_PART).nth(part as usize)?;
        for month in asked {
            months.insert(*month, reported.get(&month.to_string())?.clone());
        }
    }
    Some(months)
}

/// The ends of a part's pods.
fn exits<'a>(scene: &Scene<'a>, job: &JobRecord, part: u32) -> impl Iterator<Item = &'a Exit> {
    let own: Vec<&PodRecord> = scene.pods(job).iter().copied().filter(|pod| pod.part == Some(part)).collect();
    own.into_iter().filter_map(|pod| match &pod.state {
        PodState::Ended(exit) => Some(exit),
        PodState::Pending(_) | PodState::Running { .. } => None,
    })
}

/// Whether what a survey found is all that there is to know: what was committed since must be in Jobs that are there, or in
/// the status. It is where the status has recorded this very survey, or none since it was started; where the status has
/// recorded another one it was lost, with what it knew.
fn is_believed(scene: &Scene<'_>, looked: &Looked<'_>) -> bool {
    if !looked.has_found() {
        return false;
    }
    // A world of a backfill keeps the Jobs of all that succeeded until a survey has seen it.
    if scene.world.id.model_of().is_some() || scene.memory.last_survey == Some(looked.job.created) {
        return true;
    }
    scene.memory.is_written && scene.memory.last_survey == looked.work.after
}

/// The survey Jobs that nobody needs: those that have ended, but for the last one that is believed, the one that is
/// recorded until that one is, and the last failure, whose number and tries go on.
fn strays(scene: &Scene<'_>, all: &[Looked<'_>], last: Option<&Looked<'_>>) -> Vec<JobRef> {
    let numbered = all.last().map(|looked| looked.number);
    let is_recorded = last.is_some_and(|last| scene.memory.last_survey == Some(last.job.created));
    let needed = |looked: &&Looked<'_>| {
        last.is_some_and(|last| last.number == looked.number)
            || (Some(looked.number) == numbered && !looked.has_found())
            || (scene.memory.last_survey == Some(looked.job.created) && !is_recorded)
    };
    let ended = all.iter().filter(|looked| looked.job.end.is_some() && !looked.job.deleting);
    ended.filter(|looked| !needed(looked)).map(|looked| JobRef::of(looked.job)).collect()
}

fn note(seen: &mut Seen, month: Month, reported: &ReportedMonth, since: Timestamp) {
    let facts = seen.facts(month);
    facts.input = match &reported.input {
        ReportedInput::NotPublished => Input::NotPublished { since },
        ReportedInput::Denied { message } => Input::Denied { permission: message.clone(), since },
        ReportedInput::Available { identity } => Input::Available { identity: identity.clone() },
    };
    facts.output = match &reported.output {
        ReportedOutput::None => Output::None,
        ReportedOutput::Current(_) => Output::Current,
        ReportedOutput::Stale { cause, from, to, .. } => {
            Output::Stale(vec![Change { of: changed(*cause), from: from.clone(), to: to.clone() }])
        }
        ReportedOutput::Damaged { problem } => Output::Damaged { detail: problem.clone() },
    };
    if let ReportedOutput::Current(committed) | ReportedOutput::Stale { seen: committed, .. } = &reported.output {
        let details = seen.details(month);
        (details.rows, details.error) = (Some(committed.rows), committed.error.clone());
    }
}

fn changed(cause: StaleCause) -> Changed {
    match cause {
        StaleCause::Input => Changed::Input,
        StaleCause::Model => Changed::Model,
        StaleCause::Features => Changed::Features,
    }
}

fn attempt(output: &ReportedOutput) -> Option<u32> {
    match output {
        ReportedOutput::Current(seen) | ReportedOutput::Stale { seen, .. } => Some(seen.attempt),
        ReportedOutput::None | ReportedOutput::Damaged { .. } => None,
    }
}
