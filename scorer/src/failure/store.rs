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
