//! The output as parquet bytes. The same batches give the same bytes: no time, no host, no thread order is in them, and
//! the settings below are part of [`crate::fingerprint::OUTPUT_VERSION`].

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::TableError;

/// Rows of a row group: a writer holds one, encoded, in memory; readers take one at a time.
const ROW_GROUP: usize = 256 * 1024;
const WRITER: &str = "scoring-operator scorer";

/// Encodes batches; hands out the bytes as they become ready.
pub struct Encoder {
    writer: ArrowWriter<Ready>,
    ready: Ready,
}

/// Encoded bytes that nobody has taken yet.
#[derive(Clone, Default)]
struct Ready(Arc<Mutex<Vec<u8>>>);

impl Ready {
    fn take(&self) -> Bytes {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Ready {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Encoder {
    /// An encoder of batches of this schema.
    pub fn new(schema: SchemaRef) -> Result<Self, TableError> {
        let properties = WriterProperties::builder()
            .set_created_by(WRITER.to_owned())
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        // Readers are to see plain columns, and not the types of this writer.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let ready = Ready::default();
        let writer = ArrowWriter::try_new_with_options(ready.clone(), schema, options);
        Ok(Self { writer: writer.map_err(|error| failed(&error))?, ready })
    }

    /// Adds rows; the bytes that are ready now, often none.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<Bytes, TableError> {
        self.writer.write(batch).map_err(|error| failed(&error))?;
        Ok(self.ready.take())
    }

    /// The last bytes.
    pub fn finish(self) -> Result<Bytes, TableError> {
        self.writer.close().map_err(|error| failed(&error))?;
        Ok(self.ready.take())
    }
}

fn failed(error: &parquet::errors::ParquetError) -> TableError {
    TableError::Encode { problem: error.to_string() }
}
