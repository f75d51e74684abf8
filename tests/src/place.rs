//! A place that outputs are written to: a folder or a bucket. Tests that must hold everywhere are written against it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::task::file_uri;
use crate::{Bucket, Garage, S3sFs, Scorer, StandError, Storage, TaskFile};

/// Where a test keeps its months, models and outputs.
pub enum Place {
    /// A folder of this machine.
    Folder(TempDir),
    /// A bucket of a store that ignores conditions on writes.
    Garage(Garage),
    /// A bucket of a store that honours them.
    S3sFs(S3sFs),
}

impl Place {
    /// An empty folder.
    pub fn folder() -> Result<Self, StandError> {
        tempfile::tempdir().map(Self::Folder).map_err(StandError::file("create", &std::env::temp_dir()))
    }

    /// An empty bucket of a Garage of its own.
    pub fn garage() -> Result<Self, StandError> {
        Garage::start().map(Self::Garage)
    }

    /// An empty bucket of an s3s-fs of its own.
    pub fn s3s_fs() -> Result<Self, StandError> {
        S3sFs::start().map(Self::S3sFs)
    }

    /// The bucket, where the place is one.
    pub fn bucket(&self) -> Option<&Bucket> {
        match self {
            Self::Folder(_) => None,
            Self::Garage(garage) => Some(&garage.bucket),
            Self::S3sFs(store) => Some(&store.bucket),
        }
    }

    /// The address of an object here.
    pub fn uri(&self, key: &str) -> String {
        match (self, self.bucket()) {
            (Self::Folder(folder), _) => file_uri(&folder.path().join(key)),
            (_, Some(bucket)) => format!("s3://{}/{key}", bucket.name()),
            (_, None) => String::new(),
        }
    }

    /// The task with this place's store, if it has one; outputs above `multipart_above_mib` go up in parts.
    pub fn task(&self, task: TaskFile, multipart_above_mib: Option<u64>) -> TaskFile {
        match self.bucket() {
            None => task,
            Some(bucket) => task.in_storage(Storage {
                endpoint: bucket.endpoint().to_owned(),
                region: bucket.region().to_owned(),
                multipart_above_mib,
            }),
        }
    }

    /// The scorer with the keys of this place.
    pub fn scorer(&self) -> Result<Scorer, StandError> {
        let scorer = Scorer::new()?;
        Ok(self.bucket().map(|bucket| scorer.clone().with_credentials(bucket.credentials())).unwrap_or(scorer))
    }

    /// Puts a file here under a key.
    pub fn put(&self, key: &str, file: &Path) -> Result<(), StandError> {
        let bytes = fs::read(file).map_err(StandError::file("read", file))?;
        if let Some(bucket) = self.bucket() {
            return bucket.put(key, bytes);
        }
        let path = self.path(key);
        let parent = path.parent().unwrap_or(&path);
        fs::create_dir_all(parent).map_err(StandError::file("create", parent))?;
        fs::write(&path, bytes).map_err(StandError::file("write", &path))
    }

    /// Puts every file of a folder here, under `prefix/`.
    pub fn put_folder(&self, prefix: &str, folder: &Path) -> Result<(), StandError> {
        for path in files(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            self.put(&format!("{prefix}/{name}"), &path)?;
        }
        Ok(())
    }

    /// The bytes of an object here.
    pub fn get(&self, key: &str) -> Result<Vec<u8>, StandError> {
        if let Some(bucket) = self.bucket() {
            return bucket.get(key);
        }
        let path = self.path(key);
        fs::read(&path).map_err(StandError::file("read", &path))
    }

    /// The keys under `prefix/`, in order: everything that is there, hidden files among it.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, StandError> {
        if let Some(bucket) = self.bucket() {
            return bucket.keys(&format!("{prefix}/"));
        }
        let root = self.path("");
        let found = files(&self.path(prefix))?;
        let mut keys: Vec<String> = found
            .iter()
            .filter_map(|path| path.strip_prefix(&root).ok())
            .map(|key| key.to_string_lossy().into_owned())
            .collect();
        keys.sort();
        Ok(keys)
    }

    /// Uploads in parts that were begun and neither completed nor aborted; a folder has none.
    pub fn pending_uploads(&self) -> Result<Vec<String>, StandError> {
        match self {
            Self::Folder(_) => Ok(Vec::new()),
            Self::Garage(garage) => garage.bucket.pending_uploads(),
            Self::S3sFs(store) => store.pending_uploads(),
        }
    }

    /// The path of an object in a folder; in a bucket, the key alone.
    pub fn path(&self, key: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.path().join(key),
            Self::Garage(_) | Self::S3sFs(_) => PathBuf::from(key),
        }
    }
}

/// Every file below a folder; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StandError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(StandError::file("list", &folder))? {
            let path = entry.map_err(StandError::file("list", &folder))?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
