//! One month of a schedule's status.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use scoring_crds::bounds;
use scoring_crds::status::{
    Attempt, AttemptState, ErrorFigures, FailureClass, InputState, MonthStatus, OutputState, StaleCause, Standing,
};
use scoring_plan::history::{Input, MonthFacts, Output};
use scoring_plan::{self as plan, MonthState, Reason};

use super::{Planned, words};
use crate::observe::Details;

/// The row of a month; `before` is the one that is stored.
pub(super) fn of(own: Planned<'_>, state: &MonthState, before: Option<&MonthStatus>, now: Timestamp) -> MonthStatus {
    let details = own.seen.details.get(&state.month).cloned().unwrap_or_default();
    let facts = own.seen.history.facts(state.month).cloned().unwrap_or_default();
    let attempt = facts.last().map(|last| attempt(own, (state, last), &details, (before, now)));
    let row = MonthStatus {
        month: state.month.to_string(),
        standing: state.standing.into(),
        input: input(&facts.input),
        output: output(own, state, &facts),
        stale_by: stale_by(&facts.output),
        attempt,
        rows: details.rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX)),
        error: details.error.clone().map(|error| ErrorFigures { mae: error.mae, rmse: error.rmse, bias: error.bias }),
        reason: reason(&state.reason, &details),
    };
    match before {
        // Nobody can say at present: what the store holds is told as it was last known.
        Some(before) if own.seen.history.surveys.last.is_none() && row.standing == Standing::Unknown => {
            MonthStatus { attempt: row.attempt, reason: row.reason, ..before.clone() }
        }
        _ => row,
    }
}

fn input(input: &Input) -> InputState {
    match input {
        Input::Unknown => InputState::Unknown,
        Input::NotPublished { .. } => InputState::NotPublished,
        Input::Denied { .. } => InputState::Denied,
        Input::Available { .. } => InputState::Available,
    }
}

fn output(own: Planned<'_>, state: &MonthState, facts: &MonthFacts) -> OutputState {
    match &facts.output {
        Output::None if own.seen.history.surveys.last.is_none() => OutputState::Unknown,
        // An attempt has committed it since somebody looked.
        Output::None | Output::Damaged { .. } if state.standing == plan::Standing::Current => OutputState::Current,
        Output::None => OutputState::None,
        Output::Current => OutputState::Current,
        Output::Stale(_) if matches!(state.reason, Reason::Committed) => OutputState::Current,
        Output::Stale(_) => OutputState::Stale,
        Output::Withheld { .. } => OutputState::Withheld,
        Output::Damaged { .. } => OutputState::Damaged,
    }
}

fn stale_by(output: &Output) -> Vec<StaleCause> {
    let Output::Stale(changes) = output else { return Vec::new() };
    let mut causes: Vec<plan::history::Changed> = changes.iter().map(|change| change.of).collect();
    causes.sort();
    causes.dedup();
    causes.into_iter().map(StaleCause::from).collect()
}

fn attempt(
    own: Planned<'_>,
    (state, last): (&MonthState, &plan::Attempt),
    details: &Details,
    (before, now): (Option<&MonthStatus>, Timestamp),
) -> Attempt {
    let number = i32::try_from(last.number).unwrap_or(i32::MAX);
    let stored = before.and_then(|row| row.attempt.as_ref()).filter(|stored| stored.number == number);
    let is_stopped = own.plan.stop.iter().any(|stop| stop.month == state.month && stop.attempt == last.number);
    let is_called_off = stored.is_some_and(|stored| stored.state == AttemptState::Cancelled) && details.deleting;
    let (told, class, message, ended) = match &last.state {
        plan::AttemptState::Running if is_stopped || is_called_off => {
            let since = stored.filter(|stored| stored.state == AttemptState::Cancelled);
            let ended = since.and_then(|stored| stored.finish_time.as_ref()).map_or(now, |time| time.0);
            (AttemptState::Cancelled, None, None, Some(ended))
        }
        plan::AttemptState::Running => (AttemptState::Running, None, None, None),
        plan::AttemptState::Succeeded { at } => (AttemptState::Succeeded, None, None, Some(*at)),
        plan::AttemptState::Failed { at, class, detail } => {
            let message = words::cut(detail, bounds::MESSAGE);
            (AttemptState::Failed, Some(FailureClass::from(*class)), Some(message), Some(*at))
        }
        plan::AttemptState::Cancelled { at } => (AttemptState::Cancelled, None, None, Some(*at)),
    };
    let time = |at: Timestamp| Some(Time(seconds(at))).filter(|time| time.0 != Timestamp::UNIX_EPOCH);
    Attempt {
        number,
        state: told,
        class,
        job: details.job.clone(),
        backfill: last.backfill.clone(),
        start_time: time(last.started),
        finish_time: ended.and_then(time),
        message: message.filter(|message| !message.is_empty()),
    }
}

/// A status holds whole seconds: what is compared with it must, too.
fn seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn reason(reason: &Reason, details: &Details) -> Option<String> {
    let text = match reason {
        Reason::Committed => return None,
        Reason::Running { .. } if details.queued => format!("{reason}, and its queue holds it back"),
        _ => reason.to_string(),
    };
    Some(words::cut(&text, bounds::REASON))
}
