//! Predictions against scikit-learn's own, bit for bit: every model under `tests/fixtures/models/<version>/<name>` with the
//! cases and expectations that lie beside it, which scikit-learn of that version computed with `n_jobs=1`.

use std::path::{Path, PathBuf};

use scoring_model::{Artifact, Batch, Category, Column, Kind, Model, parse_mlmodel};
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    columns: Vec<CaseColumn>,
    /// Big-endian bits of the float64, in hexadecimal.
    expected: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum CaseColumn {
    Category { name: String, values: Vec<Option<String>> },
    Number { name: String, values: Vec<f64> },
}

impl CaseColumn {
    fn given(&self) -> (String, Kind) {
        match self {
            Self::Category { name, .. } => (name.clone(), Kind::Category),
            Self::Number { name, .. } => (name.clone(), Kind::Number),
        }
    }

    fn column(&self, rows: std::ops::Range<usize>) -> Column {
        match self {
            Self::Number { values, .. } => Column::Number(values[rows].to_vec()),
            Self::Category { values, .. } => {
                let mut texts: Vec<String> = values.iter().flatten().cloned().collect();
                texts.sort_unstable();
                texts.dedup();
                let code = |text: &Option<String>| match text {
                    Some(text) => texts.binary_search(text).unwrap() as u32,
                    None => Category::NULL,
                };
                Column::Category(Category::new(values[rows].iter().map(code).collect(), texts.clone()))
            }
        }
    }
}

/// The committed fixtures, or others of the same form: `PARITY_MODELS` names their folder.
fn fixtures() -> PathBuf {
    if let Some(folder) = std::env::var_os("PARITY_MODELS") {
        return PathBuf::from(folder);
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models")
}

/// Folders under `root` that hold a model and its cases.
fn models(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        open.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
        if folder.join("cases.json").exists() && folder.join("MLmodel").exists() {
            found.push(folder);
        }
    }
    found.sort();
    found
}

fn load(folder: &Path) -> Model {
    let mlmodel = parse_mlmodel(&std::fs::read_to_string(folder.join("MLmodel")).unwrap()).unwrap();
    let bytes = std::fs::read(folder.join(&mlmodel.file)).unwrap();
    let artifact = Artifact::read(mlmodel.format.format(), &bytes).unwrap_or_else(|e| panic!("{folder:?}: {e:?}"));
    artifact.model().unwrap_or_else(|e| panic!("{folder:?}: {e:?}"))
}

/// Predicts the rows of `cases` in batches of `size`.
fn predict(model: &Model, cases: &Cases, size: usize) -> Vec<String> {
    let given: Vec<_> = cases.columns.iter().map(CaseColumn::given).collect();
    let prepared = model.prepare(&given).unwrap();
    let mut bits = Vec::new();
    for start in (0..cases.expected.len()).step_by(size) {
        let rows = start..(start + size).min(cases.expected.len());
        let columns = cases.columns.iter().map(|column| column.column(rows.clone())).collect();
        let predictions = prepared.predict(&Batch { rows: rows.len(), columns }).unwrap();
        bits.extend(predictions.values.iter().map(|value| format!("{:016x}", value.to_bits())));
    }
    bits
}

#[test]
fn every_fixture_predicts_as_scikit_learn_did() {
    let models = models(&fixtures());
    let mut rows = 0;
    for folder in &models {
        let text = std::fs::read_to_string(folder.join("cases.json")).unwrap();
        let cases: Cases = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        let model = load(folder);
        for size in [1, 7, cases.expected.len()] {
            let found = predict(&model, &cases, size);
            for (row, (found, expected)) in found.iter().zip(&cases.expected).enumerate() {
                assert_eq!(found, expected, "{folder:?}: row {row} in batches of {size}");
            }
        }
        rows += cases.expected.len();
    }
    println!("{} models, {rows} rows equal", models.len());
}
