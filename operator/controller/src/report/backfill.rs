//! The status of a backfill.

use jiff::Timestamp;
use scoring_crds::ScoringBackfill;
use scoring_crds::fault::Faults;
use scoring_crds::status::{BackfillMonth, BackfillStatus, Progress};
use scoring_plan::history::MonthFacts;
use scoring_plan::reason::{Skip, Wait};
use scoring_plan::{BackfillPhase, BackfillProgress, BackfillRow, MonthRange, Reason, RowState};

use super::conditions::{self, Told, told};
use super::{Planned, backlog, words};
use crate::obstacle::Passing;

/// What became of a backfill.
#[derive(Clone, Copy, Debug)]
pub enum BackfillVerdict<'a> {
    /// It is planned in this world.
    Planned(Planned<'a>),
    /// It is at fault.
    Refused(&'a Faults),
    /// Its schedule is at fault.
    ScheduleRefused,
    /// Its schedule is not there.
    NoSchedule,
}

/// The status of a backfill. One that has ended stays as it is.
pub fn backfill_status(backfill: &ScoringBackfill, verdict: BackfillVerdict<'_>, now: Timestamp) -> BackfillStatus {
    let before = backfill.status.clone().unwrap_or_default();
    let observed_generation = backfill.metadata.generation;
    if before.has_ended() {
        return BackfillStatus { observed_generation, ..before };
    }
    let name = backfill.metadata.name.as_deref().unwrap_or_default();
    let progress = match verdict {
        BackfillVerdict::Planned(planned) => {
            planned.plan.backfills.iter().find(|progress| progress.name == name).map(|progress| (planned, progress))
        }
        BackfillVerdict::Refused(_) | BackfillVerdict::ScheduleRefused | BackfillVerdict::NoSchedule => None,
    };
    let stamped = |told| conditions::stamped(told, &before.conditions, observed_generation, now);
    match progress {
        Some((planned, progress)) => BackfillStatus {
            observed_generation,
            conditions: stamped(of_progress(planned, progress)),
            progress: Some(Progress::from(progress.counts)),
            months: progress.rows.iter().map(|row| month(planned, row)).collect(),
        },
        None => BackfillStatus { observed_generation, conditions: stamped(of_refusal(verdict)), ..before },
    }
}

fn of_refusal(verdict: BackfillVerdict<'_>) -> Vec<Told> {
    let (reason, message) = match verdict {
        BackfillVerdict::Refused(faults) => ("SpecInvalid", faults.to_string()),
        BackfillVerdict::ScheduleRefused => {
            ("ScheduleInvalid", "its schedule is not carried out: its own status says why".to_owned())
        }
        BackfillVerdict::NoSchedule | BackfillVerdict::Planned(_) => (
            "ScheduleNotFound",
            "spec.scheduleRef.name: there is no such schedule in this namespace: create it, or delete this backfill \
             and write another"
                .to_owned(),
        ),
    };
    conditions(false, Some((reason, message)), ("False", reason, "it is not carried out".to_owned()))
}

fn of_progress(planned: Planned<'_>, progress: &BackfillProgress) -> Vec<Told> {
    let counts = &progress.counts;
    let left = format!("{} of {} months are left", counts.pending + counts.waiting + counts.running, counts.total());
    let hindrance = backlog::hindrance(planned, Passing::ByAChange).filter(|_| !progress.phase.has_ended());
    if let Some(found) = hindrance {
        return conditions(false, Some((found.reason(), found.message())), ("False", found.reason(), left));
    }
    match progress.phase {
        BackfillPhase::Running => conditions(true, None, ("False", "Scoring", left)),
        BackfillPhase::Waiting => conditions(true, None, ("False", "WaitingForInput", left)),
        BackfillPhase::Suspended => conditions(false, None, ("False", "Suspended", left)),
        BackfillPhase::Stalled => {
            let failed = progress.rows.iter().filter(|row| row.state == RowState::Failed).map(|row| row.month);
            let failed = words::months(&MonthRange::covering(failed));
            let message = format!(
                "{failed} failed: status.months says why; change what is wrong, or ask again with rescore \
                 MissingAndFailed"
            );
            conditions(false, Some(("MonthsFailed", message)), ("False", "MonthsFailed", left))
        }
        BackfillPhase::Succeeded => {
            let message = format!("{} months were scored, {} passed over", counts.done, counts.skipped);
            conditions(false, None, ("True", "Completed", message))
        }
        BackfillPhase::Cancelled => {
            let message = format!("called off; {} months were scored", counts.done);
            conditions(false, None, ("False", "Cancelled", message))
        }
    }
}

fn conditions(
    is_going_on: bool,
    stalled: Option<(&'static str, String)>,
    (status, reason, message): (&'static str, &'static str, String),
) -> Vec<Told> {
    let reconciling = if is_going_on {
        told("Reconciling", "True", reason, &*message)
    } else {
        told("Reconciling", "False", reason, "nothing goes on by itself")
    };
    let stalled = match stalled {
        Some((reason, message)) => told("Stalled", "True", reason, message),
        None => told("Stalled", "False", "NotStalled", "nobody needs to change anything"),
    };
    vec![reconciling, stalled, told("Succeeded", status, reason, message)]
}

fn month(planned: Planned<'_>, row: &BackfillRow) -> BackfillMonth {
    let last = planned.seen.history.facts(row.month).and_then(MonthFacts::last).map(|last| last.number);
    let attempt = match planned.world.id.model_of() {
        Some(_) => last,
        None => named(&row.reason),
    };
    BackfillMonth {
        month: row.month.to_string(),
        state: row.state.into(),
        attempt: attempt.and_then(|attempt| i32::try_from(attempt).ok()),
        reason: word(&row.reason).map(str::to_owned),
    }
}

/// The attempt that a reason names.
fn named(reason: &Reason) -> Option<u32> {
    match reason {
        Reason::Done { attempt } | Reason::Running { attempt, .. } => Some(*attempt),
        Reason::BackingOff { failure, .. }
        | Reason::NeedsChange(failure)
        | Reason::GaveUp(failure)
        | Reason::Skipped(Skip::FailedBefore(failure)) => Some(failure.attempt),
        _ => None,
    }
}

/// A reason in one word; none where the row's state says it all.
fn word(reason: &Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::Done { .. } | Reason::Running { .. } | Reason::Starting { .. } => return None,
        Reason::Committed | Reason::Kept(_) | Reason::Marked(_) | Reason::Skipped(Skip::AlreadyCommitted) => {
            "AlreadyCurrent"
        }
        Reason::Withheld { .. } => "Withheld",
        Reason::Excluded { .. } => "Excluded",
        Reason::Queued { .. } => "Queued",
        Reason::Suspended { .. } => "Suspended",
        Reason::Manual { .. } => "Manual",
        Reason::Waiting(Wait::NotPublished { .. }) => "NotPublished",
        Reason::Waiting(Wait::Denied { .. }) => "Denied",
        Reason::Waiting(Wait::NotLooked { .. }) => "NotLookedAt",
        Reason::Waiting(Wait::SurveyFailed { .. }) => "SurveyFailed",
        Reason::BackingOff { .. } => "BackingOff",
        Reason::NeedsChange(failure) | Reason::GaveUp(failure) => class(failure.class),
        Reason::Skipped(Skip::FailedBefore(_)) => "FailedBefore",
        Reason::Skipped(Skip::NoOutput) => "NoOutput",
        Reason::Skipped(Skip::NotDue { .. }) => "NotDue",
        Reason::Skipped(Skip::CalledOff) => "CalledOff",
        Reason::Skipped(Skip::Ended) => "Ended",
    })
}

fn class(class: scoring_plan::FailureClass) -> &'static str {
    use scoring_plan::FailureClass;
    match class {
        FailureClass::BadData => "BadData",
        FailureClass::NotPublished => "NotPublished",
        FailureClass::Internal => "Internal",
        FailureClass::CannotWrite => "CannotWrite",
        FailureClass::TryAgain => "TryAgain",
        FailureClass::Denied => "Denied",
        FailureClass::BadSetting => "BadSetting",
        FailureClass::Disrupted => "Disrupted",
        FailureClass::Lost => "Lost",
    }
}
