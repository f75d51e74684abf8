//! One process of the stand: it is killed by its id when its owner goes, also when a test panics.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{StandError, port};

/// A debug build of a store on a busy machine with two cores needs several seconds.
const DEADLINE: Duration = Duration::from_mins(1);
/// How much of a log an error shows, in bytes.
const TAIL: usize = 2_000;

/// A running server.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a server whose output goes to `log`, and waits until it listens on `port`.
    pub fn serve(mut command: Command, log: &Path, port: u16) -> Result<Self, StandError> {
        let name = command.get_program().to_string_lossy().into_owned();
        let out = File::create(log).map_err(StandError::file("create", log))?;
        let err = out.try_clone().map_err(StandError::file("create", log))?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.map_err(|source| StandError::Start { program: name.clone(), source })?;
        let mut process = Self { name, child, log: log.to_owned() };
        if port::listens(port, DEADLINE, || process.runs()) {
            return Ok(process);
        }
        let log = tail(&fs::read(&process.log).unwrap_or_default());
        Err(StandError::Ready { program: process.name.clone(), port, deadline: DEADLINE, log })
    }

    fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where the process is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The end of what a program wrote, as text.
pub(crate) fn tail(bytes: &[u8]) -> String {
    let start = bytes.len().saturating_sub(TAIL);
    String::from_utf8_lossy(&bytes[start..]).trim().to_owned()
}
