//! One pass over a month: batches are read, scored side by side, and encoded in their order, so that the output's bytes
//! do not depend on how many cores there are.

use std::num::NonZero;
use std::thread;

use crate::figures::Gathering;
use crate::fingerprint::sha256;
use crate::progress::Progress;
use crate::score::{ScoreError, Scored, Scoring};
use crate::stop::Stop;
use crate::store::{StoreError, Upload};
use crate::table::{Batches, Encoder, Table, TableError};
use scoring_contract::manifest::Figures;

/// Rows of a batch: large enough that a tree is walked for many rows while it is in the cache, small enough that a
/// month of 60,000 rows still has work for several cores.
const BATCH: usize = 8 * 1024;
/// Cores that a pass uses at most: beyond these, reading and encoding set the pace.
const CORES: usize = 8;

/// What a pass left.
pub struct Passed {
    /// Rows of the output.
    pub rows: u64,
    /// SHA-256 of the output's column names and types, in hex.
    pub schema: String,
    /// Bytes read of the month's file.
    pub bytes_read: u64,
    /// The figures of the month.
    pub figures: Figures,
}

/// Why a pass ended early.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The month's table, or encoding the output's.
    #[error("the table cannot be read or encoded")]
    Table(#[source] TableError),
    /// A row.
    #[error("a row cannot be scored")]
    Score(#[source] ScoreError),
    /// The output's store.
    #[error("the output cannot be written")]
    Write(#[source] StoreError),
    /// Somebody asked the run to stop.
    #[error("the run was asked to stop")]
    Stopped,
}

/// Scores every row of a table into an upload.
pub async fn pass(
    scoring: &Scoring<'_>,
    table: Table,
    upload: &mut Upload,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Passed, PassError> {
    let total = table.rows();
    let mut batches = table.batches(&scoring.read, BATCH).map_err(PassError::Table)?;
    let mut encoder = Encoder::new(scoring.schema.clone()).map_err(PassError::Table)?;
    let mut figures = Gathering::default();
    let (mut read, mut rows) = (0, 0);
    loop {
        if stop.asked() {
            return Err(PassError::Stopped);
        }
        let wave = Wave::read(&mut batches, read).await.map_err(PassError::Table)?;
        if wave.0.is_empty() {
            break;
        }
        read += wave.rows();
        for scored in wave.score(scoring).map_err(PassError::Score)? {
            gather(&mut figures, &scored);
            rows += scored.output.num_rows() as u64;
            let ready = encoder.write(&scored.output).map_err(PassError::Table)?;
            if !ready.is_empty() {
                upload.write(ready).await.map_err(PassError::Write)?;
            }
        }
        progress.rows(read, total);
    }
    upload.write(encoder.finish().map_err(PassError::Table)?).await.map_err(PassError::Write)?;
    let schema = schema_hash(scoring);
    let figures = Figures { ignored: scoring.ignored.clone(), ..figures.finish() };
    Ok(Passed { rows, schema, bytes_read: batches.bytes_read(), figures })
}

/// Batches that are scored side by side, each with the number of its first row.
struct Wave(Vec<(u64, arrow_array::RecordBatch)>);

impl Wave {
    async fn read(batches: &mut Batches, mut first: u64) -> Result<Self, TableError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get).min(CORES);
        let mut wave = Vec::with_capacity(cores);
        while wave.len() < cores {
            let Some(batch) = batches.next().await? else { break };
            let rows = batch.num_rows() as u64;
            wave.push((first, batch));
            first += rows;
        }
        Ok(Self(wave))
    }

    fn rows(&self) -> u64 {
        self.0.iter().map(|(_, batch)| batch.num_rows() as u64).sum()
    }

    /// The batches scored, in their order; of several errors the one of the first row.
    fn score(self, scoring: &Scoring<'_>) -> Result<Vec<Scored>, ScoreError> {
        if let [(first, batch)] = self.0.as_slice() {
            return Ok(vec![scoring.score(batch, *first)?]);
        }
        thread::scope(|scope| {
            let score = |(first, batch)| scope.spawn(move || scoring.score(&batch, first));
            let scored: Vec<_> = self.0.into_iter().map(score).collect();
            scored
                .into_iter()
                .map(|scored| scored.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }
}

fn gather(figures: &mut Gathering, scored: &Scored) {
    figures.left_out(scored.left_out);
    figures.predictions(&scored.predictions);
    figures.truth(&scored.predictions, &scored.truth);
    for column in &scored.inputs {
        figures.column(&column.name, column.nulls, column.unseen);
    }
}

fn schema_hash(scoring: &Scoring<'_>) -> String {
    let columns: Vec<String> =
        scoring.schema.fields().iter().map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    sha256(columns.join("\n").as_bytes())
}
