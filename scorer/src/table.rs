//! Parquet files as batches of rows: reading a month, writing an output. Bytes come from and go to a store; what the
//! columns mean is not known here.

mod check;
mod encode;
mod error;
mod read;

pub use encode::Encoder;
pub use error::TableError;
pub use read::{Batches, Table};
