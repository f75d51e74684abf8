//! Committing a month: the output first, then its manifest.
//!
//! # The order, and why
//! 1. The output is written; nothing can be seen at its address before it is complete.
//! 2. The place is looked at again: it must be as this run found it.
//! 3. Where a manifest of other bytes stands, or an output without one, the manifest is marked `Replacing`.
//! 4. The output appears. Where the store refuses it, the manifest that stood there is put back.
//! 5. The place is looked at once more: the output must be the one that was written, the manifest the marked one.
//! 6. The manifest says `Committed`, and the output is still the one that was written.
//!
//! A run that dies in between leaves no manifest, or one that says `Replacing`: a reader who goes by the manifest never
//! uses an output that is missing, short or another's. Every write carries the condition that things are as this run
//! found them, which closes the gap between looking and writing. On a store that ignores conditions the gap is as long as
//! a call; writers of the same fingerprint write the same bytes in it, and `{fingerprint}` in the output's address keeps
//! those of different ones apart.

use std::time::Duration;

use bytes::Bytes;
use scoring_contract::Manifest;
use scoring_contract::manifest::{FOLDER, Input, Model, State};

use crate::store::{Condition, Object, Store, StoreError, Upload};
use crate::uri::Uri;

/// The largest manifest that is read: one of 256 columns has some 40 kB.
pub(crate) const MANIFEST: u64 = 1024 * 1024;
/// How often a manifest is read that is replaced each time between the question for it and the one for its bytes.
const READS: usize = 5;
/// How often a run that another was ahead of looks whether that one has committed the same, and the time in between: an
/// output and its manifest are a few calls apart.
const LOOKS: usize = 12;
const PAUSE: Duration = Duration::from_millis(500);

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
    manifest: Option<Standing>,
}

/// A manifest that stands at a place.
#[derive(Debug)]
struct Standing {
    object: Object,
    /// As they are; none of one that is longer than a manifest is.
    bytes: Bytes,
    /// What they say; none where they cannot be read. Such a manifest commits nothing, and is replaced as one of other
    /// bytes is.
    says: Option<Manifest>,
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
        let found = futures::try_join!(self.store.stat(&self.output), self.standing());
        let (output, manifest) = found.map_err(CommitError::Look)?;
        Ok(Found { output, manifest })
    }

    /// The manifest that stands there. A store is asked for the object first and for its bytes then; where another run
    /// has written in between, both are asked for again.
    async fn standing(&self) -> Result<Option<Standing>, StoreError> {
        let mut reads = 1;
        loop {
            match self.store.read(&self.manifest, MANIFEST).await {
                Ok(read) => return Ok(read.map(|(object, bytes)| Standing::new(object, bytes))),
                Err(StoreError::TooLarge { .. }) => {
                    let object = self.store.stat(&self.manifest).await?;
                    return Ok(object.map(|object| Standing::new(object, Bytes::new())));
                }
                Err(StoreError::Changed { .. } | StoreError::NotFound { .. }) if reads < READS => reads += 1,
                Err(error) => return Err(error),
            }
        }
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
        match upload.finish().await {
            Ok(written) => Ok((written, marked)),
            Err(error) => {
                if !error.is_unclear() {
                    self.unmark(found, marked.as_ref()).await;
                }
                Err(CommitError::Write(error))
            }
        }
    }

    /// Puts back the manifest of a committed output that was to be replaced, was not, and still stands there. Where that
    /// fails the mark stays, and the month is scored again by the next run.
    async fn unmark(&self, found: &Found, marked: Option<&Object>) {
        let (Some(_), Some(standing), Some(marked)) = (found.committed(), &found.manifest, marked) else { return };
        if self.store.stat(&self.output).await.is_ok_and(|output| output == found.output) {
            let condition = Condition::as_found(Some(marked));
            drop(self.store.put(&self.manifest, standing.bytes.clone(), condition).await);
        }
    }

    /// Marks the manifest that stands there, unless it is marked for the same bytes already. An output without a manifest
    /// gets a marked one: the run that wrote it may be about to commit it, and must see that it will not last.
    async fn mark(&self, found: &Found, mark: &Manifest) -> Result<Option<Object>, CommitError> {
        let now = self.look().await?;
        if now.output != found.output || now.manifest_object() != found.manifest_object() {
            return Err(self.beaten());
        }
        let standing = now.manifest.as_ref();
        match standing.and_then(|standing| standing.says.as_ref()) {
            Some(manifest) if manifest.is_mark_of(&mark.fingerprint) => Ok(now.manifest_object().cloned()),
            None if standing.is_none() && now.output.is_none() => Ok(None),
            _ => self.put(mark, now.manifest_object()).await.map(Some),
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
        self.put(manifest, marked).await?;
        // A run that had looked before this one's output appeared may have written since, on a store without conditions.
        let output = self.store.stat(&self.output).await.map_err(CommitError::Look)?;
        if output.as_ref() == Some(written) { Ok(()) } else { Err(self.beaten()) }
    }

    /// Clears away what killed runs left of an output that is committed now. What cannot be cleared away harms nobody, and
    /// stays for the next run.
    pub async fn clear_pending(&self) {
        drop(self.store.clear_pending(&self.output).await);
    }

    /// What another run commits here with this fingerprint, where one has or is about to.
    pub async fn committed_by_another(&self, fingerprint: &str) -> Result<Option<Manifest>, CommitError> {
        for _ in 0..LOOKS {
            let found = self.look().await?;
            if let Some(done) = found.committed().filter(|done| done.fingerprint == fingerprint) {
                return Ok(Some(done.clone()));
            }
            if !found.is_underway(fingerprint) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
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

impl Standing {
    fn new(object: Object, bytes: Bytes) -> Self {
        let says = Manifest::parse(&bytes).ok();
        Self { object, bytes, says }
    }
}

impl Found {
    fn manifest_object(&self) -> Option<&Object> {
        self.manifest.as_ref().map(|standing| &standing.object)
    }

    /// Whether a run of this fingerprint may be about to commit: its mark stands there, or an output that nobody has
    /// marked or committed yet.
    fn is_underway(&self, fingerprint: &str) -> bool {
        match &self.manifest {
            None => self.output.is_some(),
            Some(standing) => standing.says.as_ref().is_some_and(|manifest| manifest.is_mark_of(fingerprint)),
        }
    }

    /// The manifest, if it commits the output that is there.
    pub fn committed(&self) -> Option<&Manifest> {
        let manifest = self.manifest()?;
        let (output, promised) = (self.output.as_ref()?, manifest.output.as_ref()?);
        let fits = output.etag == promised.etag && output.size == promised.size;
        (manifest.state == State::Committed && fits).then_some(manifest)
    }

    /// The manifest that stands there, whatever it says.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()?.says.as_ref()
    }
}

/// The mark of a manifest whose output is being replaced.
pub fn replacing(committed: &Manifest) -> Manifest {
    let input = Input { rows: None, ..committed.input.clone() };
    let model: Model = committed.model.clone();
    Manifest { state: State::Replacing, output: None, figures: None, timings: None, input, model, ..committed.clone() }
}

#[cfg(test)]
mod tests;
