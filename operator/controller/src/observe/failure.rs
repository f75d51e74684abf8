//! Why a Job failed, by what its pods, its own condition and the status say. A pod's exit code says more than its Job's
//! condition, and its last words more than its code.

use scoring_contract::outcome::Failure;
use scoring_contract::survey::SurveyReport;
use scoring_contract::{ExitClass, Outcome};
use scoring_plan::FailureClass;

use super::Scene;
use super::memory::Remembered;
use crate::record::{Exit, JobRecord, PodRecord, PodState};

/// The signal with which the kernel ends a process that has no memory left, as an exit code.
const KILLED: i32 = 137;

/// Why a Job failed.
pub(super) struct Why {
    /// What can help.
    pub(super) class: FailureClass,
    /// What happened, in words.
    pub(super) detail: String,
}

/// The ends of a Job's pods, the last one first; those that the cluster took away come after all others.
pub(super) fn ends<'a>(pods: &[&'a PodRecord]) -> Vec<&'a Exit> {
    let mut ends: Vec<&Exit> = pods
        .iter()
        .filter_map(|pod| match &pod.state {
            PodState::Ended(exit) => Some(exit),
            PodState::Pending(_) | PodState::Running { .. } => None,
        })
        .collect();
    ends.sort_by_key(|exit| (exit.disrupted, std::cmp::Reverse(exit.at)));
    ends
}

/// Why a Job failed. `reason` is that of its condition, `row` what the status says of this very attempt.
pub(super) fn of(scene: &Scene<'_>, job: &JobRecord, reason: &str, row: Option<&Remembered>) -> Why {
    if reason == "DeadlineExceeded" {
        return too_long(scene);
    }
    let ends = ends(scene.pods(job));
    match ends.first() {
        Some(exit) => by_exit(exit, scene.world.template.memory_limit()),
        None => row.and_then(by_row).unwrap_or_else(|| Why {
            class: FailureClass::Lost,
            detail: "its Job failed, and its pods are gone with what they said".to_owned(),
        }),
    }
}

/// Why a survey failed.
pub(super) fn of_survey(scene: &Scene<'_>, job: &JobRecord, reason: &str) -> Why {
    let ends = ends(scene.pods(job));
    let told = ends.iter().find_map(|exit| match SurveyReport::parse(&exit.message).ok()? {
        SurveyReport::Failed { class, error } => Some(Why { class: failure_class(class), detail: words(&error) }),
        SurveyReport::Found(_) => None,
    });
    let failed = ends.iter().find(|exit| exit.code != Some(0));
    match (told, failed) {
        (Some(why), _) => why,
        (None, _) if reason == "DeadlineExceeded" => Why {
            class: FailureClass::TryAgain,
            detail: "the store did not answer in time, or no pod could begin".to_owned(),
        },
        (None, Some(exit)) => by_exit(exit, None),
        (None, None) => Why { class: FailureClass::Lost, detail: "its pods are gone with what they said".to_owned() },
    }
}

fn too_long(scene: &Scene<'_>) -> Why {
    let seconds = scene.world.template.deadline_seconds();
    Why {
        class: FailureClass::TryAgain,
        detail: format!("took longer than job.deadlineSeconds ({seconds}): raise it, or give it more processors"),
    }
}

fn by_exit(exit: &Exit, memory_limit: Option<String>) -> Why {
    let class = exit.code.and_then(ExitClass::from_code);
    match (class, exit.code) {
        _ if exit.reason == "OOMKilled" => {
            let limit = memory_limit.map(|limit| format!(" (limit {limit})")).unwrap_or_default();
            let detail = format!("ran out of memory{limit}: raise job.resources.limits.memory");
            Why { class: FailureClass::Internal, detail }
        }
        (Some(ExitClass::Done), _) => {
            Why { class: FailureClass::Lost, detail: "its Job failed although its scorer ended well".to_owned() }
        }
        (Some(class), _) => Why { class: failure_class(class), detail: said(exit) },
        _ if exit.disrupted => Why { class: FailureClass::Disrupted, detail: said(exit) },
        (None, Some(KILLED)) => {
            Why { class: FailureClass::Internal, detail: "was killed from outside (signal 9)".to_owned() }
        }
        (None, Some(code)) => Why {
            class: FailureClass::Internal,
            detail: format!("ended with exit code {code}, which is none of the scorer's: look at its logs"),
        },
        (None, None) => Why { class: FailureClass::TryAgain, detail: said(exit) },
    }
}

/// The last words of a pod: its outcome's where it left one, else what Kubernetes says.
fn said(exit: &Exit) -> String {
    match serde_json::from_str::<Outcome>(&exit.message) {
        Ok(Outcome { error: Some(error), .. }) => words(&error),
        _ if exit.message.is_empty() => format!("its pod ended with {}", exit.reason),
        _ => format!("its pod ended with {}: {}", exit.reason, exit.message),
    }
}

fn words(error: &Failure) -> String {
    match error.remedy.as_str() {
        "" => error.message.clone(),
        remedy => format!("{}: {remedy}", error.message),
    }
}

fn by_row(row: &Remembered) -> Option<Why> {
    let class = plan_class(row.class?)?;
    Some(Why { class, detail: row.message.clone().unwrap_or_default() })
}

/// A class of the status as the plan's; none of one that a newer version wrote.
pub(super) fn plan_class(class: scoring_crds::status::FailureClass) -> Option<FailureClass> {
    FailureClass::ALL.into_iter().find(|own| scoring_crds::status::FailureClass::from(*own) == class)
}

/// The plan's class of a scorer's end.
fn failure_class(class: ExitClass) -> FailureClass {
    match class {
        ExitClass::BadData => FailureClass::BadData,
        ExitClass::NotPublished => FailureClass::NotPublished,
        ExitClass::Done | ExitClass::Internal => FailureClass::Internal,
        ExitClass::CannotWrite => FailureClass::CannotWrite,
        ExitClass::TryAgain => FailureClass::TryAgain,
        ExitClass::Denied => FailureClass::Denied,
        ExitClass::BadSetting => FailureClass::BadSetting,
    }
}
