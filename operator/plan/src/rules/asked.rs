//! Asked: what a backfill has to do with each of its months. It never takes an excluded month, nor one that was not due
//! when it was asked for, so it never scores a month that is not over; and it takes each month once.

use crate::attempt::Attempt;
use crate::backfill::{Backfill, Rescore};
use crate::history::{MonthFacts, Output};
use crate::month::Month;
use crate::progress::RowState;
use crate::reason::{Cause, Reason, Skip};
use crate::rules::wanted::{self, Wish};
use crate::rules::{active, committed, excluded, suspended};
use crate::scene::Scene;

/// A month's row, where nothing is to be started for it.
pub(crate) type Row = (RowState, Reason);

/// What a backfill wants for one of its months or, where it is not to be started, how its row stands. `newest` is the
/// newest month that was due when the backfill was asked for, and still is.
pub(crate) fn by_backfill(
    scene: &Scene<'_>,
    backfill: &Backfill,
    newest: Option<Month>,
    month: Month,
) -> Result<Wish, Row> {
    if let Some(reason) = excluded::reason(scene, month) {
        return Err((RowState::Skipped, reason));
    }
    if newest.is_none_or(|newest| month > newest) {
        return Err(skipped(Skip::NotDue { newest }));
    }
    if let Some(reason) = active::reason(scene, month) {
        return Err((RowState::Running, reason));
    }
    let cause = cause(scene, backfill, scene.facts(month))?;
    if backfill.cancelled() {
        return Err((RowState::Cancelled, Reason::Skipped(Skip::CalledOff)));
    }
    if backfill.ended() {
        return Err(skipped(Skip::Ended));
    }
    let asked = match backfill.rescore() {
        Rescore::Missing => None,
        Rescore::MissingAndFailed | Rescore::Stale | Rescore::All => Some(backfill.created()),
    };
    let wish = wanted::ready(scene, month, cause, asked).map_err(|reason| row(scene, backfill, month, reason))?;
    let wait = suspended::wait(scene, Some(backfill), &wish.cause);
    wait.map_or(Ok(wish), |reason| Err((RowState::Pending, reason)))
}

/// The newest month that was due when a backfill was asked for, and still is after any edit of the cron since.
pub(crate) fn newest(scene: &Scene<'_>, backfill: &Backfill) -> Option<Month> {
    let then = scene.schedule.reach(backfill.created())?;
    scene.reach.map(|now| now.min(then))
}

/// Why a backfill takes a month, by what it is to take.
fn cause(scene: &Scene<'_>, backfill: &Backfill, facts: Option<&MonthFacts>) -> Result<Cause, Row> {
    let Some(facts) = facts else { return Ok(Cause::Missing) };
    let done = done_since(backfill, facts);
    match backfill.rescore() {
        Rescore::All => match done {
            Some(attempt) => Err((RowState::Done, Reason::Done { attempt: attempt.number })),
            None => Ok(Cause::Asked),
        },
        Rescore::Missing | Rescore::MissingAndFailed => {
            if has_output(scene, facts) {
                Err(committed(done))
            } else {
                Ok(committed::missing(facts))
            }
        }
        Rescore::Stale => match &facts.output {
            _ if committed::since_survey(scene, facts) => Err(committed(done)),
            Output::Stale(changes) => Ok(Cause::Stale(changes.clone())),
            Output::Current | Output::Withheld { .. } => Err(committed(done)),
            Output::None | Output::Damaged { .. } => Err(skipped(Skip::NoOutput)),
        },
    }
}

fn has_output(scene: &Scene<'_>, facts: &MonthFacts) -> bool {
    committed::since_survey(scene, facts)
        || matches!(facts.output, Output::Current | Output::Stale(_) | Output::Withheld { .. })
}

/// The attempt that was started since a backfill was asked for, and succeeded.
fn done_since<'a>(backfill: &Backfill, facts: &'a MonthFacts) -> Option<&'a Attempt> {
    let since = |attempt: &&Attempt| attempt.started >= backfill.created() && attempt.succeeded().is_some();
    facts.attempts.iter().filter(since).max_by_key(|attempt| attempt.number)
}

fn committed(done: Option<&Attempt>) -> Row {
    match done {
        Some(attempt) => (RowState::Done, Reason::Done { attempt: attempt.number }),
        None => skipped(Skip::AlreadyCommitted),
    }
}

/// How a row stands whose month cannot be started.
fn row(scene: &Scene<'_>, backfill: &Backfill, month: Month, reason: Reason) -> Row {
    let last = scene.facts(month).and_then(MonthFacts::last);
    let before = last.is_some_and(|last| last.started < backfill.created());
    match reason {
        Reason::NeedsChange(failure) | Reason::GaveUp(failure) if before => skipped(Skip::FailedBefore(failure)),
        Reason::NeedsChange(_) | Reason::GaveUp(_) => (RowState::Failed, reason),
        Reason::Waiting(_) => (RowState::Waiting, reason),
        _ => (RowState::Pending, reason),
    }
}

fn skipped(skip: Skip) -> Row {
    (RowState::Skipped, Reason::Skipped(skip))
}
