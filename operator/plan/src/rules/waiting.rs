//! Waiting: a month whose input is not published waits. It never fails, takes no slot and needs no attempt; the store is
//! looked at again and again. After the freshness deadline it is late, and still waits.

use jiff::Timestamp;

use crate::history::{Input, MonthFacts};
use crate::month::Month;
use crate::reason::{Reason, Wait};
use crate::rules::known;
use crate::scene::Scene;

/// That a month waits for its input, where it does.
pub(crate) fn wait(scene: &Scene<'_>, month: Month, facts: &MonthFacts) -> Option<Reason> {
    match &facts.input {
        Input::NotPublished { since } => Some(Reason::Waiting(Wait::NotPublished {
            since: *since,
            again: scene.look.next_unless_now(),
            late: late(scene, month),
        })),
        Input::Unknown => Some(known::not_known(scene)),
        Input::Denied { .. } | Input::Available { .. } => None,
    }
}

/// Since when a month is late, where it is.
fn late(scene: &Scene<'_>, month: Month) -> Option<Timestamp> {
    scene.schedule.deadline(month).filter(|&deadline| deadline <= scene.now)
}
