//! Files of this machine. A file appears under its name whole, or not at all: it is written beside its place under a
//! name of its own, forced to disk, and renamed.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::spawn_blocking;

use super::unfinished::{Unfinished, begin, is_unfinished};
use super::{Condition, Listed, Listing, Object, StoreError};

/// How long the lock of a folder is waited for.
const LOCK: Duration = Duration::from_secs(10);
/// How often it is asked for meanwhile.
const LOCK_EVERY: Duration = Duration::from_millis(20);

/// A file opened for reading.
pub struct FileSource {
    path: PathBuf,
    file: Arc<File>,
    object: Object,
    /// A file without a name cannot be changed by others, and its tag is its page's.
    unnamed: bool,
}

/// A file being written.
pub struct FileUpload {
    path: PathBuf,
    condition: Condition,
    unfinished: Option<Unfinished>,
}

impl FileSource {
    pub(super) async fn open(path: PathBuf) -> Result<Self, StoreError> {
        blocking(move || {
            // Looked at before it is opened too: opening a pipe waits for its writer.
            file_at(&path)?;
            let file = File::open(&path).map_err(|source| reading(&path, source))?;
            let metadata = file.metadata().map_err(|source| reading(&path, source))?;
            let object = identity(&metadata);
            Ok(Self { path, file: Arc::new(file), object, unnamed: false })
        })
        .await
    }

    /// A file that has no name any more.
    pub(super) fn unnamed(file: File, uri: &str, object: Object) -> Self {
        Self { path: PathBuf::from(uri), file: Arc::new(file), object, unnamed: true }
    }

    pub(super) fn object(&self) -> &Object {
        &self.object
    }

    pub(super) fn uri(&self) -> String {
        name(&self.path)
    }

    pub(super) async fn range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let (file, path, size) = (self.file.clone(), self.path.clone(), self.object.size);
        let (etag, unnamed) = (self.object.etag.clone(), self.unnamed);
        blocking(move || {
            if range.end > size {
                return Err(StoreError::Changed { uri: name(&path) });
            }
            let mut bytes = vec![0; (range.end - range.start) as usize];
            match file.read_exact_at(&mut bytes, range.start) {
                Ok(()) if file.metadata().is_ok_and(|now| unnamed || identity(&now).etag == etag) => Ok(bytes.into()),
                Ok(()) => Err(StoreError::Changed { uri: name(&path) }),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    Err(StoreError::Changed { uri: name(&path) })
                }
                Err(source) => Err(reading(&path, source)),
            }
        })
        .await
    }
}

/// What is at a path.
pub(super) async fn stat(path: PathBuf) -> Result<Object, StoreError> {
    blocking(move || file_at(&path)).await
}

fn file_at(path: &Path) -> Result<Object, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(identity(&metadata)),
        Ok(_) => Err(StoreError::NotAFile { uri: name(path) }),
        Err(source) => Err(reading(path, source)),
    }
}

/// What is in a folder. An unfinished file is not there yet.
pub(super) async fn list(path: PathBuf) -> Result<Listing, StoreError> {
    blocking(move || {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Listing::default()),
            Err(source) => return Err(reading(&path, source)),
        };
        let mut listing = Listing::default();
        for entry in entries {
            let entry = entry.map_err(|source| reading(&path, source))?;
            // What is gone again, or has a name that no address can have, is not there.
            let (Ok(metadata), Ok(name)) = (fs::metadata(entry.path()), entry.file_name().into_string()) else {
                continue;
            };
            if metadata.is_dir() {
                listing.folders.push(name);
            } else if !is_unfinished(&name) {
                let Object { etag, size } = identity(&metadata);
                listing.files.insert(name, Listed { etag: Some(etag), size, written: metadata.mtime() });
            }
        }
        listing.folders.sort();
        Ok(listing)
    })
    .await
}

/// Writes a small file whole.
pub(super) async fn put(path: PathBuf, bytes: Bytes, condition: Condition) -> Result<Object, StoreError> {
    let mut upload = FileUpload::begin(path, condition).await?;
    upload.write(bytes).await?;
    upload.finish().await
}

impl FileUpload {
    pub(super) async fn begin(path: PathBuf, condition: Condition) -> Result<Self, StoreError> {
        blocking(move || {
            let unfinished = begin(&path).map_err(|source| writing(&path, source))?;
            Ok(Self { path, condition, unfinished: Some(unfinished) })
        })
        .await
    }

    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        let Some(mut unfinished) = self.unfinished.take() else { return Ok(()) };
        let path = self.path.clone();
        let written = blocking(move || match unfinished.file.write_all(&bytes) {
            Ok(()) => Ok(unfinished),
            Err(source) => Err(writing(&path, source)),
        });
        self.unfinished = Some(written.await?);
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<Object, StoreError> {
        let unfinished = self.unfinished.take();
        let (path, condition) = (self.path.clone(), self.condition.clone());
        blocking(move || match unfinished {
            Some(unfinished) => finish(&unfinished, &path, &condition),
            None => Err(writing(&path, io::Error::other("an earlier write failed"))),
        })
        .await
    }

    /// Dropping the unfinished file removes it.
    pub(super) fn abort(self) {
        drop(self);
    }
}

/// Locks a folder. Whoever holds the lock does a few calls under it, and then lets go.
fn lock(folder: &File, path: &Path, patience: Duration) -> Result<(), StoreError> {
    let end = Instant::now() + patience;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(LOCK_EVERY),
            Err(TryLockError::WouldBlock) => {
                let source = "another process holds the lock of its folder".into();
                return Err(StoreError::Unavailable { uri: name(path), call: "lock", source });
            }
            Err(TryLockError::Error(source)) => return Err(writing(path, source)),
        }
    }
}

/// Renames an unfinished file to its name, if the condition holds. The folder is locked meanwhile, so that of two runs
/// one sees what the other did.
fn finish(unfinished: &Unfinished, path: &Path, condition: &Condition) -> Result<Object, StoreError> {
    let failed = |source| writing(path, source);
    unfinished.file.sync_all().map_err(failed)?;
    let folder = File::open(path.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
    lock(&folder, path, LOCK)?;
    let found = fs::metadata(path).ok().map(|metadata| identity(&metadata));
    let holds = match condition {
        Condition::Absent => found.is_none(),
        Condition::Matches(etag) => found.is_some_and(|found| found.etag == *etag),
    };
    if !holds {
        return Err(StoreError::Conflict { uri: name(path) });
    }
    fs::rename(&unfinished.path, path).map_err(failed)?;
    folder.sync_all().map_err(failed)?;
    let metadata = unfinished.file.metadata().map_err(failed)?;
    Ok(identity(&metadata))
}

fn identity(metadata: &fs::Metadata) -> Object {
    let etag = format!("{:x}-{:x}.{:09}", metadata.size(), metadata.mtime(), metadata.mtime_nsec());
    Object { etag, size: metadata.size() }
}

fn name(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn reading(path: &Path, source: io::Error) -> StoreError {
    let uri = name(path);
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => StoreError::NotFound { uri },
        io::ErrorKind::PermissionDenied => StoreError::Denied {
            uri,
            permission: "read permission on the file and its folders",
            hint: "",
            source: source.into(),
        },
        _ => StoreError::File { uri, wish: "read", source },
    }
}

fn writing(path: &Path, source: io::Error) -> StoreError {
    StoreError::File { uri: name(path), wish: "written", source }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/out.parquet");
        let mut upload = FileUpload::begin(path.clone(), Condition::Absent).await.unwrap();
        upload.write(Bytes::from_static(b"half")).await.unwrap();
        assert!(!path.exists());
        let object = upload.finish().await.unwrap();
        assert_eq!(stat(path.clone()).await.unwrap(), object);
        assert_eq!(names(&folder.path().join("made")), ["out.parquet"]);
    }

    #[tokio::test]
    async fn an_aborted_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut upload = FileUpload::begin(folder.path().join("out"), Condition::Absent).await.unwrap();
        upload.write(Bytes::from_static(b"half")).await.unwrap();
        upload.abort();
        assert!(names(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn what_a_killed_run_left_is_cleared_away_and_what_a_living_one_writes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(folder.path().join(".out.killed.unfinished"), b"half").unwrap();
        let living = FileUpload::begin(path.clone(), Condition::Absent).await.unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        let second = FileUpload::begin(path.clone(), Condition::Absent).await.unwrap();
        assert_eq!(names(folder.path()).len(), 2);
        second.finish().await.unwrap();
        assert!(matches!(living.finish().await, Err(StoreError::Conflict { .. })));
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[tokio::test]
    async fn a_write_whose_condition_does_not_hold_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let first = put(path.clone(), Bytes::from_static(b"one"), Condition::Absent).await.unwrap();
        for condition in [Condition::Absent, Condition::Matches("other".into())] {
            let refused = put(path.clone(), Bytes::from_static(b"two"), condition).await;
            assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        }
        assert_eq!(fs::read(&path).unwrap(), b"one");
        put(path.clone(), Bytes::from_static(b"two"), Condition::Matches(first.etag)).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[tokio::test]
    async fn a_folder_where_a_file_must_be_is_told_from_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        assert!(matches!(stat(path.clone()).await, Err(StoreError::NotAFile { .. })));
        assert!(matches!(FileSource::open(path.clone()).await, Err(StoreError::NotAFile { .. })));
        assert!(matches!(stat(path.join("none")).await, Err(StoreError::NotFound { .. })));
    }

    #[test]
    fn the_lock_of_a_folder_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let (held, asked) = (File::open(folder.path()).unwrap(), File::open(folder.path()).unwrap());
        held.lock().unwrap();
        let late = lock(&asked, folder.path(), Duration::from_millis(50));
        assert!(matches!(late, Err(StoreError::Unavailable { call: "lock", .. })));
        held.unlock().unwrap();
        lock(&asked, folder.path(), Duration::ZERO).unwrap();
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in");
        fs::write(&path, b"0123456789").unwrap();
        let source = FileSource::open(path.clone()).await.unwrap();
        assert_eq!(source.range(2..4).await.unwrap(), "23");
        fs::write(&path, b"012345678").unwrap();
        assert!(matches!(source.range(2..4).await, Err(StoreError::Changed { .. })));
    }
}
