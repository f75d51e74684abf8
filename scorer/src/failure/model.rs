//! What a model's error means. A model is a setting: it does not get better by waiting.

use scoring_contract::ExitClass::{BadData, BadSetting};
use scoring_model::{BuildError, PrepareError, ReadError};

use super::Verdict;

pub(super) fn of_read(_error: &ReadError) -> Verdict {
    Verdict::new(
        BadSetting,
        "ModelUnreadable",
        "log the model again with mlflow.sklearn.log_model; `scorer inspect` says what the file holds",
    )
}

pub(super) fn of_build(_error: &BuildError) -> Verdict {
    Verdict::new(
        BadSetting,
        "ModelUnsupported",
        "use one of the supported estimators and versions; `scorer inspect` says what the file holds",
    )
}

pub(super) fn of_prepare(_error: &PrepareError) -> Verdict {
    Verdict::new(
        BadData,
        "ColumnMismatch",
        "give the model the columns it was trained with: cast or compute them in features.compute, or set features.inputs",
    )
}
