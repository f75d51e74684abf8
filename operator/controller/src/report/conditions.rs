//! The conditions of a schedule.
//!
//! | condition | `True` | `False` | `Unknown` |
//! |---|---|---|---|
//! | `Ready` | `Scheduled`, `Suspended` | as `Stalled` | `Surveying`: nobody has looked at the stores yet |
//! | `Reconciling` | `Surveying`: the spec is new to the stores | `Settled` | |
//! | `Stalled` | somebody must change something: `SpecInvalid`, `OutputTaken`, `SurveyFailed` and the obstacles that do not pass (`ImageNotPulled`, `SecretNotFound` …) | `NotStalled` | |
//! | `Progressing` | `Scoring`, `Retrying` | as `Stalled`; an obstacle that passes (`Unschedulable`, `QuotaExceeded`), `SurveyFailed`; `Suspended`, `WaitingForChange`, `WaitingForInput`, `Idle` | |
//! | `BacklogClear` | `Clear` | `MonthsFailed`, `MonthsDenied`, `MonthsMissing` | `Surveying` |
//! | `Fresh` | `NewestMonthCurrent`, `NothingDue` | `Overdue` | `Pending`: the newest month may still come in time |
//!
//! A schedule is `Ready`, and not `Reconciling`, while its months are scored, and a failed month leaves it so: kstatus, and
//! with it Helm and Argo CD, would else call a schedule of ten years broken for one bad month. That is for `BacklogClear`
//! to tell.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use scoring_plan::{Freshness, Plan, Reason};

use super::{Planned, backlog, words};
use crate::check::Refused;
use crate::obstacle::Passing;

/// The most characters of a message: a quarter of what Kubernetes takes, so that six of them leave room.
const MESSAGE: usize = 256;

/// A condition before it is stamped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    type_: &'static str,
    status: &'static str,
    reason: &'static str,
    message: String,
}

/// A condition.
pub(super) fn told(
    type_: &'static str,
    status: &'static str,
    reason: &'static str,
    message: impl Into<String>,
) -> Told {
    Told { type_, status, reason, message: message.into() }
}

/// The conditions of a schedule that is carried out.
pub(super) fn of_schedule(own: Planned<'_>) -> Vec<Told> {
    let stalled = backlog::hindrance(own, Passing::ByAChange).map(|found| (found.reason(), found.message()));
    match stalled {
        Some((reason, message)) => vec![
            told("Ready", "False", reason, &*message),
            told("Reconciling", "False", "Settled", "nothing goes on before somebody changes something"),
            told("Stalled", "True", reason, &*message),
            told("Progressing", "False", reason, message),
            backlog_clear(own),
            fresh(own.plan),
        ],
        None => vec![
            ready(own),
            reconciling(own),
            told("Stalled", "False", "NotStalled", "nobody needs to change anything"),
            progressing(own),
            backlog_clear(own),
            fresh(own.plan),
        ],
    }
}

/// The conditions of a schedule that is refused.
pub(super) fn of_refused(refused: &Refused) -> Vec<Told> {
    let (reason, message) = (refused.word(), refused.faults.to_string());
    let unknown = |type_| told(type_, "Unknown", reason, "the schedule is not carried out");
    vec![
        told("Ready", "False", reason, &*message),
        told("Reconciling", "False", "Settled", "nothing goes on before somebody changes something"),
        told("Stalled", "True", reason, &*message),
        told("Progressing", "False", reason, message),
        unknown("BacklogClear"),
        unknown("Fresh"),
    ]
}

fn ready(own: Planned<'_>) -> Told {
    if own.seen.history.surveys.last.is_none() && backlog::is_unknown(own) {
        return told("Ready", "Unknown", "Surveying", "what is published and committed is looked up first");
    }
    if own.world.schedule.suspend() {
        return told("Ready", "True", "Suspended", "accepted, and suspended: nothing is started");
    }
    let next = own.plan.next_tick.map_or_else(
        || "accepted; no tick follows".to_owned(),
        |tick| format!("accepted; the next tick is at {:.0}", tick.at),
    );
    told("Ready", "True", "Scheduled", next)
}

fn reconciling(own: Planned<'_>) -> Told {
    if backlog::is_unknown(own) {
        told("Reconciling", "True", "Surveying", "what is published and committed is looked up")
    } else {
        told("Reconciling", "False", "Settled", "the spec as it stands is carried out")
    }
}

fn progressing(own: Planned<'_>) -> Told {
    const TYPE: &str = "Progressing";
    let plan = own.plan;
    if let Some(found) = backlog::hindrance(own, Passing::ByItself) {
        return told(TYPE, "False", found.reason(), found.message());
    }
    let running = backlog::with(plan, |reason| matches!(reason, Reason::Running { .. } | Reason::Starting { .. }));
    if !running.is_empty() {
        let queued = match plan.queue.len() {
            0 => String::new(),
            queued => format!("; {queued} more wait for a slot"),
        };
        return told(TYPE, "True", "Scoring", format!("scoring {}{queued}", words::months(&running)));
    }
    let retrying = backlog::with(plan, |reason| matches!(reason, Reason::BackingOff { .. }));
    if !retrying.is_empty() {
        return told(TYPE, "True", "Retrying", format!("{} failed and will be tried again", words::months(&retrying)));
    }
    let suspended = backlog::with(plan, |reason| matches!(reason, Reason::Suspended { .. }));
    if !suspended.is_empty() {
        let message = format!("{} would start if it were not suspended", words::months(&suspended));
        return told(TYPE, "False", "Suspended", message);
    }
    if !plan.coverage.failed.is_empty() {
        let message =
            format!("{} failed; status.months says why, and what to do", words::months(&plan.coverage.failed));
        return told(TYPE, "False", "WaitingForChange", message);
    }
    if let [_, ..] = plan.coverage.waiting.as_slice() {
        let message = format!("{} cannot be scored yet", words::months(&plan.coverage.waiting));
        return told(TYPE, "False", "WaitingForInput", message);
    }
    told(TYPE, "False", "Idle", "there is nothing to score")
}

fn backlog_clear(own: Planned<'_>) -> Told {
    const TYPE: &str = "BacklogClear";
    let plan = own.plan;
    if own.seen.history.surveys.last.is_none() && !plan.months.is_empty() {
        return told(TYPE, "Unknown", "Surveying", "nobody has looked at the stores yet");
    }
    if !plan.coverage.failed.is_empty() {
        let message = format!("{} failed; status.months says why", words::months(&plan.coverage.failed));
        return told(TYPE, "False", "MonthsFailed", message);
    }
    let denied =
        backlog::with(plan, |reason| matches!(reason, Reason::Waiting(scoring_plan::reason::Wait::Denied { .. })));
    if !denied.is_empty() {
        let message =
            format!("whether {} is published may not be asked; grant what is missing", words::months(&denied));
        return told(TYPE, "False", "MonthsDenied", message);
    }
    let missing: Vec<_> = [&plan.coverage.running, &plan.coverage.missing].into_iter().flatten().copied().collect();
    if !missing.is_empty() {
        return told(TYPE, "False", "MonthsMissing", format!("{} has no output yet", words::months(&missing)));
    }
    told(TYPE, "True", "Clear", "every month that is published has its output")
}

fn fresh(plan: &Plan) -> Told {
    const TYPE: &str = "Fresh";
    match plan.freshness {
        Freshness::NothingDue => told(TYPE, "True", "NothingDue", "no month is due"),
        Freshness::Fresh { month } => told(TYPE, "True", "NewestMonthCurrent", format!("{month} has its output")),
        Freshness::Pending { month, until: Some(until) } => {
            told(TYPE, "Unknown", "Pending", format!("{month} has no output yet, and is late at {until:.0}"))
        }
        Freshness::Pending { month, until: None } => told(
            TYPE,
            "Unknown",
            "Pending",
            format!("{month} has no output yet; freshness.deadlineDays names no deadline"),
        ),
        Freshness::Overdue { month, since } => {
            told(TYPE, "False", "Overdue", format!("{month} has no output, and is late since {since:.0}"))
        }
    }
}

/// The conditions with their times: a condition whose status has not turned keeps the one that is stored.
pub(super) fn stamped(
    told: Vec<Told>,
    before: &[Condition],
    observed_generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    let stamp = |told: Told| {
        let stored = before.iter().find(|stored| stored.type_ == told.type_ && stored.status == told.status);
        Condition {
            type_: told.type_.to_owned(),
            status: told.status.to_owned(),
            reason: told.reason.to_owned(),
            message: words::cut(&told.message, MESSAGE),
            observed_generation,
            last_transition_time: stored.map_or(Time(now), |stored| stored.last_transition_time.clone()),
        }
    };
    told.into_iter().map(stamp).collect()
}
