//! Where bytes are kept: files, S3 stores, and pages to read from. One set of calls over the three; each call has a
//! time-out, and only calls that may be repeated without harm are repeated.
//!
//! A store moves bytes and knows nothing of months, manifests or parquet.

#[cfg(test)]
pub(crate) mod canned;
mod error;
mod file;
mod http;
mod ranges;
mod retry;
mod s3;
mod s3_client;
mod s3_credentials;
mod s3_error;
mod s3_list;
mod s3_pending;
mod s3_put;
mod s3_upload;
mod spool;
mod unfinished;

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use tokio::sync::OnceCell;

pub use error::{Cause, StoreError};
use s3_pending::Which;

use crate::task::Storage;
use crate::uri::Uri;

/// What a store says of one object: enough to know whether the bytes are still the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The store's tag for these very bytes, without quotes. A file's is its size and time of change.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

/// What is in a folder, by name, itself and not below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its folders.
    pub folders: Vec<String>,
    /// Its files.
    pub files: BTreeMap<String, Listed>,
}

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The store's tag, as [`Object`] has it; none where the store lists files without their tags.
    pub etag: Option<String>,
    /// Bytes.
    pub size: u64,
    /// When it was written, in seconds since 1970.
    pub written: i64,
}

impl Listed {
    /// The file as [`Store::stat`] would give it; none where only that can say.
    pub fn object(&self) -> Option<Object> {
        self.etag.clone().map(|etag| Object { etag, size: self.size })
    }
}

/// What must hold of an address for a write to happen. A store that ignores conditions writes anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing is there.
    Absent,
    /// These bytes are there.
    Matches(String),
}

impl Condition {
    /// That the address is as it was found.
    pub fn as_found(found: Option<&Object>) -> Self {
        found.map_or(Self::Absent, |object| Self::Matches(object.etag.clone()))
    }
}

/// The store that one part of a task (dataset, model or output) is in.
pub struct Store {
    settings: Storage,
    s3: OnceCell<s3::S3>,
    http: OnceCell<http::Http>,
}

/// An object opened for reading: the bytes behind it stay those of [`Source::object`], or reading fails.
pub enum Source {
    /// A file, or a page that was spooled to one.
    File(file::FileSource),
    /// An object.
    S3(s3::S3Source),
    /// A page whose server reads ranges.
    Http(http::HttpSource),
}

/// An output on its way. Nothing can be seen at its address before [`Upload::finish`].
pub enum Upload {
    /// To a file.
    File(file::FileUpload),
    /// To an object.
    S3(s3_upload::S3Upload),
}

impl Store {
    /// The store with these settings. Nothing is asked of it yet.
    pub fn new(settings: Storage) -> Self {
        Self { settings, s3: OnceCell::new(), http: OnceCell::new() }
    }

    async fn s3(&self) -> Result<&s3::S3, StoreError> {
        self.s3.get_or_try_init(|| s3::S3::connect(&self.settings)).await
    }

    async fn http(&self) -> Result<&http::Http, StoreError> {
        self.http.get_or_try_init(|| async { http::Http::new() }).await
    }

    /// Opens an object for reading.
    pub async fn open(&self, uri: &Uri) -> Result<Source, StoreError> {
        match uri {
            Uri::File(path) => file::FileSource::open(path.clone()).await.map(Source::File),
            Uri::S3 { bucket, key } => self.s3().await?.open(bucket, key).await.map(Source::S3),
            Uri::Http(url) => self.http().await?.open(url).await,
        }
    }

    /// What is at an address; none where nothing is.
    pub async fn stat(&self, uri: &Uri) -> Result<Option<Object>, StoreError> {
        let found = match uri {
            Uri::File(path) => file::stat(path.clone()).await,
            Uri::S3 { bucket, key } => self.s3().await?.stat(bucket, key).await,
            Uri::Http(url) => self.http().await?.stat(url).await,
        };
        match found {
            Ok(object) => Ok(Some(object)),
            Err(StoreError::NotFound { .. } | StoreError::NoPlace { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A whole object of at most `most` bytes; none where nothing is.
    pub async fn read(&self, uri: &Uri, most: u64) -> Result<Option<(Object, Bytes)>, StoreError> {
        match self.open(uri).await {
            Ok(source) => {
                let bytes = source.all(most).await?;
                Ok(Some((source.object().clone(), bytes)))
            }
            Err(StoreError::NotFound { .. } | StoreError::NoPlace { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is in a folder; empty where there is no such folder.
    pub async fn list(&self, uri: &Uri) -> Result<Listing, StoreError> {
        match uri {
            Uri::File(path) => file::list(path.clone()).await,
            Uri::S3 { bucket, key } => self.s3().await?.list(bucket, key).await,
            Uri::Http(_) => {
                Err(StoreError::Unsupported { uri: uri.to_string(), wish: "listed", instead: "s3:// or file://" })
            }
        }
    }

    /// Writes a small object in one piece.
    pub async fn put(&self, uri: &Uri, bytes: Bytes, condition: Condition) -> Result<Object, StoreError> {
        match uri {
            Uri::File(path) => file::put(path.clone(), bytes, condition).await,
            Uri::S3 { bucket, key } => self.s3().await?.put(bucket, key, bytes, &condition).await,
            Uri::Http(_) => Err(unwritable(uri)),
        }
    }

    /// Writes a small object in one piece, and finds out in doing so whether the store keeps conditions: the first write
    /// carries one that cannot hold. A store that keeps conditions refuses it, and then gets the true one; a store that
    /// ignores them has written what was to be written.
    pub async fn put_guarded(&self, uri: &Uri, bytes: Bytes, condition: Condition) -> Result<Object, StoreError> {
        match uri {
            Uri::S3 { bucket, key } => self.s3().await?.put_guarded(bucket, key, bytes, &condition).await,
            _ => self.put(uri, bytes, condition).await,
        }
    }

    /// Whether the store keeps the conditions of a write, where a write has found out.
    pub fn keeps_conditions(&self) -> Option<bool> {
        self.s3.get()?.conditions.kept()
    }

    /// Begins an output. Pending uploads of it that are so old that nobody can be at work on them are cleared away.
    pub async fn upload(&self, uri: &Uri, condition: Condition) -> Result<Upload, StoreError> {
        match uri {
            Uri::File(path) => file::FileUpload::begin(path.clone(), condition).await.map(Upload::File),
            Uri::S3 { bucket, key } => {
                let s3 = self.s3().await?;
                s3.clear_pending(bucket, key, Which::Abandoned).await?;
                Ok(Upload::S3(s3_upload::S3Upload::new(s3, bucket, key, condition)))
            }
            Uri::Http(_) => Err(unwritable(uri)),
        }
    }

    /// Aborts every pending upload of an output: for one that is committed, which no other upload may replace any more. A
    /// run of the same output that is still at work finds its upload gone, and then what is committed. In a folder there
    /// is nothing to do: beginning an upload clears away what no living process holds.
    pub async fn clear_pending(&self, uri: &Uri) -> Result<(), StoreError> {
        match uri {
            Uri::S3 { bucket, key } => self.s3().await?.clear_pending(bucket, key, Which::All).await,
            Uri::File(_) | Uri::Http(_) => Ok(()),
        }
    }
}

fn unwritable(uri: &Uri) -> StoreError {
    StoreError::Unsupported { uri: uri.to_string(), wish: "written", instead: "s3:// or file://" }
}

impl Source {
    /// What was opened.
    pub fn object(&self) -> &Object {
        match self {
            Self::File(source) => source.object(),
            Self::S3(source) => source.object(),
            Self::Http(source) => source.object(),
        }
    }

    /// The bytes of each range, in the order asked; near ranges are read together, several at a time.
    pub async fn ranges(&self, wanted: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        ranges::read(self, wanted).await
    }

    /// All bytes, if they are at most `most`.
    pub async fn all(&self, most: u64) -> Result<Bytes, StoreError> {
        let size = self.object().size;
        if size > most {
            return Err(StoreError::TooLarge { uri: self.uri(), size, most });
        }
        let whole = 0..size;
        Ok(self.ranges(std::slice::from_ref(&whole)).await?.pop().unwrap_or_default())
    }

    /// Exactly the bytes of one range.
    async fn range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        match self {
            Self::File(source) => source.range(range).await,
            Self::S3(source) => source.range(range).await,
            Self::Http(source) => source.range(range).await,
        }
    }

    fn uri(&self) -> String {
        match self {
            Self::File(source) => source.uri(),
            Self::S3(source) => source.uri(),
            Self::Http(source) => source.uri(),
        }
    }
}

impl Upload {
    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        match self {
            Self::File(upload) => upload.write(bytes).await,
            Self::S3(upload) => upload.write(bytes).await,
        }
    }

    /// Makes the output visible, all of it at once.
    pub async fn finish(self) -> Result<Object, StoreError> {
        match self {
            Self::File(upload) => upload.finish().await,
            Self::S3(upload) => upload.finish().await,
        }
    }

    /// Leaves nothing behind. What cannot be cleared away now is cleared away by [`Store::clear_pending`].
    pub async fn abort(self) {
        match self {
            Self::File(upload) => upload.abort(),
            Self::S3(upload) => upload.abort().await,
        }
    }
}
