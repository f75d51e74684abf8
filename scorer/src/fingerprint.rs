//! What an output is made from, as one hash. The same fingerprint means the same bytes, so a run that finds its own
//! fingerprint committed has nothing to do, and a late or doubled writer does no harm.

use std::fmt;

use scoring_contract::manifest;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::task::{Computed, Task};

/// The version of the bytes that this scorer writes for the same model and rows. It goes up with every change of an
/// encoding, of an expression's meaning or of arithmetic, a dependency's included.
pub const OUTPUT_VERSION: u32 = 1;

/// A SHA-256 over model, input, features and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ingredients<'a> {
    output_version: u32,
    month: String,
    input: &'a manifest::Input,
    model: &'a str,
    run_id: Option<&'a str>,
    compute: Vec<(&'a str, &'a str)>,
    keep: Option<&'a str>,
    inputs: &'a [String],
    columns: Vec<(&'a str, &'a str)>,
}

impl Fingerprint {
    /// The fingerprint of a task with this input and this model (its SHA-256 in hex). The rows of the input are not part
    /// of it: its tag stands for them.
    pub fn of(task: &Task, input: &manifest::Input, model: &str, run_id: Option<&str>) -> Self {
        let input = manifest::Input { rows: None, ..input.clone() };
        let ingredients = Ingredients {
            output_version: OUTPUT_VERSION,
            month: task.month.to_string(),
            input: &input,
            model,
            run_id,
            compute: texts(&task.compute),
            keep: task.keep.as_ref().map(scoring_expr::Expression::text),
            inputs: &task.inputs,
            columns: texts(&task.columns),
        };
        let json = serde_json::to_vec(&ingredients).unwrap_or_default();
        Self(sha256(&json))
    }

    /// The first 8 digits, for names.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn texts(columns: &[Computed]) -> Vec<(&str, &str)> {
    columns.iter().map(|column| (column.name.as_str(), column.expression.text())).collect()
}
