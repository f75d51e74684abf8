//! Garage, an S3 store that takes `If-None-Match` and `If-Match` on a write and ignores them.
//!
//! It is a process of its own and never linked: its licence is AGPL.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::repository::cache;
use crate::{Bucket, Credentials, Process, StandError, port};

/// The version that `tests/stores/install` installs.
const VERSION: &str = "2.5.0";
const REGION: &str = "garage";
const BUCKET: &str = "mlops";
// Garage checks the form of its keys: `GK` and 24 hexadecimal digits, and 64 for the secret.
const ACCESS_KEY: &str = "GK31c2f218a2e44f485b94239e";
const SECRET_KEY: &str = "b892c0665f0ada8a4755dae98baa3b133590e11dae3bcc1f9d769d67f16c3835";
const RPC_SECRET: &str = "4425f5c26c5e11581d3223904324dcb5b5d5dfb14e5e7f35e38c595424f5f1e6";

/// A Garage with one empty bucket; it ends with this value.
pub struct Garage {
    /// Its bucket.
    pub bucket: Bucket,
    // Dropped in this order: the process first, then its folder.
    _process: Process,
    _folder: TempDir,
}

impl Garage {
    /// Starts one on free ports with an empty folder.
    pub fn start() -> Result<Self, StandError> {
        let program = cache().join(format!("garage-{VERSION}/bin/garage"));
        if !program.is_file() {
            return Err(StandError::FindProgram { program: "garage", path: program, remedy: "tests/stores/install" });
        }
        let folder = tempfile::tempdir().map_err(StandError::file("create", &std::env::temp_dir()))?;
        let (api, rpc) = (port::free()?, port::free()?);
        let config = folder.path().join("garage.toml");
        fs::write(&config, configuration(folder.path(), api, rpc)).map_err(StandError::file("write", &config))?;
        let mut command = Command::new(&program);
        command.arg("-c").arg(&config).args(["server", "--single-node", "--default-bucket"]);
        command.env("GARAGE_DEFAULT_ACCESS_KEY", ACCESS_KEY).env("GARAGE_DEFAULT_SECRET_KEY", SECRET_KEY);
        command.env("GARAGE_DEFAULT_BUCKET", BUCKET);
        let process = Process::serve(command, &folder.path().join("garage.log"), api)?;
        let credentials = Credentials { access_key: ACCESS_KEY.to_owned(), secret_key: SECRET_KEY.to_owned() };
        let bucket = Bucket::new(&format!("http://127.0.0.1:{api}"), REGION, BUCKET, credentials)?;
        Ok(Self { bucket, _process: process, _folder: folder })
    }
}

/// The configuration file of a single node (Garage 2 reference manual, "Configuration file format").
fn configuration(folder: &std::path::Path, api: u16, rpc: u16) -> String {
    let folder = folder.display();
    format!(
        r#"metadata_dir = "{folder}/meta"
data_dir = "{folder}/data"
db_engine = "sqlite"
replication_factor = 1
rpc_bind_addr = "127.0.0.1:{rpc}"
rpc_public_addr = "127.0.0.1:{rpc}"
rpc_secret = "{RPC_SECRET}"

[s3_api]
api_bind_addr = "127.0.0.1:{api}"
s3_region = "{REGION}"
root_domain = ".s3.garage.localhost"
"#
    )
}
