//! The committed models that the tests of this crate read, and the rows that lie beside them.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use scoring_model::{Artifact, Batch, Category, Column, Format, Kind, Model, parse_mlmodel};
use serde::Deserialize;

/// The rows and predictions of a `cases.json`.
#[derive(Deserialize)]
pub(crate) struct Cases {
    columns: Vec<CaseColumn>,
    /// Big-endian bits of the float64, in hexadecimal.
    pub(crate) expected: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum CaseColumn {
    Category { name: String, values: Vec<Option<String>> },
    Number { name: String, values: Vec<f64> },
}

impl Cases {
    /// The cases beside a model.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("cases.json")).expect("cases.json can be read");
        serde_json::from_str(&text).expect("cases.json has the form of cases")
    }

    /// The columns as a model is prepared for them.
    pub(crate) fn given(&self) -> Vec<(String, Kind)> {
        let given = |column: &CaseColumn| match column {
            CaseColumn::Category { name, .. } => (name.clone(), Kind::Category),
            CaseColumn::Number { name, .. } => (name.clone(), Kind::Number),
        };
        self.columns.iter().map(given).collect()
    }

    /// Some of the rows.
    pub(crate) fn batch(&self, rows: &Range<usize>) -> Batch {
        let columns = self.columns.iter().map(|column| match column {
            CaseColumn::Number { values, .. } => Column::Number(values[rows.clone()].to_vec()),
            CaseColumn::Category { values, .. } => Column::Category(category(&values[rows.clone()])),
        });
        Batch { rows: rows.len(), columns: columns.collect() }
    }
}

/// Texts, dictionary-encoded.
pub(crate) fn category(values: &[Option<String>]) -> Category {
    let mut texts: Vec<String> = values.iter().flatten().cloned().collect();
    texts.sort_unstable();
    texts.dedup();
    let code = |text: &String| texts.partition_point(|other| other < text) as u32;
    let codes = values.iter().map(|text| text.as_ref().map_or(Category::NULL, code)).collect();
    Category::new(codes, texts)
}

/// The committed models, or others of the same form: `PARITY_MODELS` names their folder.
pub(crate) fn root() -> PathBuf {
    let committed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models");
    std::env::var_os("PARITY_MODELS").map_or_else(committed, PathBuf::from)
}

/// Folders below `root` that hold an `MLmodel` and the file `beside` it.
pub(crate) fn folders(root: &Path, beside: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        open.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        if folder.join(beside).exists() && folder.join("MLmodel").exists() {
            found.push(folder);
        }
    }
    found.sort();
    found
}

/// The format and the bytes of the model in a folder.
pub(crate) fn file(folder: &Path) -> (Format, Vec<u8>) {
    let text = fs::read_to_string(folder.join("MLmodel")).expect("MLmodel can be read");
    let mlmodel = parse_mlmodel(&text).expect("MLmodel leads to a model");
    (mlmodel.format.format(), fs::read(folder.join(&mlmodel.file)).expect("the model's file can be read"))
}

/// The model in a folder.
pub(crate) fn model(folder: &Path) -> Model {
    let (format, bytes) = file(folder);
    let model = Artifact::read(format, &bytes).expect("the file can be read").model();
    model.expect("the model is supported")
}
