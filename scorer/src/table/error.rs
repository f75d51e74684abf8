//! Why a parquet file cannot be read, or an output not be encoded.

use crate::store::StoreError;

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// No parquet file: too short, no footer, or a footer that does not parse.
    #[error("`{uri}` is no parquet file: {problem}")]
    Footer {
        /// The file.
        uri: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A footer that promises what the file cannot hold.
    #[error("`{uri}` is damaged: {problem}")]
    Damaged {
        /// The file.
        uri: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A row group that is too large to be held in memory.
    #[error("`{uri}` has {bytes} bytes in the needed columns of row group {group}, more than the {most} that are held")]
    RowGroup {
        /// The file.
        uri: String,
        /// The row group, from 0.
        group: usize,
        /// Its size, uncompressed.
        bytes: u64,
        /// The most.
        most: u64,
    },
    /// A file without a row.
    #[error("`{uri}` holds no rows")]
    Empty {
        /// The file.
        uri: String,
    },
    /// A part of the file that does not decode.
    #[error("`{uri}` cannot be decoded after row {row}: {problem}")]
    Decode {
        /// The file.
        uri: String,
        /// Rows decoded so far.
        row: u64,
        /// What the decoder said.
        problem: String,
    },
    /// The store failed.
    #[error("the month's file cannot be read")]
    Read(#[source] StoreError),
    /// The output could not be encoded.
    #[error("the output cannot be encoded: {problem}")]
    Encode {
        /// What the encoder said.
        problem: String,
    },
}
