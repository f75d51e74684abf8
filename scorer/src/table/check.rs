//! Checks of a footer before anything that it says is believed: the decoder takes sizes and offsets from it, and asks
//! for memory accordingly.

use parquet::arrow::ProjectionMask;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// The most that the needed columns of one row group may have, uncompressed: they are held in memory, and writers make
/// row groups of some 100 MB in all.
pub(super) const ROW_GROUP: u64 = 4 * 1024 * 1024 * 1024;
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

/// The first row group that is too large in the columns of a mask, and its size in them.
pub(super) fn too_large(metadata: &ParquetMetaData, mask: &ProjectionMask) -> Option<(usize, u64)> {
    let sizes = metadata.row_groups().iter().map(|group| {
        let needed = group.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf));
        // A negative size has been refused with the footer.
        let sizes = needed.map(|(_, column)| u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX));
        sizes.fold(0, u64::saturating_add)
    });
    sizes.enumerate().find(|(_, size)| *size > ROW_GROUP)
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
    if u64::try_from(column.uncompressed_size()).is_ok_and(|size| size <= ROW_GROUP) {
        return None;
    }
    Some(format!("column `{name}` claims {} bytes in one row group", column.uncompressed_size()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::basic::Type as Physical;
    use parquet::file::metadata::{FileMetaData, RowGroupMetaData};
    use parquet::schema::types::{SchemaDescriptor, Type};

    use super::*;

    /// A file of one row group with three columns of this uncompressed size.
    fn file(size: i64) -> ParquetMetaData {
        let column = |name| Arc::new(Type::primitive_type_builder(name, Physical::INT64).build().unwrap());
        let columns = ["a", "b", "c"].map(column).to_vec();
        let root = Type::group_type_builder("schema").with_fields(columns).build().unwrap();
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(root)));
        let chunk = |leaf| {
            let chunk = ColumnChunkMetaData::builder(schema.column(leaf)).set_data_page_offset(4);
            chunk.set_total_compressed_size(8).set_total_uncompressed_size(size).build().unwrap()
        };
        let group = RowGroupMetaData::builder(schema.clone()).set_num_rows(1);
        let group = group.set_column_metadata((0..3).map(chunk).collect()).build().unwrap();
        ParquetMetaData::new(FileMetaData::new(1, 1, None, None, schema, None), vec![group])
    }

    #[test]
    fn a_row_group_is_measured_by_the_columns_that_are_needed() {
        let metadata = file(ROW_GROUP as i64 / 2);
        assert_eq!(fault(&metadata, 1000), None);
        let mask = |leaves: &[usize]| ProjectionMask::leaves(metadata.file_metadata().schema_descr(), leaves.to_vec());
        assert_eq!(too_large(&metadata, &mask(&[0, 2])), None);
        assert_eq!(too_large(&metadata, &mask(&[0, 1, 2])), Some((0, ROW_GROUP / 2 * 3)));
    }
}
