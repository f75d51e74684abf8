//! Denied: where the store does not say whether a month is published, the month is neither waiting nor failed. The reason
//! names the permission that would tell the two apart.

use crate::history::{Input, MonthFacts};
use crate::reason::{Reason, Wait};
use crate::scene::Scene;

/// That the store keeps silent about a month, where it does.
pub(crate) fn wait(scene: &Scene<'_>, facts: &MonthFacts) -> Option<Reason> {
    let Input::Denied { permission, since } = &facts.input else { return None };
    let again = scene.look.next_unless_now();
    Some(Reason::Waiting(Wait::Denied { permission: permission.clone(), since: *since, again }))
}
