//! Wanted: whether the schedule itself wants a due month started now, and otherwise why not. The order of the rules is the
//! order in which a reason is worth telling.

use crate::month::Month;
use crate::reason::{Cause, Reason};
use crate::rules::{active, committed, denied, excluded, known, manual, retry, suspended, waiting};
use crate::scene::Scene;

/// A month that may be started as soon as a slot is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Why.
    pub(crate) cause: Cause,
    /// Which try it would be.
    pub(crate) tries: u16,
}

/// What the schedule wants for a due month or, where it is not to be started, how the month is settled.
pub(crate) fn by_schedule(scene: &Scene<'_>, month: Month) -> Result<Wish, Reason> {
    let facts = scene.facts(month);
    let settled = excluded::reason(scene, month).or_else(|| active::reason(scene, month));
    if let Some(reason) = settled {
        return Err(reason);
    }
    let cause = committed::cause(scene, facts)?;
    let wish = ready(scene, month, cause, None)?;
    let wait = manual::wait(scene, month, &wish.cause).or_else(|| suspended::wait(scene, None, &wish.cause));
    wait.map_or(Ok(wish), Err)
}

/// Whether what is known of a month lets it be started, for whomever; `asked` as in [`retry::next`].
pub(crate) fn ready(
    scene: &Scene<'_>,
    month: Month,
    cause: Cause,
    asked: Option<jiff::Timestamp>,
) -> Result<Wish, Reason> {
    let facts = scene.facts(month);
    if let Some(reason) = known::wait(scene, facts) {
        return Err(reason);
    }
    let Some(facts) = facts else { return Err(known::not_known(scene)) };
    if let Some(reason) = waiting::wait(scene, month, facts).or_else(|| denied::wait(scene, facts)) {
        return Err(reason);
    }
    retry::next(scene, facts, cause, asked)
}
