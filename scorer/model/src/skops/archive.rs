//! The members of a skops archive, unpacked within a budget. It knows zip, not skops.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits;

/// Why a member of the archive was not read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file is not a zip archive, or a damaged one.
    #[error("the file is not a readable zip archive")]
    Open(#[source] ZipError),
    /// More members than any model has.
    #[error("the archive has {count} members; at most {limit} are accepted")]
    Members {
        /// How many.
        count: usize,
        /// The most accepted.
        limit: usize,
    },
    /// A member is missing, encrypted or packed in an unknown way.
    #[error("`{member}` cannot be found or unpacked")]
    Find {
        /// Its name.
        member: String,
        /// What the archive says.
        #[source]
        source: ZipError,
    },
    /// A member's bytes are damaged.
    #[error("`{member}` is damaged")]
    Unpack {
        /// Its name.
        member: String,
        /// What the archive says.
        #[source]
        source: std::io::Error,
    },
    /// The archive unpacks to far more than its size.
    #[error("`{member}` would take the archive beyond {limit} unpacked bytes, too many for its size")]
    TooLarge {
        /// Its name.
        member: String,
        /// The most accepted.
        limit: usize,
    },
}

/// An opened archive, and how many bytes may still be unpacked from it.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    budget: usize,
    limit: usize,
    packed: usize,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(ArchiveError::Open)?;
        if zip.len() > limits::MEMBERS {
            return Err(ArchiveError::Members { count: zip.len(), limit: limits::MEMBERS });
        }
        let limit = limits::unpacked(bytes.len());
        Ok(Self { zip, budget: limit, limit, packed: bytes.len() })
    }

    /// The bytes of a member.
    pub(super) fn read(&mut self, member: &str) -> Result<Vec<u8>, ArchiveError> {
        let name = || member.to_owned();
        let file = self.zip.by_name(member).map_err(|source| ArchiveError::Find { member: name(), source })?;
        let size = usize::try_from(file.size()).unwrap_or(usize::MAX);
        if size > self.budget {
            return Err(ArchiveError::TooLarge { member: name(), limit: self.limit });
        }
        // a stated size is believed only as far as the bytes bear it out
        let mut bytes = Vec::with_capacity(size.min(self.packed));
        let read = file.take(size as u64 + 1).read_to_end(&mut bytes);
        let read = read.map_err(|source| ArchiveError::Unpack { member: name(), source })?;
        if read > self.budget {
            return Err(ArchiveError::TooLarge { member: name(), limit: self.limit });
        }
        self.budget -= read;
        Ok(bytes)
    }
}
