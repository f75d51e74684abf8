//! Standing: a month's one word. The output comes first: as long as it is good, no failed, cancelled or running attempt
//! changes the word; only the reason tells of it.

use crate::history::{MonthFacts, Output};
use crate::month::Month;
use crate::plan::Standing;
use crate::reason::{Reason, Wait};
use crate::rules::{committed, stale};
use crate::scene::Scene;

/// How a month stands, given why.
pub(crate) fn of(scene: &Scene<'_>, month: Month, reason: &Reason) -> Standing {
    if matches!(reason, Reason::Excluded { .. }) {
        return Standing::Excluded;
    }
    let output = scene.facts(month).and_then(|facts| by_output(scene, facts));
    if output == Some(Standing::Current) {
        return Standing::Current;
    }
    match reason {
        Reason::Running { .. } => Standing::Running,
        Reason::Starting { .. } => Standing::Starting,
        _ => output.unwrap_or_else(|| without_output(reason)),
    }
}

/// Whether the month has an output, and of which kind.
pub(crate) fn by_output(scene: &Scene<'_>, facts: &MonthFacts) -> Option<Standing> {
    if committed::since_survey(scene, facts) {
        return Some(Standing::Current);
    }
    match &facts.output {
        Output::Current => Some(Standing::Current),
        Output::Withheld { .. } => Some(Standing::Withheld),
        Output::Stale(changes) => match stale::cause(scene.schedule, changes) {
            Err(Reason::Kept(_)) => Some(Standing::Current),
            Ok(_) | Err(_) => Some(Standing::Stale),
        },
        Output::None | Output::Damaged { .. } => None,
    }
}

fn without_output(reason: &Reason) -> Standing {
    match reason {
        Reason::Waiting(Wait::NotPublished { .. }) => Standing::Waiting,
        Reason::Waiting(Wait::Denied { .. }) => Standing::Denied,
        Reason::Waiting(Wait::NotLooked { .. } | Wait::SurveyFailed { .. }) => Standing::Unknown,
        Reason::NeedsChange(_) | Reason::GaveUp(_) => Standing::Failed,
        _ => Standing::Missing,
    }
}
