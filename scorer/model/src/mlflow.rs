//! The `MLmodel` file: which file holds the model, in which format, and who wrote it (source: MLflow 1.26 to 3.17,
//! `mlflow/models/model.py`, `mlflow/sklearn/__init__.py`). Text in, facts out; nothing is opened.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::artifact::Format;
use crate::limits;

/// How MLflow says the model was serialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// `pickle`, also where nothing is said.
    Pickle,
    /// `cloudpickle`, which writes a pickle.
    Cloudpickle,
    /// `skops`.
    Skops,
}

impl Serialization {
    /// The format of the file that it leads to.
    pub fn format(self) -> Format {
        match self {
            Self::Pickle | Self::Cloudpickle => Format::Pickle,
            Self::Skops => Format::Skops,
        }
    }
}

/// What an `MLmodel` file says of a scikit-learn model. Texts are as the file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MlflowModel {
    /// `sklearn`: the flavour that is read.
    pub flavor: String,
    /// The model's file, relative to the folder of `MLmodel`: plain names joined by `/`.
    pub file: String,
    /// How it was serialised.
    pub format: Serialization,
    /// The version of scikit-learn, if given.
    pub sklearn_version: Option<String>,
    /// The version of Python, if given.
    pub python_version: Option<String>,
    /// The version of MLflow, if given.
    pub mlflow_version: Option<String>,
    /// The run that logged the model, if given.
    pub run_id: Option<String>,
    /// The model's own id (`m-…`, MLflow 3), if given.
    pub model_id: Option<String>,
    /// The columns of the signature, if there is one that names columns.
    pub inputs: Option<Vec<SignatureColumn>>,
}

/// A column of a model's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureColumn {
    /// Its name.
    pub name: String,
    /// MLflow's name of its type, such as `double` or `string`.
    pub data_type: String,
}

/// Why an `MLmodel` file does not lead to a model.
#[derive(Debug, thiserror::Error)]
pub enum MlflowError {
    /// Larger than any such file.
    #[error("the MLmodel file has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest read.
        limit: usize,
    },
    /// Not YAML, or not of the form that MLflow writes.
    #[error("the MLmodel file cannot be parsed")]
    Parse(#[source] Box<serde_yaml::Error>),
    /// A flavour other than scikit-learn.
    #[error("the model was logged as {flavors}; only models logged by mlflow.sklearn are supported{hint}")]
    Flavor {
        /// The flavours that the file has.
        flavors: String,
        /// What to do.
        hint: &'static str,
    },
    /// The scikit-learn flavour does not say which file the model is in.
    #[error("the MLmodel file does not say which file holds the model (`flavors.sklearn.pickled_model`)")]
    NoFile,
    /// A path that leads out of the model's folder.
    #[error("the MLmodel file gives `{path}` as the model's file, which is not a path below its own folder")]
    Path {
        /// As the file gives it.
        path: String,
    },
    /// An unknown serialisation format.
    #[error("the model was serialised as `{format}`; pickle, cloudpickle and skops are supported")]
    Format {
        /// As the file gives it.
        format: String,
    },
}

/// Longest path or name that is accepted, bytes.
const LONGEST: usize = 1024;

#[derive(Deserialize)]
struct File {
    flavors: BTreeMap<String, Option<Flavor>>,
    mlflow_version: Option<String>,
    run_id: Option<String>,
    model_id: Option<String>,
    signature: Option<Signature>,
}

/// The fields of any flavour that are used; of other flavours none is.
#[derive(Deserialize)]
struct Flavor {
    pickled_model: Option<String>,
    serialization_format: Option<String>,
    sklearn_version: Option<String>,
    python_version: Option<String>,
    loader_module: Option<String>,
}

#[derive(Deserialize)]
struct Signature {
    /// JSON in a text.
    inputs: Option<String>,
}

/// Reads an `MLmodel` file.
pub fn parse_mlmodel(text: &str) -> Result<MlflowModel, MlflowError> {
    if text.len() > limits::MLMODEL_BYTES {
        return Err(MlflowError::TooLarge { bytes: text.len(), limit: limits::MLMODEL_BYTES });
    }
    let file: File = serde_yaml::from_str(text).map_err(|error| MlflowError::Parse(Box::new(error)))?;
    let Some(Some(sklearn)) = file.flavors.get("sklearn") else { return Err(unsupported(&file.flavors)) };
    let path = sklearn.pickled_model.clone().ok_or(MlflowError::NoFile)?;
    if !is_below(&path) {
        return Err(MlflowError::Path { path: path.chars().take(100).collect() });
    }
    let python = file.flavors.get("python_function").and_then(Option::as_ref);
    Ok(MlflowModel {
        flavor: "sklearn".to_owned(),
        file: path,
        format: serialization(sklearn.serialization_format.as_deref())?,
        sklearn_version: sklearn.sklearn_version.clone(),
        python_version: python.and_then(|flavor| flavor.python_version.clone()),
        mlflow_version: file.mlflow_version,
        run_id: file.run_id,
        model_id: file.model_id,
        inputs: file.signature.and_then(|signature| signature_columns(&signature.inputs?)),
    })
}

/// A format that is absent means pickle, as MLflow has it.
fn serialization(format: Option<&str>) -> Result<Serialization, MlflowError> {
    match format {
        None | Some("pickle") => Ok(Serialization::Pickle),
        Some("cloudpickle") => Ok(Serialization::Cloudpickle),
        Some("skops") => Ok(Serialization::Skops),
        Some(format) => Err(MlflowError::Format { format: format.chars().take(100).collect() }),
    }
}

/// Refuses other flavours by name. A `python_function` alone is a Python program, which nothing but Python can run.
fn unsupported(flavors: &BTreeMap<String, Option<Flavor>>) -> MlflowError {
    let shown = |text: String| text.chars().take(200).collect();
    let named: Vec<&str> = flavors.keys().map(String::as_str).filter(|name| *name != "python_function").collect();
    let python = flavors.get("python_function").and_then(Option::as_ref).and_then(|f| f.loader_module.as_deref());
    match python {
        Some(loader) if named.is_empty() => MlflowError::Flavor {
            flavors: shown(format!("python_function ({loader})")),
            hint: "; this one is a Python program, which only Python can run",
        },
        _ => MlflowError::Flavor { flavors: shown(named.join(", ")), hint: "" },
    }
}

/// Whether a path is plain names joined by `/`: it cannot lead out of its folder.
fn is_below(path: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.len() <= LONGEST && path.split('/').all(plain)
}

/// The columns of a signature; none if it describes a tensor or is not readable, since nothing depends on it.
fn signature_columns(inputs: &str) -> Option<Vec<SignatureColumn>> {
    #[derive(Deserialize)]
    struct Input {
        name: String,
        #[serde(rename = "type")]
        data_type: String,
    }
    let inputs: Vec<Input> = serde_json::from_str(inputs).ok()?;
    Some(inputs.into_iter().map(|input| SignatureColumn { name: input.name, data_type: input.data_type }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mlmodel(sklearn: &str) -> Result<MlflowModel, MlflowError> {
        parse_mlmodel(&format!("flavors:\n  sklearn:\n    {sklearn}\n    sklearn_version: 1.0.2\nrun_id: abc\n"))
    }

    #[test]
    fn a_format_that_is_absent_means_pickle() {
        let model = mlmodel("pickled_model: model.pkl").unwrap();
        assert_eq!((model.format, model.file.as_str()), (Serialization::Pickle, "model.pkl"));
        assert_eq!(model.sklearn_version.as_deref(), Some("1.0.2"));
    }

    #[test]
    fn versions_and_ids_that_look_like_numbers_stay_texts() {
        let text =
            "flavors: {sklearn: {pickled_model: m, sklearn_version: 1.10}}\nmlflow_version: 2.0\nrun_id: 12345\n";
        let model = parse_mlmodel(text).unwrap();
        assert_eq!(model.sklearn_version.as_deref(), Some("1.10"));
        assert_eq!(model.run_id.as_deref(), Some("12345"));
    }

    #[test]
    fn a_path_out_of_the_folder_is_refused() {
        for path in ["../model.pkl", "/etc/passwd", "a//b", "a/../../b", "'C:\\m'", "''", "."] {
            let found = mlmodel(&format!("pickled_model: {path}"));
            assert!(matches!(found, Err(MlflowError::Path { .. })), "{path}: {found:?}");
        }
        assert!(mlmodel("pickled_model: data/model.pkl").is_ok());
    }

    #[test]
    fn other_flavours_are_refused_by_name() {
        let xgboost = "flavors:\n  python_function: {loader_module: mlflow.xgboost}\n  xgboost: {data: model.ubj}\n";
        let message = parse_mlmodel(xgboost).unwrap_err().to_string();
        assert!(message.contains("xgboost"), "{message}");
        let program =
            "flavors:\n  python_function: {loader_module: mlflow.pyfunc.model, python_model: python_model.pkl}\n";
        let message = parse_mlmodel(program).unwrap_err().to_string();
        assert!(message.contains("Python program"), "{message}");
    }

    #[test]
    fn a_signature_gives_the_columns() {
        let text = "flavors: {sklearn: {pickled_model: m}}\nsignature:\n  \
                    inputs: '[{\"name\": \"PU_DO\", \"type\": \"string\", \"required\": true}]'\n  outputs: '[]'\n";
        let column = SignatureColumn { name: "PU_DO".into(), data_type: "string".into() };
        assert_eq!(parse_mlmodel(text).unwrap().inputs, Some(vec![column]));
    }

    #[test]
    fn text_that_is_not_an_mlmodel_is_an_error() {
        let aliases = format!("a: &a [1]\n{}", "b: [*a, *a]\n".repeat(1000));
        for text in ["", "[", "flavors: 3", "flavors: {sklearn: {}}", "run_id: x", &aliases, &"[".repeat(100_000)] {
            assert!(parse_mlmodel(text).is_err());
        }
    }
}
