//! `sklearn.pipeline.Pipeline`: its steps, and the model that they make together.

use super::{Regressor, Vectorizer, regressor, vectorizer};
use crate::arena::{Arena, NodeId};
use crate::build::BuildError;
use crate::object::Object;

/// Most steps of a pipeline that are looked at.
const MOST_STEPS: usize = 100;

/// A pipeline's steps in order, each by its name.
pub(crate) struct Steps<'v> {
    pub(crate) pipeline: Object<'v>,
    pub(crate) steps: Vec<(&'v str, Object<'v>)>,
}

/// The steps of the pipeline that a model file holds.
pub(crate) fn steps<'v>(arena: &'v Arena<'v>, root: NodeId) -> Result<Steps<'v>, BuildError> {
    let pipeline = Object::read(arena, root).filter(|o| o.module() == "sklearn.pipeline" && o.class() == "Pipeline");
    let pipeline = pipeline.ok_or_else(|| BuildError::NotAPipeline { found: arena.kind(root) })?;
    let step = |id: &NodeId| {
        let [name, estimator] = *arena.items(*id)? else { return None };
        Some((arena.as_text(name)?, Object::read(arena, estimator)?))
    };
    let items = pipeline.items("steps")?;
    let steps = items.iter().take(MOST_STEPS).map(step).collect::<Option<_>>();
    let steps = steps.ok_or_else(|| pipeline.wrong("steps", "a list of named estimators"))?;
    Ok(Steps { pipeline, steps })
}

/// The vectorizer and the regressor of the pipeline.
pub(crate) fn build(steps: &Steps<'_>) -> Result<(Vectorizer, Box<dyn Regressor>), BuildError> {
    steps.pipeline.check_version()?;
    let unsupported = || {
        let classes: Vec<_> = steps.steps.iter().map(|(_, step)| step.class()).collect();
        BuildError::Steps { found: classes.join(", ") }
    };
    let [(_, first), (_, last)] = &steps.steps[..] else { return Err(unsupported()) };
    if !vectorizer::is(first) {
        return Err(unsupported());
    }
    let vectorizer = Vectorizer::build(first)?;
    let regressor = regressor(last, &vectorizer)?;
    Ok((vectorizer, regressor))
}
