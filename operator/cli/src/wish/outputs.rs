//! Whether two schedules would write the same outputs: each would then replace the other's for ever.

use std::collections::BTreeMap;

use scoring_contract::survey::SurveyDocument;
use scoring_crds::fault::Fault;
use scoring_plan::{Month, MonthRange};

use super::{Placed, Wish};
use crate::documents::Document;

/// The wishes whose outputs another one writes, too, each with the fault.
pub(super) fn shared<'a>(placed: &[Placed<'a>]) -> Vec<(&'a Document, Fault)> {
    let mut known: BTreeMap<String, Vec<&Wish>> = BTreeMap::new();
    let mut faults = Vec::new();
    for Placed { document, wish, .. } in placed {
        let others = known.entry(address(&wish.task)).or_default();
        let clash = others.iter().find_map(|other| {
            let both = months(wish)?.intersection(months(other)?)?;
            (!same_work(wish, other)).then(|| (other.title(), both.first()))
        });
        if let Some((other, month)) = clash {
            let path = if wish.world_of.is_some() { "spec.model" } else { "spec.output.uri" };
            let problem = format!(
                "`{}` and `{other}` would write the same output, that of {month} among others: give each its own address",
                wish.title()
            );
            faults.push((*document, Fault { path: path.to_owned(), problem }));
        }
        others.push(wish);
    }
    faults
}

/// The months that a wish may write.
fn months(wish: &Wish) -> Option<MonthRange> {
    match (&wish.world_of, wish.backfills.first()) {
        (Some(_), Some(backfill)) => Some(backfill.months()),
        _ => MonthRange::new(wish.schedule.first(), wish.schedule.last().unwrap_or(Month::MAX)).ok(),
    }
}

/// Where a month's output goes, as far as that is known before the model is read: two texts are the same where the
/// addresses of every month are.
fn address(task: &SurveyDocument) -> String {
    let run = match (&task.model.run_id, &task.model.uri) {
        (Some(run), _) => run.clone(),
        (None, uri) => format!("{{the run of {}}}", uri.as_deref().unwrap_or_default()),
    };
    let uri = task.output.uri.replace("{month}", "{year}-{mm}").replace("{runId}", &run);
    let storage = task.output.storage.as_ref().or(task.storage.as_ref());
    let endpoint = storage.and_then(|storage| storage.endpoint.as_deref()).unwrap_or_default();
    // A fingerprint differs wherever the work does.
    let work = if uri.contains("{fingerprint}") { format!("{:?}", work(task)) } else { String::new() };
    format!("{} {uri} {work}", endpoint.trim_end_matches('/'))
}

/// Whether a backfill's world makes the very outputs that the other one makes: then neither harms the other.
fn same_work(one: &Wish, other: &Wish) -> bool {
    let worlds = one.world_of.is_some() || other.world_of.is_some();
    worlds && work(&one.task) == work(&other.task)
}

/// A task without who asks for it.
fn work(task: &SurveyDocument) -> SurveyDocument {
    SurveyDocument { schedule: None, ..task.clone() }
}
