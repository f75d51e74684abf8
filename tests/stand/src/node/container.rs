//! A container as a process: a group of its own, a clean environment, a folder of its own, a log.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::Signal;
use tokio::process::{Child, Command};

use super::mounts::message_file;
use crate::program::{signal_group, signal_process};
use crate::watchdog::Watchdog;

/// How much of its termination message and of its log a container's status holds, in bytes and lines, counted from the
/// end (kubelet 1.34.4, `pkg/kubelet/container/runtime.go` and `pkg/util/tail`).
const MESSAGE_BYTES: usize = 4096;
const LOG_BYTES: usize = 2048;
const LOG_LINES: usize = 80;
/// What images that say nothing else have.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What is to be run.
pub(super) struct Launch {
    /// The program that stands for the image.
    pub(super) program: PathBuf,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// Its variables.
    pub(super) variables: BTreeMap<String, String>,
    /// The pod's name, which is its host's.
    pub(super) host: String,
    /// The pod's folder.
    pub(super) folder: PathBuf,
    /// Whether the log stands in for an empty message of a failure (`terminationMessagePolicy`).
    pub(super) falls_back_to_log: bool,
}

/// A started container. It is killed with its value.
pub(super) struct Container {
    child: Child,
    leader: u32,
    launch: Launch,
    watchdog: Arc<Watchdog>,
    waited: bool,
}

impl Container {
    /// Starts it, with its output in `log`.
    pub(super) fn start(launch: Launch, watchdog: Arc<Watchdog>) -> io::Result<Self> {
        let work = launch.folder.join("work");
        fs::create_dir_all(&work)?;
        let out = File::options().create(true).append(true).open(log_file(&launch.folder))?;
        let mut command = Command::new(&launch.program);
        command.args(&launch.arguments).current_dir(&work).process_group(0).kill_on_drop(true);
        command.env_clear().env("PATH", PATH).env("HOSTNAME", &launch.host).env("HOME", &work).envs(&launch.variables);
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn()?;
        let leader = child.id().unwrap_or_default();
        let container = Self { child, leader, launch, watchdog, waited: false };
        container.watchdog.watch(leader).map_err(io::Error::other)?;
        Ok(container)
    }

    /// The id of its process, which leads its group.
    pub(super) fn process(&self) -> u32 {
        self.leader
    }

    /// Waits for its end: the exit code and the termination message.
    pub(super) async fn wait(&mut self) -> (i32, String) {
        let status = self.child.wait().await;
        self.leave();
        // A process of which nothing is known any more is one that was killed.
        let code = status.ok().and_then(|status| status.code().or(status.signal().map(|signal| 128 + signal)));
        let code = code.unwrap_or(super::status::KILLED);
        (code, self.message(code))
    }

    /// Asks it to end: SIGTERM to its first process alone, as container runtimes do.
    pub(super) fn ask(&self) {
        if !self.waited {
            // It fails only where the process is gone.
            let _ = signal_process(self.leader, Signal::TERM);
        }
    }

    /// Ends all of its processes.
    pub(super) fn kill(&self) {
        if !self.waited {
            let _ = signal_group(self.leader, Signal::KILL);
        }
    }

    fn message(&self, code: i32) -> String {
        let written = fs::read(message_file(&self.launch.folder)).unwrap_or_default();
        if written.is_empty() && self.launch.falls_back_to_log && code != 0 {
            return last_lines(&fs::read(log_file(&self.launch.folder)).unwrap_or_default());
        }
        last(&written, MESSAGE_BYTES)
    }

    /// Ends what the process may have left in its group.
    fn leave(&mut self) {
        if !self.waited {
            self.kill();
            self.watchdog.forget(self.leader);
            self.waited = true;
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Where a pod's output is.
pub(super) fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

fn last(bytes: &[u8], count: usize) -> String {
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(count)..]).into_owned()
}

fn last_lines(log: &[u8]) -> String {
    let lines: Vec<_> = log.split_inclusive(|&byte| byte == b'\n').collect();
    last(&lines[lines.len().saturating_sub(LOG_LINES)..].concat(), LOG_BYTES)
}
