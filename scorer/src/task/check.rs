//! Checking a document: every part notes what it finds under its own path, so that all faults are told at once. Reads
//! nothing but the document.

use scoring_contract::bounds;
use scoring_contract::task::{Features, ModelRef, NamedExpression, Output, TaskDocument};
use scoring_expr::Expression;

use super::{Computed, Fault, ModelSource, Month, Storage, Task};
use crate::template::Values;
use crate::uri::Uri;

/// The faults found so far.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, path: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Fault { path: path.into(), problem: problem.into() });
    }

    /// The value, or its error noted under this path.
    fn take<T, E: ToString>(&mut self, path: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(path, error.to_string())).ok()
    }

    /// Notes a text that is empty, too long, or holds control characters.
    pub(super) fn text(&mut self, path: &str, text: &str, most: usize) {
        if text.is_empty() {
            self.add(path, "is empty: write a value or leave the field out");
        } else if text.len() > most {
            self.add(path, format!("has {} bytes: at most {most} are allowed", text.len()));
        } else if text.contains(char::is_control) {
            self.add(path, "holds a control character: leave it out");
        }
    }

    fn count(&mut self, path: &str, count: usize) {
        if count > bounds::COLUMNS {
            self.add(path, format!("has {count} entries: at most {} are allowed", bounds::COLUMNS));
        }
    }
}

pub(super) fn check(faults: &mut Faults, document: TaskDocument) -> Option<Task> {
    let TaskDocument { month, attempt, schedule, dataset, model, features, output, storage } = document;
    let common = faults.storage("storage", &storage.unwrap_or_default());
    let features = features.unwrap_or_default();
    let month = faults.take("month", month.parse::<Month>());
    faults.asked_by(attempt, schedule.as_deref());
    let dataset_storage = faults.own_storage("dataset.storage", dataset.storage.as_ref(), &common);
    let model_storage = faults.own_storage("model.storage", model.storage.as_ref(), &common);
    let output_storage = faults.own_storage("output.storage", output.storage.as_ref(), &common);
    let dataset = month.and_then(|month| faults.address("dataset.uri", &dataset.uri, month));
    let source = faults.model(&model);
    let sha256 = model.sha256.as_deref().and_then(|sha256| faults.sha256(sha256));
    let compute = faults.compute(&features);
    let keep = features.keep.as_deref().and_then(|text| faults.expression("features.where", text));
    faults.inputs(&features.inputs);
    let columns = faults.columns(&output);
    let address = month.and_then(|month| faults.output_address(&output.uri, month));
    if address.is_some() && address == dataset && same_store(&dataset_storage, &output_storage) {
        faults.add("output.uri", "is the dataset itself, which would be lost: write the output elsewhere");
    }
    Some(Task {
        month: month?,
        attempt: attempt.unwrap_or(1),
        schedule,
        dataset: dataset?,
        dataset_storage,
        model: source?,
        model_storage,
        sha256,
        run_id: model.run_id,
        compute,
        keep,
        inputs: features.inputs,
        output: output.uri,
        output_storage,
        columns,
        actual: output.actual,
    })
}

/// Whether the same address leads to the same object with these settings. An endpoint is another store, whatever its
/// region or profile.
pub(crate) fn same_store(one: &Storage, other: &Storage) -> bool {
    one.endpoint == other.endpoint
}

/// Whether a text can stand for itself as one segment of an address.
pub(crate) fn is_plain_name(text: &str) -> bool {
    let length = (1..=bounds::TEXT).contains(&text.len());
    let special = |character: char| character.is_control() || r"/\?#{}".contains(character);
    length && !matches!(text, "." | "..") && !text.contains(special)
}

/// The checks of the parts; each notes what it finds under its own path.
impl Faults {
    fn asked_by(&mut self, attempt: Option<u32>, schedule: Option<&str>) {
        if attempt == Some(0) {
            self.add("attempt", "is 0: attempts are counted from 1");
        }
        if let Some(schedule) = schedule {
            self.text("schedule", schedule, bounds::TEXT);
        }
    }

    fn address(&mut self, path: &str, template: &str, month: Month) -> Option<Uri> {
        self.file(path, template);
        let values = Values { month, run_id: None, fingerprint: None };
        let filled = self.take(path, values.fill(template))?;
        self.take(path, Uri::parse(&filled))
    }

    /// Notes an address of a folder where a month's file belongs.
    fn file(&mut self, path: &str, template: &str) {
        if template.ends_with('/') {
            self.add(path, "ends with `/`: name a month's file, such as {month}.parquet");
        }
    }

    /// The output's address, with stand-ins for what is not known yet.
    fn output_address(&mut self, template: &str, month: Month) -> Option<Uri> {
        const PATH: &str = "output.uri";
        const FINGERPRINT: &str = "%fingerprint%";
        self.file(PATH, template);
        let values = Values { month, run_id: Some("run"), fingerprint: Some(FINGERPRINT) };
        let filled = self.take(PATH, values.fill(template))?;
        let uri = self.take(PATH, Uri::parse(&filled))?;
        match &uri {
            Uri::Http(_) => self.add(PATH, "cannot be written over http: use s3:// or file://"),
            uri if uri.split().0.to_string().contains(FINGERPRINT) => {
                self.add(PATH, "has {fingerprint} in a folder's name: put it into the file's name");
            }
            uri if uri.split().1.starts_with('_') => {
                self.add(PATH, "names a file that begins with `_`, which readers of data folders pass over: rename it");
            }
            _ => {}
        }
        Some(uri)
    }

    fn model(&mut self, model: &ModelRef) -> Option<ModelSource> {
        for (path, text) in [("model.runId", &model.run_id), ("model.artifactPath", &model.artifact_path)] {
            if let Some(text) = text {
                self.text(path, text, bounds::TEXT);
                // An artifact path may lead through folders.
                let plain = match path {
                    "model.runId" => is_plain_name(text),
                    _ => text.split('/').all(is_plain_name),
                };
                if !plain {
                    self.add(path, "is no plain name: write letters, digits, `-`, `_` and `.`");
                }
            }
        }
        match (&model.uri, &model.experiment_uri, &model.run_id) {
            (Some(uri), None, _) if model.artifact_path.is_none() => {
                self.take("model.uri", Uri::parse(uri)).map(ModelSource::Folder)
            }
            (Some(_), _, _) => {
                self.add("model.uri", "stands beside experimentUri or artifactPath: write one or the other");
                None
            }
            (None, Some(experiment), Some(run_id)) => {
                let experiment = self.take("model.experimentUri", Uri::parse(experiment))?;
                let artifact_path = model.artifact_path.clone().unwrap_or_else(|| "model".to_owned());
                Some(ModelSource::Run { experiment, run_id: run_id.clone(), artifact_path })
            }
            (None, Some(_), None) => {
                self.add("model.runId", "is missing: write the id of the MLflow run that logged the model");
                None
            }
            (None, None, _) => {
                self.add("model", "names no place: write experimentUri and runId, or uri");
                None
            }
        }
    }

    fn sha256(&mut self, sha256: &str) -> Option<String> {
        if sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(sha256.to_ascii_lowercase());
        }
        self.add("model.sha256", "is no SHA-256: write its 64 hex digits");
        None
    }

    fn expression(&mut self, path: &str, text: &str) -> Option<Expression> {
        self.take(path, Expression::parse(text))
    }

    fn computed(&mut self, path: &str, column: &NamedExpression, text: &str) -> Option<Computed> {
        self.text(&format!("{path}.name"), &column.name, bounds::NAME);
        let expression = self.expression(&format!("{path}.expr"), text)?;
        Some(Computed { name: column.name.clone(), expression })
    }

    fn compute(&mut self, features: &Features) -> Vec<Computed> {
        self.count("features.compute", features.compute.len());
        let mut computed = Vec::new();
        for (index, column) in features.compute.iter().enumerate() {
            let path = format!("features.compute[{index}]");
            if crate::score::ADDED.contains(&column.name.as_str()) {
                self.add(
                    format!("{path}.name"),
                    format!("`{}` is what the scorer adds itself: choose another name", column.name),
                );
            }
            match &column.expr {
                Some(text) => computed.extend(self.computed(&path, column, text)),
                None => self.add(format!("{path}.expr"), "is missing: write the SQL that computes the column"),
            }
        }
        computed
    }

    fn inputs(&mut self, inputs: &[String]) {
        self.count("features.inputs", inputs.len());
        for (index, name) in inputs.iter().enumerate() {
            let path = format!("features.inputs[{index}]");
            self.text(&path, name, bounds::NAME);
            if inputs[..index].contains(name) {
                self.add(path, format!("`{name}` stands here twice: name it once"));
            }
        }
    }

    fn columns(&mut self, output: &Output) -> Vec<Computed> {
        if let Some(actual) = &output.actual {
            self.text("output.actual", actual, bounds::NAME);
        }
        self.count("output.columns", output.columns.len());
        if output.columns.is_empty() {
            self.add("output.columns", "is empty: name at least one column, such as `prediction`");
        }
        let mut columns = Vec::new();
        for (index, column) in output.columns.iter().enumerate() {
            let path = format!("output.columns[{index}]");
            if output.columns[..index].iter().any(|other| other.name == column.name) {
                self.add(format!("{path}.name"), format!("`{}` stands here twice: name it once", column.name));
            }
            let name = format!("\"{}\"", column.name.replace('"', "\"\""));
            columns.extend(self.computed(&path, column, column.expr.as_deref().unwrap_or(&name)));
        }
        columns
    }
}
