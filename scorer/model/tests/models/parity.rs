//! Predictions against scikit-learn's own, bit for bit: every model under `tests/fixtures/models/<version>/<name>` with the
//! cases that lie beside it, whose expectations scikit-learn of that version computed with `n_jobs=1`.

use crate::fixture::{self, Cases};
use scoring_model::Model;

/// Predicts the cases in batches of `size` rows; returns the bits in hexadecimal.
fn predict(model: &Model, cases: &Cases, size: usize) -> Vec<String> {
    let prepared = model.prepare(&cases.given()).expect("the model takes the columns of its cases");
    let mut bits = Vec::new();
    for start in (0..cases.expected.len()).step_by(size) {
        let rows = start..(start + size).min(cases.expected.len());
        let predictions = prepared.predict(&cases.batch(&rows)).expect("every case can be predicted");
        bits.extend(predictions.values.iter().map(|value| format!("{:016x}", value.to_bits())));
    }
    bits
}

#[test]
fn every_fixture_predicts_as_scikit_learn_did() {
    let folders = fixture::folders(&fixture::root(), "cases.json");
    let mut rows = 0;
    for folder in &folders {
        println!("{}", folder.display());
        let (model, cases) = (fixture::model(folder), Cases::read(folder));
        for size in [1, 7, cases.expected.len()] {
            let found = predict(&model, &cases, size);
            for (row, (found, expected)) in found.iter().zip(&cases.expected).enumerate() {
                assert_eq!(found, expected, "row {row} in batches of {size}");
            }
            assert_eq!(found.len(), cases.expected.len());
        }
        rows += cases.expected.len();
    }
    println!("{} models, {rows} rows equal", folders.len());
    assert!(!folders.is_empty(), "there are no fixtures under {}", fixture::root().display());
}
