//! Reads the model file that MLflow and scikit-learn wrote, without Python, and predicts bit for bit as scikit-learn does with
//! `n_jobs=1`. Bytes in, values out: no files, no network, no clock.
//!
//! ```text
//! MLmodel text ── parse_mlmodel ──► MlflowModel     which file, which format
//! file's bytes ── Artifact::read ──► Artifact       taken apart: values, nothing imported, nothing called
//!                 Artifact::describe ► Description  what it is, supported or not
//!                 Artifact::model ──► Model         checked: structure, versions, sizes
//! column names ── Model::prepare ──► Prepared       names resolved, trees laid out
//! batch        ── Prepared::predict ► Predictions   or the row that scikit-learn would raise for
//! ```
//!
//! Whatever is not supported is refused by name before a row is read.

mod arena;
mod artifact;
mod batch;
mod build;
mod description;
mod estimators;
mod globals;
mod limits;
mod matrix;
mod mlflow;
mod model;
mod numpy;
mod object;
mod pickle;
mod prepared;
mod skops;
mod version;

pub use arena::TooManyValues;
pub use artifact::{Artifact, Format, ReadError};
pub use batch::{Batch, Category, Column, Kind, Predictions};
pub use build::BuildError;
pub use description::{Description, Step};
pub use estimators::TreeError;
pub use mlflow::{MlflowError, MlflowModel, Serialization, SignatureColumn, parse_mlmodel};
pub use model::{Model, ModelColumn, PrepareError, Takes};
pub use numpy::ArrayError;
pub use pickle::PickleError;
pub use prepared::{PredictError, Prepared, Problem};
pub use skops::{ArchiveError, SkopsError};
