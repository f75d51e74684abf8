//! Surveying a schedule's months: what is published, what is committed, and whether what is committed was made from what
//! is there now. One listing of a folder where the store gives one, a question per month where it does not; manifests are
//! read, data files are not.

mod inputs;
mod judge;
mod outputs;

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use scoring_contract::Manifest;
use scoring_contract::survey::{Survey, SurveyedMonth};

use crate::commit;
use crate::locate::{LocateError, Located, locate};
use crate::store::{Store, StoreError};
use crate::stores::Stores;
use crate::task::Task;
use crate::template::TemplateError;
use crate::uri::UriError;
use judge::Now;
use outputs::Outputs;

/// Questions to a store at once.
const IN_FLIGHT: usize = 12;

/// Why a survey has no answer. A month that is not there, or may not be looked at, is an answer.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The model.
    #[error("the model cannot be had")]
    Locate(#[source] LocateError),
    /// The folder of the outputs.
    #[error("the outputs cannot be looked at")]
    Outputs(#[source] StoreError),
    /// The store of the months.
    #[error("the months cannot be looked for")]
    Dataset(#[source] StoreError),
    /// The output's address.
    #[error("output.uri")]
    Template(#[source] TemplateError),
    /// The output's address, filled in.
    #[error("output.uri")]
    Address(#[source] UriError),
}

/// Manifests by their address; none for one that cannot be read.
type Manifests = BTreeMap<String, Option<Manifest>>;

/// Surveys the months of these tasks, which differ in their month only.
pub async fn survey(tasks: &[Task]) -> Result<Survey, SurveyError> {
    let Some(first) = tasks.first() else { return Ok(Survey::default()) };
    let stores = Stores::of(first);
    let located = locate(&stores.model, &first.model).await.map_err(SurveyError::Locate)?;
    let run_id = first.run_id.clone().or_else(|| located.mlmodel.run_id.clone());
    let inputs = inputs::look(&stores.dataset, tasks).await.map_err(SurveyError::Dataset)?;
    let outputs = Outputs::look(&stores.output, tasks, run_id.as_deref()).await?;
    let manifests = read_manifests(&stores.output, &outputs).await?;
    let sha256 = digest(located, &manifests).await?;

    let mut months = BTreeMap::new();
    for ((task, input), candidates) in tasks.iter().zip(inputs).zip(&outputs.months) {
        let now = Now { task, input: &input, sha256: &sha256, run_id: run_id.as_deref() };
        let output = judge::judge(&now, candidates, &manifests);
        months.insert(task.month.to_string(), SurveyedMonth { input, output });
    }
    Ok(Survey { months, model_sha256: Some(sha256) })
}

async fn read_manifests(store: &Store, outputs: &Outputs) -> Result<Manifests, SurveyError> {
    stream::iter(outputs.months.iter().flatten())
        .map(|candidate| async move {
            let read = store.read(&candidate.manifest, commit::MANIFEST).await.map_err(SurveyError::Outputs)?;
            let manifest = read.map(|(_, bytes)| Manifest::parse(&bytes).ok());
            Ok(manifest.map(|manifest| (candidate.manifest.to_string(), manifest)))
        })
        .buffer_unordered(IN_FLIGHT)
        .try_filter_map(|found| async { Ok(found) })
        .try_collect()
        .await
}

/// The model's digest: from a manifest that names the same file with the same tag and size, else from the file.
async fn digest(located: Located, manifests: &Manifests) -> Result<String, SurveyError> {
    let known = manifests.values().flatten().find_map(|manifest| located.known_digest(&manifest.model));
    match known {
        Some(sha256) => Ok(sha256),
        None => Ok(located.read().await.map_err(SurveyError::Locate)?.sha256),
    }
}

#[cfg(test)]
mod tests {
    use super::Task;
    use crate::task::read_document;
    use scoring_contract::TaskDocument;

    /// Tasks of this many months from 2021-01 on, with this output in a bucket.
    pub(super) fn tasks(months: usize, output: &str) -> Vec<Task> {
        let task = |month| {
            let text = format!(
                "{{month: 2021-{month:02}, dataset: {{uri: 's3://bucket/in/{{month}}.parquet'}}, \
                 model: {{uri: 's3://bucket/model'}}, output: {{uri: 's3://bucket/{output}', columns: [{{name: prediction}}]}}}}"
            );
            let document: TaskDocument = read_document(&text).unwrap();
            Task::try_from(document).unwrap()
        };
        (1..=months).map(task).collect()
    }
}
