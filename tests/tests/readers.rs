//! What other programs make of an output: plain columns of plain types.

use scoring_tests::{Model, Place, TaskFile, file_uri, fixture_models, month_file, run_python};

#[test]
fn pandas_pyarrow_duckdb_and_polars_see_plain_columns() {
    let model = fixture_models().unwrap().remove(0);
    for month in ["2021-02", "2021-05", "2021-07"] {
        let place = Place::folder().unwrap();
        let output = place.path("scored.parquet");
        let folder = Model::Folder(file_uri(&model.path()));
        let task = TaskFile::recipe(month, &file_uri(&month_file(month)), &folder, &file_uri(&output));
        let ended = place.scorer().unwrap().score(&task).unwrap();
        assert_eq!(ended.code, Some(0), "{} {}", ended.outcome, ended.log);
        assert_eq!(run_python("oracle/readers.py", &[&output]).unwrap(), "", "{month}");
    }
}
