//! What the months of a plan amount to: which run, which wait for what, and whether the survey is in the way.

use scoring_plan::history::SurveyFailure;
use scoring_plan::{MonthRange, MonthState, Plan, Reason, Remedy};

use super::Planned;
use crate::obstacle::{Obstacle, Passing};

/// What is in the way of a whole world.
pub(super) enum Hindrance<'a> {
    /// An obstacle of the cluster.
    Obstacle(&'a Obstacle),
    /// The store cannot be looked at.
    Survey(&'a SurveyFailure),
}

impl Hindrance<'_> {
    /// A stable word for it, in CamelCase.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Obstacle(obstacle) => obstacle.reason(),
            Self::Survey(_) => "SurveyFailed",
        }
    }

    /// What it is, and what to do.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Obstacle(obstacle) => obstacle.to_string(),
            Self::Survey(failure) => {
                format!("the stores cannot be looked at ({}): {}", failure.class, failure.detail)
            }
        }
    }
}

/// The first hindrance of a world that goes away in this way.
pub(super) fn hindrance(planned: Planned<'_>, passing: Passing) -> Option<Hindrance<'_>> {
    let obstacle = planned.seen.obstacles.iter().find(|obstacle| obstacle.passing() == passing);
    let survey = survey_failure(planned).filter(|failure| match passing {
        Passing::ByAChange => failure.class.remedy() == Remedy::Change,
        Passing::ByItself => failure.class.remedy() != Remedy::Change,
    });
    obstacle.map(Hindrance::Obstacle).or(survey.map(Hindrance::Survey))
}

/// How the last look at the store failed, where none has come to its end since.
fn survey_failure(planned: Planned<'_>) -> Option<&SurveyFailure> {
    let surveys = &planned.seen.history.surveys;
    let failed = surveys.failed.as_ref().filter(|failed| failed.task == planned.world.schedule.task())?;
    surveys.last.as_ref().is_none_or(|last| failed.at > last.at).then_some(failed)
}

/// Whether the store must be looked at before anything can be said.
pub(super) fn is_unknown(planned: Planned<'_>) -> bool {
    let last = planned.seen.history.surveys.last.as_ref();
    let is_known = last.is_some_and(|last| last.task == planned.world.schedule.task());
    !is_known
        && (planned.plan.survey.is_some() || planned.seen.history.surveys.running || survey_failure(planned).is_some())
}

/// The months that stand for a reason, as few ranges.
pub(super) fn with(plan: &Plan, is: impl Fn(&Reason) -> bool) -> Vec<MonthRange> {
    let found = plan.months.iter().filter(|state: &&MonthState| is(&state.reason));
    MonthRange::covering(found.map(|state| state.month))
}
