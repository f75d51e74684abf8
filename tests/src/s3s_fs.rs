//! s3s-fs, an S3 store over a folder that honours `If-None-Match` and `If-Match` on a write. It does not list pending
//! uploads; they are files in its folder.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::repository::cache;
use crate::{Bucket, Credentials, Process, StandError, port};

/// The version that `tests/stores/install` installs.
const VERSION: &str = "0.14.1";
const BUCKET: &str = "mlops";
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// An s3s-fs with one empty bucket; it ends with this value.
pub struct S3sFs {
    /// Its bucket.
    pub bucket: Bucket,
    // Dropped in this order: the process first, then its folder.
    _process: Process,
    folder: TempDir,
}

impl S3sFs {
    /// Starts one on a free port with an empty folder.
    pub fn start() -> Result<Self, StandError> {
        let program = cache().join(format!("s3s-fs-{VERSION}/bin/s3s-fs"));
        if !program.is_file() {
            return Err(StandError::FindProgram { program: "s3s-fs", path: program, remedy: "tests/stores/install" });
        }
        let folder = tempfile::tempdir().map_err(StandError::file("create", &std::env::temp_dir()))?;
        let data = folder.path().join("data");
        fs::create_dir(&data).map_err(StandError::file("create", &data))?;
        let api = port::free()?;
        let mut command = Command::new(&program);
        command.args(["--host", "127.0.0.1", "--port", &api.to_string()]);
        command.args(["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY]).arg(&data);
        let process = Process::serve(command, &folder.path().join("s3s-fs.log"), api)?;
        let credentials = Credentials { access_key: ACCESS_KEY.to_owned(), secret_key: SECRET_KEY.to_owned() };
        let bucket = Bucket::new(&format!("http://127.0.0.1:{api}"), "us-east-1", BUCKET, credentials)?;
        bucket.create()?;
        Ok(Self { bucket, _process: process, folder })
    }

    /// The files of uploads that were begun and neither completed nor aborted.
    pub fn pending_uploads(&self) -> Result<Vec<String>, StandError> {
        let data = self.folder.path().join("data");
        let entries = fs::read_dir(&data).map_err(StandError::file("list", &data))?;
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
        Ok(names.filter(|name| name.starts_with(".upload")).collect())
    }
}
