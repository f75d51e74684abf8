//! Which manifests may be of a month: the one beside its output, or, where `{fingerprint}` is in the output's name, every
//! one whose name fits.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use scoring_contract::manifest::FOLDER;

use super::{IN_FLIGHT, SurveyError};
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
        let mut names = Vec::with_capacity(tasks.len());
        for task in tasks {
            let values = Values { month: task.month, run_id, fingerprint: Some(ANY) };
            let filled = values.fill(&task.output).map_err(SurveyError::Template)?;
            let (uri, name) = Uri::parse(&filled).map_err(SurveyError::Address)?.split();
            let key = uri.to_string();
            if !folders.contains_key(&key) {
                let folder = Folder::list(store, &uri, &name).await.map_err(SurveyError::Outputs)?;
                folders.insert(key.clone(), folder);
            }
            names.push((key, uri, name));
        }
        let folders = &folders;
        let months = stream::iter(names).map(|(key, uri, name)| async move {
            match folders.get(&key) {
                Some(Some(folder)) => folder.candidates(store, &uri, &name).await,
                _ => ask(store, &uri, &name).await,
            }
        });
        let months = months.buffered(IN_FLIGHT).try_collect().await.map_err(SurveyError::Outputs)?;
        Ok(Self { months })
    }
}

impl Folder {
    /// Both listings; none where the store does not give them to this caller, and the names can be asked for one by one.
    async fn list(store: &Store, folder: &Uri, name: &str) -> Result<Option<Self>, StoreError> {
        let manifests = folder.join(FOLDER);
        match futures::try_join!(store.list(folder), store.list(&manifests)) {
            Ok((outputs, manifests)) => Ok(Some(Self { outputs, manifests })),
            Err(StoreError::Denied { .. } | StoreError::TooMany { .. }) if !name.contains(ANY) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn candidates(&self, store: &Store, folder: &Uri, name: &str) -> Result<Vec<Candidate>, StoreError> {
        let mut candidates = Vec::new();
        for (manifest, listed) in &self.manifests.files {
            let Some(output) = manifest.strip_suffix(".json").filter(|output| is_of(output, name)) else { continue };
            candidates.push(Candidate {
                manifest: folder.join(FOLDER).join(manifest),
                written: listed.written,
                output: self.output(store, folder, output).await?,
            });
        }
        Ok(candidates)
    }

    /// The output as it was listed; asked for, where the listing has no tags.
    async fn output(&self, store: &Store, folder: &Uri, name: &str) -> Result<Option<Object>, StoreError> {
        match self.outputs.files.get(name).map(Listed::object) {
            None => Ok(None),
            Some(Some(object)) => Ok(Some(object)),
            Some(None) => store.stat(&folder.join(name)).await,
        }
    }
}

/// Whether an output's name is this one, with any fingerprint in the place of [`ANY`].
fn is_of(output: &str, name: &str) -> bool {
    let Some((before, after)) = name.split_once(ANY) else { return output == name };
    let fingerprint = output.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    fingerprint.is_some_and(|text| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The candidate of one name, by questions.
async fn ask(store: &Store, folder: &Uri, name: &str) -> Result<Vec<Candidate>, StoreError> {
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
    use crate::store::canned::{Asked, Canned, error};
    use crate::survey::tests::tasks;

    fn listing(entry: &str) -> (u16, &'static str, String) {
        (200, "", format!("<ListBucketResult>{entry}</ListBucketResult>"))
    }

    /// A store that lists outputs without their tags, and refuses manifests to be listed where it is told to.
    fn answer(asked: &Asked, manifests: bool) -> (u16, &'static str, String) {
        match (asked.has("list-type"), asked.has("_manifests")) {
            (true, true) if !manifests => (403, "", error("AccessDenied")),
            (true, true) => {
                listing("<Contents><Key>out/_manifests/2021-01.parquet.json</Key><Size>9</Size></Contents>")
            }
            (true, false) => listing("<Contents><Key>out/2021-01.parquet</Key><Size>4</Size></Contents>"),
            (false, _) => (200, "ETag: \"e\"\r\nContent-Length: 4\r\n", String::new()),
        }
    }

    #[tokio::test]
    async fn an_output_that_is_listed_without_its_tag_is_asked_for_it() {
        let canned = Canned::start(|asked| answer(asked, true)).await;
        let found = Outputs::look(&canned.store(), &tasks(2, "out/{month}.parquet"), None).await.unwrap();
        assert_eq!(found.months[0][0].output, Some(Object { etag: "e".to_owned(), size: 4 }));
        assert!(found.months[1].is_empty());
    }

    #[tokio::test]
    async fn outputs_of_any_fingerprint_are_not_taken_for_none_where_manifests_may_not_be_listed() {
        let canned = Canned::start(|asked| answer(asked, false)).await;
        let refused = Outputs::look(&canned.store(), &tasks(2, "out/{month}-{fingerprint}.parquet"), None).await;
        assert!(matches!(refused, Err(SurveyError::Outputs(StoreError::Denied { .. }))));
        let asked = Outputs::look(&canned.store(), &tasks(2, "out/{month}.parquet"), None).await.unwrap();
        assert_eq!(asked.months[0].len(), 1);
    }

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
