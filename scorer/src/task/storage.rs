//! The settings of a store, checked.

use std::ops::RangeInclusive;

use scoring_contract::{bounds, task};

use super::{Faults, TaskError};
use crate::uri::{refuse_link_local, shown};

const MIB: u64 = 1024 * 1024;
/// An output above this is uploaded in parts: one PUT is one request, and what fails in it leaves nothing behind.
const MULTIPART_ABOVE: u64 = 64 * MIB;
/// In MiB, what may be sent in one piece: S3 takes no smaller part than the least, and the piece is held in memory and has
/// to be sent within one call, which makes the most.
const PIECE: RangeInclusive<u64> = 5..=512;

/// The settings of an S3 store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Storage {
    /// The store's address; none for AWS itself.
    pub endpoint: Option<String>,
    /// The region; none for what the environment says.
    pub region: Option<String>,
    /// The bucket in the path in place of the host.
    pub path_style: bool,
    /// Ask without credentials.
    pub anonymous: bool,
    /// The profile of the shared credentials file.
    pub profile: Option<String>,
    /// Bytes above which an output is uploaded in parts.
    pub multipart_above: u64,
}

impl TryFrom<&task::Storage> for Storage {
    type Error = TaskError;

    fn try_from(storage: &task::Storage) -> Result<Self, TaskError> {
        let mut faults = Faults::default();
        let checked = faults.storage("storage", storage);
        if faults.0.is_empty() { Ok(checked) } else { Err(TaskError(faults.0)) }
    }
}

impl Faults {
    /// The settings of a part's own store, checked; the common ones where it has none.
    pub(super) fn own_storage(&mut self, path: &str, own: Option<&task::Storage>, common: &Storage) -> Storage {
        own.map_or_else(|| common.clone(), |own| self.storage(path, own))
    }

    /// Checks the settings of one store.
    pub(super) fn storage(&mut self, path: &str, storage: &task::Storage) -> Storage {
        for (field, text) in [("region", &storage.region), ("profile", &storage.profile)] {
            if let Some(text) = text {
                self.text(&format!("{path}.{field}"), text, bounds::TEXT);
            }
        }
        if storage.region.as_ref().is_some_and(|region| !is_region(region)) {
            self.add(
                format!("{path}.region"),
                "is no region's name: write letters, digits and `-`, such as eu-central-1",
            );
        }
        if storage.anonymous == Some(true) && storage.profile.is_some() {
            let problem = "stands beside `anonymous: true`, which asks without credentials: leave one of the two out";
            self.add(format!("{path}.profile"), problem);
        }
        if let Some(endpoint) = &storage.endpoint {
            self.endpoint(&format!("{path}.endpoint"), endpoint);
        }
        let parts = storage.multipart_above_mib.unwrap_or(MULTIPART_ABOVE / MIB);
        if !PIECE.contains(&parts) {
            self.add(
                format!("{path}.multipartAboveMiB"),
                format!("must be between {} and {}, which is what is sent in one piece", PIECE.start(), PIECE.end()),
            );
        }
        Storage {
            endpoint: storage.endpoint.clone(),
            region: storage.region.clone(),
            path_style: storage.path_style.unwrap_or(storage.endpoint.is_some()),
            anonymous: storage.anonymous.unwrap_or(false),
            profile: storage.profile.clone(),
            multipart_above: parts.saturating_mul(MIB),
        }
    }

    fn endpoint(&mut self, path: &str, endpoint: &str) {
        self.text(path, endpoint, bounds::URI);
        let Ok(url) = url::Url::parse(endpoint) else {
            return self.add(path, format!("`{}` is no address: write https://host[:port]", shown(endpoint)));
        };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            self.add(path, format!("`{}` is no address: write https://host[:port]", shown(endpoint)));
        } else if !url.username().is_empty() || url.password().is_some() {
            self.add(path, "holds a user name or a password: credentials come from a Secret or the environment");
        } else if url.query().is_some() || url.fragment().is_some() {
            self.add(path, "has a query or a fragment: write https://host[:port]");
        } else if let Err(error) = refuse_link_local(&url) {
            self.add(path, error.to_string());
        }
    }
}

/// Whether a text can be a region's name; stores that are not AWS have names of their own.
fn is_region(text: &str) -> bool {
    let first = text.starts_with(|character: char| character.is_ascii_alphanumeric());
    first && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(storage: &task::Storage) -> String {
        Storage::try_from(storage).unwrap_err().to_string()
    }

    #[test]
    fn a_refused_endpoint_never_repeats_a_secret() {
        for endpoint in [
            "https://user:secret@host",
            "https://user:secret@[host",
            "ftp://user:secret@host",
            "user:secret@host",
            "https://h?k=secret",
        ] {
            let error = refused(&task::Storage { endpoint: Some(endpoint.to_owned()), ..task::Storage::default() });
            assert!(!error.contains("secret"), "{endpoint}: {error}");
        }
    }

    #[test]
    fn a_region_is_a_name_and_a_profile_is_not_for_one_who_asks_without_credentials() {
        for region in ["us east 1", "", "eu-central-1/", "../x"] {
            let error = refused(&task::Storage { region: Some(region.to_owned()), ..task::Storage::default() });
            assert!(error.contains("storage.region: is no region's name"), "{error}");
        }
        for region in ["eu-central-1", "garage", "RegionOne", "nyc3"] {
            let storage = task::Storage { region: Some(region.to_owned()), ..task::Storage::default() };
            assert!(Storage::try_from(&storage).is_ok(), "{region}");
        }
        let both =
            task::Storage { profile: Some("here".to_owned()), anonymous: Some(true), ..task::Storage::default() };
        assert!(refused(&both).starts_with("storage.profile: stands beside"));
    }

    #[test]
    fn a_piece_that_cannot_be_sent_in_one_call_is_refused() {
        for mib in [4, 513, u64::MAX] {
            let error = refused(&task::Storage { multipart_above_mib: Some(mib), ..task::Storage::default() });
            assert!(error.contains("storage.multipartAboveMiB: must be between 5 and 512"), "{error}");
        }
    }
}
