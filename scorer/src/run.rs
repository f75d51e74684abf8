//! One run: score one month and commit it, or find that it is committed. The one place where reading, scoring, writing
//! and committing meet; it does none of them itself.

mod facts;

use std::time::{Duration, Instant};

use scoring_contract::Manifest;
use scoring_contract::manifest::{self, Timings};
use scoring_contract::outcome::Status;
use scoring_model::{Artifact, BuildError, Model, ReadError};

use crate::commit::{CommitError, Found, Place, replacing};
use crate::locate::{LocateError, Located, ModelFile, locate};
use crate::pass::{self, PassError, Passed};
use crate::progress::Progress;
use crate::score::{self, ScoreError};
use crate::stop::Stop;
use crate::store::{Object, Store, StoreError};
use crate::stores::Stores;
use crate::table::{Table, TableError};
use crate::task::Task;
use crate::template::{TemplateError, mentions};
use crate::uri::{Uri, UriError};
use facts::Facts;

/// A month that is committed.
#[derive(Debug)]
pub struct Done {
    /// Whether this run committed it, or one before it from the same model and rows.
    pub status: Status,
    /// The manifest that stands.
    pub manifest: Manifest,
    /// Whether the output's store keeps the conditions of a write, where this run has found out.
    pub keeps_conditions: Option<bool>,
}

impl Done {
    /// A month that was committed before, at this place.
    async fn already(place: &Place<'_>, manifest: Manifest) -> Self {
        place.clear_pending().await;
        Self { status: Status::AlreadyCommitted, manifest, keeps_conditions: None }
    }
}

/// Why a month was not committed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The month's file.
    #[error("the month's rows cannot be had")]
    Dataset(#[source] StoreError),
    /// The month's table.
    #[error("the month's rows cannot be read")]
    Table(#[source] TableError),
    /// The model's place.
    #[error("the model cannot be had")]
    Locate(#[source] LocateError),
    /// The model file is not the one that was asked for.
    #[error("`{uri}` has the SHA-256 {found}, not {wanted}, which model.sha256 names")]
    Digest {
        /// The model file.
        uri: String,
        /// Its SHA-256.
        found: String,
        /// The one asked for.
        wanted: String,
    },
    /// The model file's form.
    #[error("`{uri}` cannot be read as a model")]
    Read {
        /// The model file.
        uri: String,
        /// What is wrong with it.
        #[source]
        source: ReadError,
    },
    /// The model itself.
    #[error("`{uri}` cannot be used")]
    Build {
        /// The model file.
        uri: String,
        /// Why.
        #[source]
        source: BuildError,
    },
    /// The model was logged by another run than the one that was asked for.
    #[error("the model in `{folder}` was logged by the run {found}, not by {wanted}, which model.runId names")]
    RunDiffers {
        /// The model's folder.
        folder: String,
        /// The run that its `MLmodel` file names.
        found: String,
        /// The one asked for.
        wanted: String,
    },
    /// The output would be written over what it is made from.
    #[error("output.uri: `{uri}` is {what}")]
    Overwrites {
        /// The output's address, filled in.
        uri: String,
        /// What it is.
        what: &'static str,
    },
    /// The output's address.
    #[error("output.uri")]
    Template(#[source] TemplateError),
    /// The output's address, filled in.
    #[error("output.uri")]
    Address(#[source] UriError),
    /// The columns, the task or a row.
    #[error("the month cannot be scored")]
    Score(#[source] ScoreError),
    /// The output.
    #[error("the month cannot be committed")]
    Commit(#[source] CommitError),
    /// Somebody asked the run to stop.
    #[error("the run was asked to stop")]
    Stopped,
}

impl From<PassError> for RunError {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Table(source) => Self::Table(source),
            PassError::Score(source) => Self::Score(source),
            PassError::Write(source) => Self::Commit(CommitError::Write(source)),
            PassError::Stopped => Self::Stopped,
        }
    }
}

/// Scores and commits one month.
pub async fn run(task: &Task, progress: &dyn Progress, stop: &Stop) -> Result<Done, RunError> {
    let begun = Instant::now();
    let stores = Stores::of(task);
    let dataset = async { stores.dataset.open(&task.dataset).await.map_err(RunError::Dataset) };
    let model = async { locate(&stores.model, &task.model).await.map_err(RunError::Locate) };
    let (dataset, located) = futures::try_join!(dataset, model)?;
    let facts = Facts::of(task, &dataset, &located)?;

    let looked = look_early(task, &stores.output, &facts).await?;
    if let Some((place, found)) = &looked
        && let Some(done) = committed_before(task, &facts, &located, found)?
    {
        return Ok(Done::already(place, done).await);
    }
    let file = located.read().await.map_err(RunError::Locate)?;
    check_digest(task, &facts, &file.sha256)?;
    let fingerprint = facts.fingerprint(task, &file.sha256);
    // A look that is as old as the model's reading is good enough: what has changed since is found out at the mark.
    let (place, found) = match looked {
        Some(looked) => looked,
        None => look(&stores.output, facts.output(task, Some(&fingerprint))?).await?,
    };
    if let Some(done) = found.committed().filter(|done| done.fingerprint == fingerprint.to_string()) {
        return Ok(Done::already(&place, done.clone()).await);
    }
    let (model, classes) = build(&facts, &file)?;
    let manifest = facts.manifest(task, file.sha256.clone(), classes, &fingerprint);
    drop(file);
    let opened = Opened { place, found, model, model_time: begun.elapsed() };
    let table = Table::open(task.dataset.to_string(), dataset).await.map_err(RunError::Table)?;
    opened.score_and_commit(task, table, manifest, &Watched { progress, stop, begun }).await
}

/// Who watches a run, and since when.
struct Watched<'a> {
    progress: &'a dyn Progress,
    stop: &'a Stop,
    begun: Instant,
}

/// The output's place and what stands there.
async fn look(store: &Store, output: Uri) -> Result<(Place<'_>, Found), RunError> {
    let place = Place::new(store, output);
    let found = place.look().await.map_err(RunError::Commit)?;
    Ok((place, found))
}

/// The same before the model is read; none where the place has the fingerprint in its name, which is not known then.
async fn look_early<'a>(task: &Task, store: &'a Store, facts: &Facts) -> Result<Option<(Place<'a>, Found)>, RunError> {
    if mentions(&task.output, "fingerprint") {
        return Ok(None);
    }
    look(store, facts.output(task, None)?).await.map(Some)
}

/// The manifest of this very output, where one stands and the model's digest is known from it: a run that has nothing to
/// do then reads neither the model nor a row.
fn committed_before(
    task: &Task,
    facts: &Facts,
    located: &Located,
    found: &Found,
) -> Result<Option<Manifest>, RunError> {
    let known = found.manifest().and_then(|manifest| located.known_digest(&manifest.model));
    let Some(sha256) = known else { return Ok(None) };
    check_digest(task, facts, &sha256)?;
    let fingerprint = facts.fingerprint(task, &sha256).to_string();
    Ok(found.committed().filter(|done| done.fingerprint == fingerprint).cloned())
}

fn check_digest(task: &Task, facts: &Facts, found: &str) -> Result<(), RunError> {
    match &task.sha256 {
        Some(wanted) if wanted != found => {
            Err(RunError::Digest { uri: facts.model_uri.to_string(), found: found.to_owned(), wanted: wanted.clone() })
        }
        _ => Ok(()),
    }
}

/// The model, and the classes of its steps.
fn build(facts: &Facts, file: &ModelFile) -> Result<(Model, Vec<String>), RunError> {
    let uri = || facts.model_uri.to_string();
    let artifact = Artifact::read(facts.format, &file.bytes).map_err(|source| RunError::Read { uri: uri(), source })?;
    let model = artifact.model().map_err(|source| RunError::Build { uri: uri(), source })?;
    let classes = artifact.describe().steps.into_iter().map(|step| step.class).collect();
    Ok((model, classes))
}

/// A run whose model is built and whose place is known.
struct Opened<'a> {
    place: Place<'a>,
    found: Found,
    model: Model,
    model_time: Duration,
}

impl Opened<'_> {
    async fn score_and_commit(
        &self,
        task: &Task,
        table: Table,
        mut manifest: Manifest,
        watched: &Watched<'_>,
    ) -> Result<Done, RunError> {
        let run_id = manifest.model.run_id.clone();
        let scoring = score::bind(task, table.schema(), &self.model, run_id.as_deref()).map_err(RunError::Score)?;
        manifest.input.rows = Some(table.rows());
        let mut upload = self.place.begin(&self.found).await.map_err(RunError::Commit)?;
        let passed = pass::pass(&scoring, table, &mut upload, watched.progress, watched.stop).await;
        let passed = match passed {
            // The last moment at which nobody has seen anything of this run.
            Ok(_) if watched.stop.asked() => Err(PassError::Stopped),
            passed => passed,
        };
        let passed = match passed {
            Ok(passed) => passed,
            Err(error) => {
                upload.abort().await;
                return Err(error.into());
            }
        };
        let appeared = self.place.appear(upload, &self.found, &replacing(&manifest)).await;
        let committed = async {
            let (object, marked) = appeared?;
            self.complete(&mut manifest, &object, passed, watched.begun.elapsed());
            self.place.commit(&manifest, &object, marked.as_ref()).await
        };
        match committed.await {
            Ok(()) => {
                self.place.clear_pending().await;
                let keeps_conditions = self.place.store().keeps_conditions();
                Ok(Done { status: Status::Committed, manifest, keeps_conditions })
            }
            Err(error) => self.beaten(error, &manifest.fingerprint).await,
        }
    }

    fn complete(&self, manifest: &mut Manifest, object: &Object, passed: Passed, total: Duration) {
        manifest.timings = Some(Timings {
            total_ms: total.as_millis() as u64,
            model_ms: self.model_time.as_millis() as u64,
            bytes_read: passed.bytes_read,
            bytes_written: object.size,
        });
        manifest.output = Some(manifest::Output {
            uri: self.place.output().to_string(),
            etag: object.etag.clone(),
            size: object.size,
            rows: passed.rows,
            schema: passed.schema,
        });
        manifest.figures = Some(passed.figures);
    }

    /// A run that another one was ahead of has nothing to do, if that one commits the same.
    async fn beaten(&self, error: CommitError, fingerprint: &str) -> Result<Done, RunError> {
        if matches!(error, CommitError::Write(StoreError::Conflict { .. })) {
            let committed = self.place.committed_by_another(fingerprint).await;
            if let Some(done) = committed.map_err(RunError::Commit)? {
                return Ok(Done::already(&self.place, done).await);
            }
        }
        Err(RunError::Commit(error))
    }
}

#[cfg(test)]
mod tests;
