//! What the Jobs of a spec are made from, or what a Job in a cluster cannot do: see the files of one machine, or hold the
//! keys of two Secrets.

use scoring_contract::bounds;
use scoring_contract::survey::SurveyDocument;
use scoring_crds::fault::{Fault, Faults};
use scoring_crds::task::Storage;
use scoring_crds::{ScoringScheduleSpec, document};
use serde_json::Value;

use crate::render::json;
use crate::world::Template;

/// The most bytes of a task: what a variable holds, less the months of the largest survey, which take ten bytes each with
/// quotes and comma, and less attempt and month.
const MOST: usize = bounds::TASK - 10 * bounds::MONTHS - 1024;

impl Template {
    /// The template of a spec, for the schedule of this name.
    pub(super) fn of(spec: &ScoringScheduleSpec, name: &str) -> Result<Self, Faults> {
        let mut faults = local_paths(spec);
        let secret = secret(spec, &mut faults);
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let mut part = document::task_part(spec);
        part.insert("months".to_owned(), Value::Array(Vec::new()));
        part.insert("schedule".to_owned(), Value::String(name.to_owned()));
        match serde_json::from_value::<SurveyDocument>(Value::Object(part)) {
            Ok(task) if json(&task).len() > MOST => Err(too_long(json(&task).len())),
            Ok(task) => Ok(Self { task, secret, job: spec.job.clone().unwrap_or_default() }),
            Err(error) => Err(Faults(vec![Fault { path: "spec".to_owned(), problem: format!("is no task: {error}") }])),
        }
    }
}

fn too_long(bytes: usize) -> Faults {
    let problem = format!(
        "dataset, model, features, output and storage have {bytes} bytes as a task, in which a `$` takes six: at most \
         {MOST} fit; shorten expressions, or take out columns"
    );
    Faults(vec![Fault { path: "spec".to_owned(), problem }])
}

/// Addresses that only one machine knows.
fn local_paths(spec: &ScoringScheduleSpec) -> Vec<Fault> {
    let addresses = [
        ("spec.dataset.uri", Some(&spec.dataset.uri)),
        ("spec.model.experimentUri", spec.model.experiment_uri.as_ref()),
        ("spec.model.uri", spec.model.uri.as_ref()),
        ("spec.output.uri", Some(&spec.output.uri)),
    ];
    let local = |uri: &String| uri.starts_with("file:") || !uri.contains("://");
    let problem = "is a path of one machine, which a pod does not see: write s3://bucket/key";
    addresses
        .into_iter()
        .filter(|(_, uri)| uri.is_some_and(local))
        .map(|(path, _)| Fault { path: path.to_owned(), problem: problem.to_owned() })
        .collect()
}

/// The one Secret of all stores. A Job has its keys in its environment, where every store that is not anonymous finds
/// them; a second Secret would have to replace the first.
fn secret(spec: &ScoringScheduleSpec, faults: &mut Vec<Fault>) -> Option<String> {
    let mut found: Option<(String, &String)> = None;
    for (path, storage) in storages(spec) {
        if storage.profile.is_some() {
            let problem = "names a profile of a credentials file, which a pod does not have: name a Secret in \
                           `credentialsSecret`, or leave it out where the service account has an identity of its own";
            add(faults, format!("{path}.profile"), problem.to_owned());
        }
        let Some(name) = &storage.credentials_secret else { continue };
        match &found {
            None => found = Some((path, name)),
            Some((_, first)) if *first == name => {}
            Some((other, first)) => add(
                faults,
                format!("{path}.credentialsSecret"),
                format!(
                    "is not `{first}`, as {other}.credentialsSecret: a Job holds the keys of one Secret; give one pair of \
                     keys all the permissions, or ask with `anonymous: true` what needs none"
                ),
            ),
        }
    }
    found.map(|(_, name)| name.clone())
}

fn add(faults: &mut Vec<Fault>, path: String, problem: String) {
    let fault = Fault { path, problem };
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// The stores that are asked: each part's own, or the common one.
fn storages(spec: &ScoringScheduleSpec) -> impl Iterator<Item = (String, &Storage)> {
    let parts = [
        ("dataset", spec.dataset.storage.as_ref()),
        ("model", spec.model.storage.as_ref()),
        ("output", spec.output.storage.as_ref()),
    ];
    parts.into_iter().filter_map(|(part, own)| match (own, &spec.storage) {
        (Some(own), _) => Some((format!("spec.{part}.storage"), own)),
        (None, Some(common)) => Some(("spec.storage".to_owned(), common)),
        (None, None) => None,
    })
}
