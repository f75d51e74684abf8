//! What a store's error means, by what the store was asked for.

use scoring_contract::ExitClass;
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
        StoreError::NotFound { .. } => missing(role),
        StoreError::NoPlace { .. } if role == Role::Output => missing(role),
        StoreError::NoPlace { .. } => Verdict::new(
            BadSetting,
            "BucketMissing",
            "correct the bucket's name, or the storage settings it is looked for with",
        ),
        StoreError::NotAFile { .. } => Verdict::new(unusable(role), "NotAFile", "name one file"),
        StoreError::Denied { .. } => {
            Verdict::new(Denied, "Denied", "give the credentials the permission that is named")
        }
        StoreError::Unavailable { .. }
        | StoreError::Changed { .. }
        | StoreError::Conflict { .. }
        | StoreError::Spool { .. } => passing(error),
        StoreError::TooLarge { .. } => {
            Verdict::new(if role == Role::Dataset { BadData } else { BadSetting }, "TooLarge", "use a smaller file")
        }
        StoreError::TooMany { .. } => {
            Verdict::new(unusable(role), "TooManyFiles", "move files out of the folder, or use another one")
        }
        StoreError::Refused { .. }
        | StoreError::NotImplemented { .. }
        | StoreError::Unsupported { .. }
        | StoreError::Settings { .. } => Verdict::new(
            unusable(role),
            "StoreRefused",
            match role {
                Role::Output => "correct output.uri and the storage settings",
                _ => "correct the address and the storage settings",
            },
        ),
        StoreError::File { .. } if role == Role::Output => Verdict::new(
            CannotWrite,
            "OutputNotWritable",
            "make room, or give write permission to the folder of output.uri",
        ),
        StoreError::File { .. } => Verdict::new(BadSetting, "FileUnreadable", "check the file and its disk"),
    }
}

/// What must be corrected where a place cannot be used at all.
fn unusable(role: Role) -> ExitClass {
    if role == Role::Output { CannotWrite } else { BadSetting }
}

fn missing(role: Role) -> Verdict {
    match role {
        Role::Dataset => {
            Verdict::new(NotPublished, "NotPublished", "wait until the month is published, or correct dataset.uri")
        }
        Role::Model => Verdict::new(BadSetting, "ModelMissing", "correct the model's address"),
        Role::Output => Verdict::new(CannotWrite, "OutputPlaceMissing", "make the bucket or the folder of output.uri"),
    }
}

/// What passes when it is tried again.
fn passing(error: &StoreError) -> Verdict {
    let (reason, remedy) = match error {
        StoreError::Changed { .. } => ("InputChanged", "run it again; the file was replaced in the middle of the run"),
        StoreError::Conflict { .. } => {
            ("AnotherRun", "run it again; another run wrote the same output at the same time")
        }
        StoreError::Spool { .. } => (
            "TemporaryFolderFull",
            "make room in the temporary folder, or name another one by TMPDIR; then run it again",
        ),
        _ => ("StoreUnavailable", "run it again when the store answers"),
    };
    Verdict::new(TryAgain, reason, remedy)
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
    fn a_folder_where_a_file_must_be_is_a_setting_to_correct() {
        let folder = StoreError::NotAFile { uri: "file:///out".into() };
        assert_eq!(of_store(&folder, Role::Dataset).class, BadSetting);
        assert_eq!(of_store(&folder, Role::Output).class, CannotWrite);
    }

    #[test]
    fn a_full_temporary_folder_is_named_and_passes() {
        let full = StoreError::Spool { uri: "https://h/p".into(), source: std::io::ErrorKind::StorageFull.into() };
        let verdict = of_store(&full, Role::Dataset);
        assert_eq!(verdict.class, TryAgain);
        assert!(verdict.remedy.contains("TMPDIR"));
    }

    #[test]
    fn a_refusal_and_a_silence_mean_the_same_whatever_was_asked_for() {
        for role in [Role::Dataset, Role::Model, Role::Output] {
            assert_eq!(of_store(&denied(), role).class, Denied);
            assert_eq!(of_store(&unavailable(), role).class, TryAgain);
        }
    }
}
