//! Which manifests may be of a month: the one beside its output, or, where `{fingerprint}` is in the output's name, every
//! one whose name fits.

use std::collections::BTreeMap;

use scoring_contract::manifest::FOLDER;

use super::SurveyError;
use crate::store::{Listed, Listing, Object, Store, StoreError};
use crate::task::Task;
use crate::template::Values;
use crate::uri::Uri;

/// Stands for the fingerprint in a name while it is looked for. A task's own text cannot hold it.
const ANY: &str = "%fingerprint%";

/// The candidates of each task's month.
pub(super) struct Outputs {
    pub(super) months: Vec<Vec<Candidate>>,
}

/// A manifest that may be of a month, and the output that it would be of.
pub(super) struct Candidate {
    pub(super) manifest: Uri,
    /// When the manifest was written, in seconds since 1970.
    pub(super) written: i64,
    pub(super) output: Option<Object>,
}

/// A folder of outputs, and the one of its manifests.
struct Folder {
    outputs: Listing,
    manifests: Listing,
}

impl Outputs {
    pub(super) async fn look(store: &Store, tasks: &[Task], run_id: Option<&str>) -> Result<Self, SurveyError> {
        let mut folders: BTreeMap<String, Option<Folder>> = BTreeMap::new();
        let mut months = Vec::with_capacity(tasks.len());
        for task in tasks {
            let values = Values { month: task.month, run_id, fingerprint: Some(ANY) };
            let filled = values.fill(&task.output).map_err(SurveyError::Template)?;
            let (uri, name) = Uri::parse(&filled).map_err(SurveyError::Address)?.split();
            let key = uri.to_string();
            if !folders.contains_key(&key) {
                let folder = Folder::list(store, &uri).await.map_err(SurveyError::Outputs)?;
                folders.insert(key.clone(), folder);
            }
            let candidates = match folders.get(&key) {
                Some(Some(folder)) => folder.candidates(&uri, &name),
                _ => ask(store, &uri, &name).await.map_err(SurveyError::Outputs)?,
            };
            months.push(candidates);
        }
        Ok(Self { months })
    }
}

impl Folder {
    /// Both listings; none where the store does not give them to this caller.
    async fn list(store: &Store, folder: &Uri) -> Result<Option<Self>, StoreError> {
        let manifests = folder.join(FOLDER);
        match futures::try_join!(store.list(folder), store.list(&manifests)) {
            Ok((outputs, manifests)) => Ok(Some(Self { outputs, manifests })),
            Err(StoreError::Denied { .. } | StoreError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn candidates(&self, folder: &Uri, name: &str) -> Vec<Candidate> {
        let candidate = |output: &str, manifest: &str, listed: &Listed| Candidate {
            manifest: folder.join(FOLDER).join(manifest),
            written: listed.written,
            output: self.outputs.files.get(output).map(|listed| listed.object.clone()),
        };
        let fits = |(manifest, listed): (&String, &Listed)| {
            let output = manifest.strip_suffix(".json").filter(|output| is_of(output, name))?;
            Some(candidate(output, manifest, listed))
        };
        self.manifests.files.iter().filter_map(fits).collect()
    }
}

/// Whether an output's name is this one, with any fingerprint in the place of [`ANY`].
fn is_of(output: &str, name: &str) -> bool {
    let Some((before, after)) = name.split_once(ANY) else { return output == name };
    let fingerprint = output.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    fingerprint.is_some_and(|text| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The candidate of one name by questions; a name with any fingerprint in it can only be listed.
async fn ask(store: &Store, folder: &Uri, name: &str) -> Result<Vec<Candidate>, StoreError> {
    if name.contains(ANY) {
        store.list(folder).await?;
        return Ok(Vec::new());
    }
    let manifest = folder.join(FOLDER).join(&format!("{name}.json"));
    if store.stat(&manifest).await?.is_none() {
        return Ok(Vec::new());
    }
    let output = store.stat(&folder.join(name)).await?;
    Ok(vec![Candidate { manifest, written: 0, output }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_any_fingerprint_fits_only_names_with_one() {
        let name = "green-2021-02-%fingerprint%.parquet";
        assert!(is_of("green-2021-02-0a1b2c3d.parquet", name));
        for other in ["green-2021-02-.parquet", "green-2021-02-x-0a1b2c3d.parquet", "green-2021-03-0a1b2c3d.parquet"] {
            assert!(!is_of(other, name), "{other}");
        }
        assert!(is_of("a.parquet", "a.parquet") && !is_of("b.parquet", "a.parquet"));
    }
}
