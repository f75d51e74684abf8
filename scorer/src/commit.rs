//! Committing a month: the output first, then its manifest.
//!
//! # The order, and why
//! 1. The output is written; nothing can be seen at its address before it is complete.
//! 2. Where a manifest of other bytes stands, it is marked `Replacing`, at the last moment before the output appears.
//! 3. The output appears, and is looked at once more: its size and tag must be those that were written.
//! 4. The manifest says `Committed`.
//!
//! A run that dies in between leaves no manifest, or one that says `Replacing`: a reader who goes by the manifest never
//! uses an output that is missing, short or another's. Every write carries the condition that things are as this run
//! found them. On a store that ignores conditions the last writer wins; writers of the same fingerprint write the same
//! bytes, and `{fingerprint}` in the output's address keeps those of different ones apart.

use bytes::Bytes;
use scoring_contract::Manifest;
use scoring_contract::manifest::{FOLDER, Input, Model, State};

use crate::store::{Condition, Object, Store, StoreError, Upload};
use crate::uri::Uri;

/// The largest manifest that is read: one of 256 columns has some 40 kB.
const MANIFEST: u64 = 1024 * 1024;

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
    /// What was written is not what is there.
    #[error("`{uri}` does not hold what was written to it: {found}, not {written}")]
    Differs {
        /// The output.
        uri: String,
        /// What is there.
        found: String,
        /// What was written.
        written: String,
    },
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

    /// Makes the output appear, after marking the manifest that stands there. Returns the output, and the condition under
    /// which its manifest may be written.
    pub async fn appear(
        &self,
        upload: Upload,
        found: &Found,
        mark: &Manifest,
    ) -> Result<(Object, Condition), CommitError> {
        let marked = match self.mark(found, mark).await {
            Ok(marked) => marked,
            Err(error) => {
                upload.abort().await;
                return Err(error);
            }
        };
        let written = upload.finish().await.map_err(CommitError::Write)?;
        let seen = self.store.stat(&self.output).await.map_err(CommitError::Write)?;
        if seen.as_ref() == Some(&written) {
            return Ok((written, marked));
        }
        let say = |object: &Object| format!("{} bytes, tag {}", object.size, object.etag);
        let seen = seen.as_ref().map_or("nothing".to_owned(), say);
        Err(CommitError::Differs { uri: self.output.to_string(), found: seen, written: say(&written) })
    }

    /// Marks the manifest that stands there, unless it is marked for the same bytes already.
    async fn mark(&self, found: &Found, mark: &Manifest) -> Result<Condition, CommitError> {
        let Some((object, manifest)) = &found.manifest else { return Ok(Condition::Absent) };
        let marked = manifest
            .as_ref()
            .is_some_and(|manifest| manifest.state == State::Replacing && manifest.fingerprint == mark.fingerprint);
        if marked {
            return Ok(Condition::Matches(object.etag.clone()));
        }
        let marked = self.put(mark, Condition::Matches(object.etag.clone())).await?;
        Ok(Condition::Matches(marked.etag))
    }

    /// Commits the output that has appeared.
    pub async fn commit(&self, manifest: &Manifest, condition: Condition) -> Result<(), CommitError> {
        self.put(manifest, condition).await.map(drop)
    }

    async fn put(&self, manifest: &Manifest, condition: Condition) -> Result<Object, CommitError> {
        let json = serde_json::to_vec_pretty(manifest).unwrap_or_default();
        self.store.put_guarded(&self.manifest, Bytes::from(json), condition).await.map_err(CommitError::Write)
    }
}

impl Found {
    /// The manifest, if it commits the output that is there.
    pub fn committed(&self) -> Option<&Manifest> {
        let manifest = self.manifest.as_ref()?.1.as_ref()?;
        let (output, promised) = (self.output.as_ref()?, manifest.output.as_ref()?);
        let fits = output.etag == promised.etag && output.size == promised.size;
        (manifest.state == State::Committed && fits).then_some(manifest)
    }

    /// The SHA-256 of a model file that an earlier run of this place has read: the same address, tag and size are the
    /// same bytes.
    pub fn model_digest(&self, uri: &Uri, object: &Object) -> Option<String> {
        let model = &self.manifest.as_ref()?.1.as_ref()?.model;
        let same = model.uri == uri.to_string() && model.etag == object.etag && model.size == object.size;
        (same && !object.etag.is_empty()).then(|| model.sha256.clone())
    }
}

/// The mark of a manifest whose output is being replaced.
pub fn replacing(committed: &Manifest) -> Manifest {
    let input = Input { rows: None, ..committed.input.clone() };
    let model: Model = committed.model.clone();
    Manifest { state: State::Replacing, output: None, figures: None, timings: None, input, model, ..committed.clone() }
}
