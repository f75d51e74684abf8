//! Checks of a footer before anything that it says is believed: the decoder takes sizes and offsets from it, and asks
//! for memory accordingly.

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// The most that one column of one row group may have, uncompressed: a row group is held in memory, and writers make
/// row groups of some 100 MB in all.
const COLUMN_CHUNK: u64 = 4 * 1024 * 1024 * 1024;
/// Rows of one file at most.
const ROWS: i64 = 10_000_000_000;

/// What is wrong with a footer, if anything is.
pub(super) fn fault(metadata: &ParquetMetaData, file_size: u64) -> Option<String> {
    let rows = metadata.file_metadata().num_rows();
    if !(0..=ROWS).contains(&rows) {
        return Some(format!("its footer counts {rows} rows"));
    }
    let mut counted: i64 = 0;
    for (index, group) in metadata.row_groups().iter().enumerate() {
        if !(0..=rows).contains(&group.num_rows()) {
            return Some(format!("its row group {index} counts {} rows of {rows}", group.num_rows()));
        }
        counted = counted.saturating_add(group.num_rows());
        if let Some(problem) = group.columns().iter().find_map(|column| chunk_fault(column, file_size)) {
            return Some(format!("row group {index}: {problem}"));
        }
    }
    (counted != rows).then(|| format!("its row groups count {counted} rows, its footer {rows}"))
}

fn chunk_fault(column: &ColumnChunkMetaData, file_size: u64) -> Option<String> {
    let name = column.column_path().string();
    let offsets = [Some(column.data_page_offset()), column.dictionary_page_offset()];
    let inside = |offset: i64| u64::try_from(offset).is_ok_and(|offset| offset < file_size);
    if offsets.into_iter().flatten().any(|offset| !inside(offset)) {
        return Some(format!("column `{name}` begins outside the file"));
    }
    let start = offsets.into_iter().flatten().min().unwrap_or_default() as u64;
    let size = u64::try_from(column.compressed_size()).ok();
    if size.and_then(|size| start.checked_add(size)).is_none_or(|end| end > file_size) {
        return Some(format!("column `{name}` ends outside the file"));
    }
    if u64::try_from(column.uncompressed_size()).is_ok_and(|size| size <= COLUMN_CHUNK) {
        return None;
    }
    Some(format!("column `{name}` claims {} bytes in one row group", column.uncompressed_size()))
}
