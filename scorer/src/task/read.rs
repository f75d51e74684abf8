//! From text to a task document. YAML, and so JSON; a fault is reported with its place in the text.

use std::path::Path;

use scoring_contract::task::{Dataset, ModelRef, Output};
use scoring_contract::{TaskDocument, bounds};
use serde::de::DeserializeOwned;

/// A text that is no task document.
#[derive(Debug, thiserror::Error)]
pub enum ReadTaskError {
    /// Longer than a task may be.
    #[error("the task has {0} bytes: at most {most} are allowed", most = bounds::TASK)]
    Length(usize),
    /// Not YAML, or not of a task's form.
    #[error("{path}: {problem}")]
    Form {
        /// The path of the field.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

/// Reads a task document, or a survey's.
pub fn read_document<D: DeserializeOwned>(text: &str) -> Result<D, ReadTaskError> {
    if text.len() > bounds::TASK {
        return Err(ReadTaskError::Length(text.len()));
    }
    let mut path = ".".to_owned();
    let document = serde_yaml::with_deserializer_from_str(text, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            path = error.path().to_string();
            error.into_inner()
        })
    });
    document.map_err(|error| {
        let path = if path == "." { "task".to_owned() } else { path };
        ReadTaskError::Form { path, problem: error.without_snippet().to_string() }
    })
}

/// Turns the plain paths of a task into addresses: a task file may name what lies beside it, relative to its folder.
pub fn resolve_relative(document: &mut TaskDocument, folder: &Path) {
    resolve_parts(&mut document.dataset, &mut document.model, &mut document.output, folder);
}

/// The same for the parts of a document that hold addresses.
pub fn resolve_parts(dataset: &mut Dataset, model: &mut ModelRef, output: &mut Output, folder: &Path) {
    let model = [model.uri.as_mut(), model.experiment_uri.as_mut()];
    let uris = [&mut dataset.uri, &mut output.uri].into_iter().chain(model.into_iter().flatten());
    for uri in uris {
        if !has_scheme(uri) && !uri.is_empty() {
            *uri = format!("file://{}", absolute(folder, uri));
        }
    }
}

/// Whether a text is meant as an address: one that is not known here (`models:/green`, `C:/rides`) is not a path either.
fn has_scheme(text: &str) -> bool {
    let scheme = text.split_once(":/").map_or("", |(scheme, _)| scheme);
    let first = scheme.starts_with(|character: char| character.is_ascii_alphabetic());
    text.contains("://") || (first && scheme.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one)))
}

/// The path from the root, with `.` and `..` worked out by name. A slash at the end, which stands for a folder, stays.
fn absolute(folder: &Path, path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in folder.join(path).components() {
        match part {
            std::path::Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            std::path::Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Task;

    const TASK: &str = "
month: 2021-02
dataset: {uri: 'rides/green_{month}.parquet'}
model: {experimentUri: ../mlflow/2, runId: ab12}
features:
  compute: [{name: PU_DO, expr: \"concat(a, '_', b)\"}]
output: {uri: 'out/{month}-{runId}.parquet', columns: [{name: prediction}]}
";

    #[test]
    fn yaml_and_json_give_the_same_task() {
        let document: TaskDocument = read_document(TASK).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(read_document::<TaskDocument>(&json).unwrap(), document);
    }

    #[test]
    fn plain_paths_are_relative_to_the_task_file() {
        let mut document = read_document(TASK).unwrap();
        resolve_relative(&mut document, Path::new("/home/ana/tasks"));
        assert_eq!(document.dataset.uri, "file:///home/ana/tasks/rides/green_{month}.parquet");
        assert_eq!(document.model.experiment_uri.as_deref(), Some("file:///home/ana/mlflow/2"));
    }

    #[test]
    fn what_has_a_scheme_is_no_path() {
        for (text, taken) in [
            ("models:/green/Production", "models:/green/Production"),
            ("mlflow-artifacts:/2", "mlflow-artifacts:/2"),
            ("C:/mlflow/2", "C:/mlflow/2"),
            ("mlflow:2/model", "file:///t/mlflow:2/model"),
            ("a b:/2", "file:///t/a b:/2"),
            ("../2/", "file:///2/"),
        ] {
            let mut document: TaskDocument = read_document(&TASK.replace("../mlflow/2", text)).unwrap();
            resolve_relative(&mut document, Path::new("/t"));
            assert_eq!(document.model.experiment_uri.as_deref(), Some(taken));
        }
    }

    #[test]
    fn a_folder_is_no_file() {
        for (from, to, path) in [
            ("rides/green_{month}.parquet", "rides/{month}/", "dataset.uri"),
            ("out/{month}-{runId}.parquet", "out/{month}/", "output.uri"),
            ("out/{month}-{runId}.parquet", "s3://bucket/{month}/", "output.uri"),
        ] {
            let mut document: TaskDocument = read_document(&TASK.replace(from, to)).unwrap();
            resolve_relative(&mut document, Path::new("/t"));
            let faults = Task::try_from(document).unwrap_err().0;
            assert!(
                faults.iter().any(|fault| fault.path == path && fault.problem.starts_with("ends with `/`")),
                "{to}"
            );
        }
    }

    #[test]
    fn a_fault_of_form_names_its_field() {
        let cases = [
            (TASK.replace("runId: ab12", "runId: ab12, runid: x"), "model"),
            (TASK.replace("month: 2021-02", "month: [1]"), "month"),
            (TASK.replace("{name: prediction}", "{nam: prediction}"), "output.columns[0]"),
            (TASK.replace("dataset:", "datasets:"), "datasets"),
        ];
        for (text, field) in cases {
            let error = read_document::<TaskDocument>(&text).unwrap_err().to_string();
            assert!(error.contains(field), "{error}");
        }
    }

    #[test]
    fn an_output_over_its_own_dataset_is_refused() {
        let text = TASK.replace("out/{month}-{runId}.parquet", "rides/green_{year}-{mm}.parquet");
        let mut document = read_document(&text).unwrap();
        resolve_relative(&mut document, Path::new("/t"));
        let error = Task::try_from(document.clone()).unwrap_err().to_string();
        assert!(error.starts_with("output.uri: is the dataset itself"), "{error}");
        document.dataset.storage = serde_json::from_str(r#"{"endpoint": "https://another.example"}"#).unwrap();
        assert!(Task::try_from(document).is_ok());
    }

    #[test]
    fn a_run_is_one_plain_name_and_an_artifact_path_may_be_several() {
        let cases = [
            ("runId: ab/12", Some("model.runId")),
            ("runId: '..'", Some("model.runId")),
            ("runId: ab12, artifactPath: a/b", None),
            ("runId: ab12, artifactPath: a/../b", Some("model.artifactPath")),
        ];
        for (fields, path) in cases {
            let mut document = read_document(&TASK.replace("runId: ab12", fields)).unwrap();
            resolve_relative(&mut document, Path::new("/t"));
            let faults = Task::try_from(document).map_or_else(|error| error.0, |_| Vec::new());
            assert_eq!(faults.first().map(|fault| fault.path.as_str()), path, "{fields}");
        }
    }

    #[test]
    fn all_faults_of_meaning_are_listed_at_once() {
        let text = TASK
            .replace("month: 2021-02", "month: 2021-13")
            .replace("runId: ab12", "runId: ../x")
            .replace("concat(a, '_', b)", "concat(a,")
            .replace("{runId}", "{runid}")
            + "storage: {endpoint: 'http://169.254.169.254', multipartAboveMiB: 1}\n";
        let mut document = read_document(&text).unwrap();
        resolve_relative(&mut document, Path::new("/t"));
        let error = Task::try_from(document).unwrap_err();
        let paths: Vec<_> = error.0.iter().map(|fault| fault.path.as_str()).collect();
        for path in
            ["month", "model.runId", "features.compute[0].expr", "storage.endpoint", "storage.multipartAboveMiB"]
        {
            assert_eq!(paths.iter().filter(|found| **found == path).count(), 1, "{path} among {paths:?}");
        }
    }

    #[test]
    fn a_part_s_own_storage_is_named_by_its_own_path() {
        let text = TASK.replace("green_{month}.parquet'", "green_{month}.parquet', storage: {endpoint: none}");
        let mut document = read_document(&text).unwrap();
        resolve_relative(&mut document, Path::new("/t"));
        let paths: Vec<String> = Task::try_from(document).unwrap_err().0.into_iter().map(|fault| fault.path).collect();
        assert_eq!(paths, ["dataset.storage.endpoint"]);
    }

    #[test]
    fn an_expression_that_no_columns_could_make_right_is_named_by_its_field() {
        struct Case {
            expression: &'static str,
            problem: &'static str,
        }
        for Case { expression, problem } in [
            Case { expression: "lenght(a)", problem: "no function is named lenght; close ones are length" },
            Case {
                expression: "1 + ifnull(a)",
                problem: "ifnull does not take 1 argument; it is ifnull(a, b) (at character 5)",
            },
            Case { expression: "a - avg(a)", problem: "`avg` is an aggregate: an expression sees one row only" },
        ] {
            let fields = [
                ("features.compute[0].expr", TASK.replace("concat(a, '_', b)", expression)),
                ("features.where", TASK.replace("features:", &format!("features:\n  where: {expression:?}"))),
                ("output.columns[0].expr", TASK.replace("prediction}", &format!("p, expr: {expression:?}}}"))),
            ];
            for (path, text) in fields {
                let mut document = read_document(&text).unwrap();
                resolve_relative(&mut document, Path::new("/t"));
                let faults = Task::try_from(document).unwrap_err().0;
                let [fault] = faults.as_slice() else { panic!("{faults:?}") };
                assert_eq!(fault.path, path);
                assert!(fault.problem.starts_with(problem), "{}", fault.problem);
            }
        }
    }
}
