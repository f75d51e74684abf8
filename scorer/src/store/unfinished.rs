//! A file that is being written, beside the place where it will appear, under a name of its own.
//!
//! It is locked for as long as its writer lives, so that a later run can tell what a killed one left (unlocked) from what
//! another is writing now.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the name of an unfinished file ends with.
const ENDING: &str = "unfinished";
/// Tries at making an unfinished file that no other run takes away.
const TRIES: u32 = 8;

/// An unfinished file; gone when this is dropped, unless it was renamed.
pub(super) struct Unfinished {
    /// Its name until it is renamed.
    pub(super) path: PathBuf,
    /// Open, and locked.
    pub(super) file: File,
}

impl Unfinished {
    /// Whether its name is still that of this file. Between its making and its locking another run may have taken it for
    /// a killed run's.
    fn stands(&self) -> io::Result<bool> {
        let own = self.file.metadata()?;
        Ok(fs::metadata(&self.path).is_ok_and(|found| (own.ino(), own.dev()) == (found.ino(), found.dev())))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The file may be renamed already, and what stays is cleared away by the next run.
        drop(fs::remove_file(&self.path));
    }
}

/// Makes the folder, clears away what killed runs left, and begins a file of this run's own.
pub(super) fn begin(path: &Path) -> io::Result<Unfinished> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let prefix = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    clear_unfinished(folder, &prefix)?;
    for _ in 0..TRIES {
        let file = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(&format!(".{ENDING}"))
            .permissions(readable())
            .tempfile_in(folder)?;
        let (file, path) = file.keep().map_err(|error| error.error)?;
        let unfinished = Unfinished { path, file };
        match unfinished.file.try_lock() {
            Ok(()) if unfinished.stands()? => return Ok(unfinished),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::other("others take the unfinished file away as often as it is made"))
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
            name.starts_with(prefix) && is_unfinished(&name)
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

/// Whether a file of this name is an unfinished one.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.ends_with(ENDING)
}
