//! What a store's error means, by what the store was asked for.

use scoring_contract::ExitClass::{BadData, BadSetting, CannotWrite, Denied, NotPublished, TryAgain};

use super::Verdict;
use crate::store::StoreError;

/// What a store was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Dataset,
    Model,
    Output,
}

pub(super) fn of_store(error: &StoreError, role: Role) -> Verdict {
    match error {
        StoreError::NotFound { .. } => match role {
            Role::Dataset => {
                Verdict::new(NotPublished, "NotPublished", "wait until the month is published, or correct dataset.uri")
            }
            Role::Model => Verdict::new(BadSetting, "ModelMissing", "correct the model's address"),
            Role::Output => {
                Verdict::new(CannotWrite, "OutputPlaceMissing", "make the bucket or the folder of output.uri")
            }
        },
        StoreError::NoPlace { .. } => match role {
            Role::Output => {
                Verdict::new(CannotWrite, "OutputPlaceMissing", "make the bucket or the folder of output.uri")
            }
            _ => Verdict::new(
                BadSetting,
                "BucketMissing",
                "correct the bucket's name, or the storage settings it is looked for with",
            ),
        },
        StoreError::Denied { .. } => {
            Verdict::new(Denied, "Denied", "give the credentials the permission that is named")
        }
        StoreError::Unavailable { .. } => {
            Verdict::new(TryAgain, "StoreUnavailable", "run it again when the store answers")
        }
        StoreError::Changed { .. } => {
            Verdict::new(TryAgain, "InputChanged", "run it again; the file was replaced in the middle of the run")
        }
        StoreError::Conflict { .. } => {
            Verdict::new(TryAgain, "AnotherRun", "run it again; another run wrote the same output at the same time")
        }
        StoreError::TooLarge { .. } => {
            Verdict::new(if role == Role::Dataset { BadData } else { BadSetting }, "TooLarge", "use a smaller file")
        }
        StoreError::Refused { .. } | StoreError::Unsupported { .. } | StoreError::Settings { .. } => match role {
            Role::Output => Verdict::new(CannotWrite, "StoreRefused", "correct output.uri and the storage settings"),
            _ => Verdict::new(BadSetting, "StoreRefused", "correct the address and the storage settings"),
        },
        StoreError::File { .. } => match role {
            Role::Output => Verdict::new(
                CannotWrite,
                "OutputNotWritable",
                "make room, or give write permission to the folder of output.uri",
            ),
            _ => Verdict::new(BadSetting, "FileUnreadable", "check the file and its disk"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unavailable() -> StoreError {
        StoreError::Unavailable { uri: "s3://b/k".into(), call: "GetObject", source: "reset".into() }
    }

    fn denied() -> StoreError {
        StoreError::Denied { uri: "s3://b/k".into(), permission: "s3:GetObject", hint: "", source: "403".into() }
    }

    #[test]
    fn a_missing_object_means_what_it_was_wanted_for() {
        let missing = StoreError::NotFound { uri: "s3://b/k".into() };
        assert_eq!(of_store(&missing, Role::Dataset).class, NotPublished);
        assert_eq!(of_store(&missing, Role::Model).class, BadSetting);
        assert_eq!(of_store(&missing, Role::Output).class, CannotWrite);
    }

    #[test]
    fn a_refusal_and_a_silence_mean_the_same_whatever_was_asked_for() {
        for role in [Role::Dataset, Role::Model, Role::Output] {
            assert_eq!(of_store(&denied(), role).class, Denied);
            assert_eq!(of_store(&unavailable(), role).class, TryAgain);
        }
    }
}
