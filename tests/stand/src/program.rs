//! One server of the control plane: a process group of its own, killed by its id when its owner goes.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::StandError;
use crate::watchdog::Watchdog;

/// How much of a log an error shows, in bytes.
const TAIL: usize = 2_000;

/// What runs, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The program's name, such as `kube-apiserver`.
    pub name: &'static str,
    /// Its process id.
    pub pid: u32,
    /// The memory it holds, in KiB (`VmRSS`).
    pub resident_kib: u64,
}

/// A started program.
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    log: PathBuf,
    watchdog: Arc<Watchdog>,
}

impl Program {
    /// Starts a program that adds what it says to `log`.
    pub(crate) fn start(name: &'static str, mut command: Command, log: &Path) -> Result<Self, StandError> {
        let watchdog = Watchdog::of_this_process()?;
        let out = File::options().create(true).append(true).open(log).map_err(StandError::file("open", log))?;
        let err = out.try_clone().map_err(StandError::file("open", log))?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0).spawn();
        let child = child.map_err(|source| StandError::Start { program: name.to_owned(), source })?;
        let program = Self { name, child, log: log.to_owned(), watchdog };
        program.watchdog.watch(program.child.id())?;
        Ok(program)
    }

    /// Whether it has not ended.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it takes now.
    pub(crate) fn running(&self) -> Running {
        let pid = self.child.id();
        Running { name: self.name, pid, resident_kib: resident_kib(pid) }
    }

    /// Sends a signal to its process group.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), StandError> {
        signal_group(self.child.id(), signal)
            .map_err(|source| StandError::Signal { program: self.name.to_owned(), source })
    }

    /// The end of what it wrote.
    pub(crate) fn tail(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let start = bytes.len().saturating_sub(TAIL);
        String::from_utf8_lossy(&bytes[start..]).trim().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Each fails only where the process is already gone. It keeps its id until it is waited for.
        let _ = signal_group(self.child.id(), Signal::KILL);
        self.watchdog.forget(self.child.id());
        let _ = self.child.wait();
    }
}

/// Sends a signal to the process group that a process leads.
pub(crate) fn signal_group(leader: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process_group(id(leader)?, signal)?)
}

/// Sends a signal to one process.
pub(crate) fn signal_process(process: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process(id(process)?, signal)?)
}

fn id(process: u32) -> io::Result<Pid> {
    let id = i32::try_from(process).ok().and_then(Pid::from_raw);
    id.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// The memory that a process holds, in KiB; 0 where there is no such process (proc(5), `/proc/pid/status`).
fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
