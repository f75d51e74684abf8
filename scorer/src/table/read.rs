//! A month's file, batch by batch: the footer first, then the columns that are needed, a row group at a time. Memory is
//! bounded by a row group's needed columns, not by the file.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataPushDecoder};

use super::{TableError, check};
use crate::contain::contain;
use crate::store::Source;

/// What is read of a file's end at first: the footer of a monthly file has some 10 to 50 kB.
const TAIL: u64 = 128 * 1024;
/// The largest footer. One of 10,000 columns by 1,000 row groups stays below.
const FOOTER: u64 = 256 * 1024 * 1024;

/// A file whose footer has been read and checked.
pub struct Table {
    uri: String,
    source: Source,
    metadata: ArrowReaderMetadata,
    rows: u64,
}

/// The rows of a table, in their order.
pub struct Batches {
    uri: String,
    source: Source,
    decoder: ParquetPushDecoder,
    rows: u64,
    decoded: u64,
    bytes: u64,
}

impl Table {
    /// Reads and checks the footer.
    pub async fn open(uri: String, source: Source) -> Result<Self, TableError> {
        let size = source.object().size;
        let metadata = footer(&uri, &source).await?;
        if let Some(problem) = check::fault(&metadata, size) {
            return Err(TableError::Damaged { uri, problem });
        }
        // The types are parquet's own: what a writer says beside them in ARROW:schema differs between writers of the
        // same column, and a damaged one would be believed (arrow-rs issue 2855).
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = contained(|| ArrowReaderMetadata::try_new(Arc::new(metadata), options));
        let metadata = metadata.map_err(|problem| TableError::Footer { uri: uri.clone(), problem })?;
        let rows = metadata.metadata().file_metadata().num_rows() as u64;
        if rows == 0 {
            return Err(TableError::Empty { uri });
        }
        Ok(Self { uri, source, metadata, rows })
    }

    /// The columns, in their order.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Rows in the file.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows, with only these columns (by position, ascending), `batch` at most at a time.
    pub fn batches(self, columns: &[usize], batch: usize) -> Result<Batches, TableError> {
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        if let Some((group, bytes)) = check::too_large(self.metadata.metadata(), &mask) {
            return Err(TableError::RowGroup { uri: self.uri, group, bytes, most: check::ROW_GROUP });
        }
        let decoder = contained(|| {
            ParquetPushDecoderBuilder::new_with_metadata(self.metadata)
                .with_projection(mask)
                .with_batch_size(batch)
                .build()
        });
        let decoder = decoder.map_err(|problem| TableError::Decode { uri: self.uri.clone(), row: 0, problem })?;
        Ok(Batches { uri: self.uri, source: self.source, decoder, rows: self.rows, decoded: 0, bytes: 0 })
    }
}

impl Batches {
    /// The next batch; none after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, TableError> {
        loop {
            let decoded = contained(|| self.decoder.try_decode());
            match decoded.map_err(|problem| self.undecodable(problem))? {
                DecodeResult::Data(batch) => {
                    self.decoded += batch.num_rows() as u64;
                    return Ok(Some(batch));
                }
                DecodeResult::NeedsData(ranges) => {
                    let bytes = self.source.ranges(&ranges).await.map_err(TableError::Read)?;
                    self.bytes += bytes.iter().map(|bytes| bytes.len() as u64).sum::<u64>();
                    let pushed = contained(|| self.decoder.push_ranges(ranges, bytes));
                    pushed.map_err(|problem| self.undecodable(problem))?;
                }
                DecodeResult::Finished if self.decoded == self.rows => return Ok(None),
                DecodeResult::Finished => {
                    return Err(self.undecodable(format!("the footer counts {} rows", self.rows)));
                }
            }
        }
    }

    /// Bytes of the columns read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes
    }

    fn undecodable(&self, problem: String) -> TableError {
        TableError::Decode { uri: self.uri.clone(), row: self.decoded, problem }
    }
}

async fn footer(uri: &str, source: &Source) -> Result<ParquetMetaData, TableError> {
    let size = source.object().size;
    let wrong = |problem: String| TableError::Footer { uri: uri.to_owned(), problem };
    if size < 12 {
        return Err(wrong(format!("it has {size} bytes")));
    }
    let mut decoder = contained(|| ParquetMetaDataPushDecoder::try_new(size))
        .map_err(wrong)?
        .with_page_index_policy(PageIndexPolicy::Skip);
    let tail = size.saturating_sub(TAIL)..size;
    let mut ranges = vec![tail];
    loop {
        if ranges.iter().any(|range| range.end > size || range.end - range.start > FOOTER) {
            return Err(wrong("its footer has no place in it".to_owned()));
        }
        let bytes = source.ranges(&ranges).await.map_err(TableError::Read)?;
        contained(|| decoder.push_ranges(ranges, bytes)).map_err(wrong)?;
        match contained(|| decoder.try_decode()).map_err(wrong)? {
            DecodeResult::Data(metadata) => return Ok(metadata),
            DecodeResult::NeedsData(more) => ranges = more,
            DecodeResult::Finished => return Err(wrong("it has no footer".to_owned())),
        }
    }
}

/// A call of the decoder: its error or its panic as text.
fn contained<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    contain(call)?.map_err(|error| error.to_string())
}
