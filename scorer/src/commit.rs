//! Committing a month: the output first, then its manifest.
//!
//! # The order, and why
//! 1. The output is written; nothing can be seen at its address before it is complete.
//! 2. The place is looked at again: it must be as this run found it.
//! 3. Where a manifest of other bytes stands, it is marked `Replacing`.
//! 4. The output appears.
//! 5. The place is looked at once more: the output must be the one that was written, the manifest the marked one.
//! 6. The manifest says `Committed`.
//!
//! A run that dies in between leaves no manifest, or one that says `Replacing`: a reader who goes by the manifest never
//! uses an output that is missing, short or another's. Every write carries the condition that things are as this run
//! found them, which closes the gap between looking and writing. On a store that ignores conditions the gap is as long as
//! a call; writers of the same fingerprint write the same bytes in it, and `{fingerprint}` in the output's address keeps
//! those of different ones apart.

use bytes::Bytes;
use scoring_contract::Manifest;
use scoring_contract::manifest::{FOLDER, Input, Model, State};

use crate::store::{Condition, Object, Store, StoreError, Upload};
use crate::uri::Uri;

/// The largest manifest that is read: one of 256 columns has some 40 kB.
pub(crate) const MANIFEST: u64 = 1024 * 1024;

/// The address of an output and of its manifest, and the store of both.
pub struct Place<'a> {
    store: &'a Store,
    output: Uri,
    manifest: Uri,
}

/// What stood at a place when a run looked.
#[derive(Debug)]
pub struct Found {
    output: Option<Object>,
    manifest: Option<(Object, Option<Manifest>)>,
}

/// Why a month could not be committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The place could not be looked at.
    #[error("the output's place cannot be looked at")]
    Look(#[source] StoreError),
    /// The output could not be written.
    #[error("the output cannot be written")]
    Write(#[source] StoreError),
}

impl<'a> Place<'a> {
    /// The place of an output.
    pub fn new(store: &'a Store, output: Uri) -> Self {
        let (folder, name) = output.split();
        let manifest = folder.join(FOLDER).join(&format!("{name}.json"));
        Self { store, output, manifest }
    }

    /// The output's address.
    pub fn output(&self) -> &Uri {
        &self.output
    }

    /// The store of both.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// Looks at the place.
    pub async fn look(&self) -> Result<Found, CommitError> {
        let output = async { self.store.stat(&self.output).await.map_err(CommitError::Look) };
        let manifest = async { self.store.read(&self.manifest, MANIFEST).await.map_err(CommitError::Look) };
        let (output, manifest) = futures::try_join!(output, manifest)?;
        // A manifest that cannot be read commits nothing; it is replaced as one of other bytes is.
        let manifest = manifest.map(|(object, bytes)| (object, Manifest::parse(&bytes).ok()));
        Ok(Found { output, manifest })
    }

    /// Begins the output. What it replaces must still be what was found.
    pub async fn begin(&self, found: &Found) -> Result<Upload, CommitError> {
        let condition = Condition::as_found(found.output.as_ref());
        self.store.upload(&self.output, condition).await.map_err(CommitError::Write)
    }

    /// Makes the output appear, after marking the manifest that stands there. Returns the output, and what the manifest is
    /// then.
    pub async fn appear(
        &self,
        upload: Upload,
        found: &Found,
        mark: &Manifest,
    ) -> Result<(Object, Option<Object>), CommitError> {
        let marked = match self.mark(found, mark).await {
            Ok(marked) => marked,
            Err(error) => {
                upload.abort().await;
                return Err(error);
            }
        };
        let written = upload.finish().await.map_err(CommitError::Write)?;
        Ok((written, marked))
    }

    /// Marks the manifest that stands there, unless it is marked for the same bytes already.
    async fn mark(&self, found: &Found, mark: &Manifest) -> Result<Option<Object>, CommitError> {
        let now = self.look().await?;
        if now.output != found.output || now.manifest_object() != found.manifest_object() {
            return Err(self.beaten());
        }
        match &now.manifest {
            Some((object, Some(manifest))) if manifest.is_mark_of(&mark.fingerprint) => Ok(Some(object.clone())),
            Some((object, _)) => self.put(mark, Some(object)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Commits the output that has appeared, over the manifest as it was marked.
    pub async fn commit(
        &self,
        manifest: &Manifest,
        written: &Object,
        marked: Option<&Object>,
    ) -> Result<(), CommitError> {
        let now = self.look().await?;
        if now.output.as_ref() != Some(written) || now.manifest_object() != marked {
            return Err(self.beaten());
        }
        self.put(manifest, marked).await.map(drop)
    }

    fn beaten(&self) -> CommitError {
        CommitError::Write(StoreError::Conflict { uri: self.output.to_string() })
    }

    async fn put(&self, manifest: &Manifest, over: Option<&Object>) -> Result<Object, CommitError> {
        let condition = Condition::as_found(over);
        let json = serde_json::to_vec_pretty(manifest).unwrap_or_default();
        self.store.put_guarded(&self.manifest, Bytes::from(json), condition).await.map_err(CommitError::Write)
    }
}

impl Found {
    fn manifest_object(&self) -> Option<&Object> {
        self.manifest.as_ref().map(|(object, _)| object)
    }

    /// The manifest, if it commits the output that is there.
    pub fn committed(&self) -> Option<&Manifest> {
        let manifest = self.manifest.as_ref()?.1.as_ref()?;
        let (output, promised) = (self.output.as_ref()?, manifest.output.as_ref()?);
        let fits = output.etag == promised.etag && output.size == promised.size;
        (manifest.state == State::Committed && fits).then_some(manifest)
    }

    /// The manifest that stands there, whatever it says.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()?.1.as_ref()
    }
}

/// The mark of a manifest whose output is being replaced.
pub fn replacing(committed: &Manifest) -> Manifest {
    let input = Input { rows: None, ..committed.input.clone() };
    let model: Model = committed.model.clone();
    Manifest { state: State::Replacing, output: None, figures: None, timings: None, input, model, ..committed.clone() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use scoring_contract::manifest::{Output, Scorer, VERSION};

    use super::*;
    use crate::task::Storage;

    fn manifest(fingerprint: &str) -> Manifest {
        Manifest {
            version: VERSION,
            state: State::Committed,
            month: "2021-02".into(),
            fingerprint: fingerprint.into(),
            attempt: 1,
            schedule: None,
            input: Input { uri: "file:///in".into(), etag: "i".into(), size: 1, rows: Some(1) },
            model: Model {
                uri: "file:///model.pkl".into(),
                etag: "m".into(),
                size: 1,
                sha256: "d".into(),
                flavor: "sklearn".into(),
                classes: Vec::new(),
                library_version: None,
                run_id: None,
            },
            output: None,
            figures: None,
            scorer: Scorer { version: "0".into(), output_version: 1 },
            timings: None,
        }
    }

    struct Bench {
        folder: tempfile::TempDir,
        store: Store,
    }

    impl Bench {
        fn new() -> Self {
            let storage = Storage::try_from(&scoring_contract::task::Storage::default()).unwrap();
            Self { folder: tempfile::tempdir().unwrap(), store: Store::new(storage) }
        }

        fn place(&self) -> Place<'_> {
            Place::new(&self.store, Uri::File(self.folder.path().join("out.parquet")))
        }

        fn manifest(&self) -> Manifest {
            Manifest::parse(&fs::read(self.folder.path().join("_manifests/out.parquet.json")).unwrap()).unwrap()
        }

        /// Everything up to the moment when the output has appeared.
        async fn appear(&self, mark: &Manifest, bytes: &'static [u8]) -> (Object, Option<Object>) {
            let place = self.place();
            let found = place.look().await.unwrap();
            let mut upload = place.begin(&found).await.unwrap();
            upload.write(Bytes::from_static(bytes)).await.unwrap();
            place.appear(upload, &found, &replacing(mark)).await.unwrap()
        }

        async fn commit(&self, fingerprint: &str, bytes: &'static [u8]) {
            let mut manifest = manifest(fingerprint);
            let (object, marked) = self.appear(&manifest, bytes).await;
            let (uri, etag) = (self.place().output().to_string(), object.etag.clone());
            manifest.output = Some(Output { uri, etag, size: object.size, rows: 1, schema: "s".into() });
            self.place().commit(&manifest, &object, marked.as_ref()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_committed_output_is_found_committed() {
        let bench = Bench::new();
        assert!(bench.place().look().await.unwrap().committed().is_none());
        bench.commit("one", b"1").await;
        assert_eq!(bench.place().look().await.unwrap().committed().unwrap().fingerprint, "one");
    }

    #[tokio::test]
    async fn an_output_that_has_appeared_over_another_stands_beside_a_mark() {
        let bench = Bench::new();
        bench.commit("one", b"1").await;
        bench.appear(&manifest("two"), b"22").await;
        assert_eq!((bench.manifest().state, bench.manifest().fingerprint.as_str()), (State::Replacing, "two"));
        assert!(bench.place().look().await.unwrap().committed().is_none());
        bench.commit("two", b"22").await;
        assert_eq!(bench.place().look().await.unwrap().committed().unwrap().fingerprint, "two");
    }

    #[tokio::test]
    async fn an_output_that_is_missing_or_changed_is_not_committed() {
        let bench = Bench::new();
        bench.commit("one", b"1").await;
        let output = bench.folder.path().join("out.parquet");
        fs::write(&output, b"other").unwrap();
        assert!(bench.place().look().await.unwrap().committed().is_none());
        fs::remove_file(&output).unwrap();
        assert!(bench.place().look().await.unwrap().committed().is_none());
    }

    #[tokio::test]
    async fn a_late_run_of_another_fingerprint_does_not_touch_what_is_committed() {
        let bench = Bench::new();
        let place = bench.place();
        let found = place.look().await.unwrap();
        let mut late = place.begin(&found).await.unwrap();
        late.write(Bytes::from_static(b"late")).await.unwrap();
        bench.commit("new", b"1").await;
        let refused = place.appear(late, &found, &replacing(&manifest("old"))).await;
        assert!(matches!(refused, Err(CommitError::Write(StoreError::Conflict { .. }))));
        assert_eq!(place.look().await.unwrap().committed().unwrap().fingerprint, "new");
    }

    #[tokio::test]
    async fn a_manifest_that_cannot_be_read_commits_nothing_and_is_replaced() {
        let bench = Bench::new();
        bench.commit("one", b"1").await;
        fs::write(bench.folder.path().join("_manifests/out.parquet.json"), b"{").unwrap();
        assert!(bench.place().look().await.unwrap().committed().is_none());
        bench.commit("one", b"1").await;
        assert!(bench.place().look().await.unwrap().committed().is_some());
    }
}
