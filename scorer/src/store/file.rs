//! Files of this machine. A file appears under its name whole, or not at all: it is written beside its place under a
//! name of its own, forced to disk, and renamed.
//!
//! While it is being written it is locked, so that a later run can tell what a killed one left (unlocked) from what
//! another is writing now.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::spawn_blocking;

use super::{Condition, Listed, Listing, Object, StoreError};

/// What the name of an unfinished file ends with.
const UNFINISHED: &str = "unfinished";

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

/// An unfinished file; gone when this is dropped, unless it was renamed.
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The file may be renamed already, and what stays is cleared away by the next run.
        drop(fs::remove_file(&self.path));
    }
}

impl FileSource {
    pub(super) async fn open(path: PathBuf) -> Result<Self, StoreError> {
        blocking(move || {
            let file = File::open(&path).map_err(|source| reading(&path, source))?;
            let metadata = file.metadata().map_err(|source| reading(&path, source))?;
            if !metadata.is_file() {
                return Err(StoreError::NotFound { uri: name(&path) });
            }
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
    blocking(move || match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => Ok(identity(&metadata)),
        Ok(_) => Err(StoreError::NotFound { uri: name(&path) }),
        Err(source) => Err(reading(&path, source)),
    })
    .await
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
            } else if !name.ends_with(UNFINISHED) {
                listing.files.insert(name, Listed { object: identity(&metadata), written: metadata.mtime() });
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

/// Makes the folder, clears away what killed runs left, and begins a file of this run's own.
fn begin(path: &Path) -> io::Result<Unfinished> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let prefix = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    clear_unfinished(folder, &prefix)?;
    loop {
        let file = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(&format!(".{UNFINISHED}"))
            .permissions(readable())
            .tempfile_in(folder)?;
        let (file, path) = file.keep().map_err(|error| error.error)?;
        let unfinished = Unfinished { path, file };
        let locked = unfinished.file.try_lock().is_ok();
        // Between its making and its locking another run may have taken the file for a killed run's.
        if locked
            && fs::metadata(&unfinished.path)
                .is_ok_and(|found| unfinished.file.metadata().is_ok_and(|own| own.ino() == found.ino()))
        {
            return Ok(unfinished);
        }
    }
}

/// An output is for others to read; the umask still applies.
fn readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o644)
}

fn clear_unfinished(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let left = path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with(prefix) && name.ends_with(UNFINISHED)
        });
        if !left {
            continue;
        }
        match File::open(&path).map(|file| file.try_lock()) {
            Ok(Ok(())) => drop(fs::remove_file(&path)),
            Ok(Err(TryLockError::Error(error))) => return Err(error),
            // Locked: another run is writing it. Gone: another run cleared it away.
            Ok(Err(TryLockError::WouldBlock)) | Err(_) => {}
        }
    }
    Ok(())
}

/// Renames an unfinished file to its name, if the condition holds. The folder is locked meanwhile, so that of two runs
/// one sees what the other did.
fn finish(unfinished: &Unfinished, path: &Path, condition: &Condition) -> Result<Object, StoreError> {
    let failed = |source| writing(path, source);
    unfinished.file.sync_all().map_err(failed)?;
    let folder = File::open(path.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
    folder.lock().map_err(failed)?;
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
