//! An operator as a process of its own, so that it can be killed and stopped as a kernel does it. It is started anew after
//! it has ended, as a kubelet would; the plan strikes its first life only.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use scoring_stand::fault::FaultPlan;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::thread::{Lives, RESTARTS};

/// What a process prints before it strikes itself, and what it struck.
pub const STRUCK: &str = "struck: ";
/// How long a process may take to stop.
const FAREWELL: Duration = Duration::from_secs(15);

/// The program, and where it runs.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program `operator_under_fault`.
    pub program: PathBuf,
    /// The kubeconfig of the user as whom it runs.
    pub kubeconfig: PathBuf,
    /// The namespace that it is confined to.
    pub namespace: String,
    /// Who it is among several; none where it asks for no lease.
    pub holder: Option<String>,
}

/// A running operator. It is killed with its value.
pub struct Process {
    shared: Arc<Shared>,
    keeper: JoinHandle<Lives>,
}

#[derive(Default)]
struct Shared {
    pid: AtomicU32,
    stopping: AtomicBool,
    struck: Mutex<Option<String>>,
    strike: Notify,
}

impl Process {
    /// Starts one.
    pub fn start(command: Start, plan: Option<FaultPlan>) -> Self {
        let shared = Arc::<Shared>::default();
        let keeper = tokio::spawn(keep(command, plan, Arc::clone(&shared)));
        Self { shared, keeper }
    }

    /// What the plan has struck.
    pub fn struck(&self) -> Option<String> {
        self.shared.struck()
    }

    /// Waits until the plan strikes.
    pub async fn strike(&self) {
        while self.struck().is_none() {
            self.shared.strike.notified().await;
        }
    }

    /// The process id of its present life.
    pub fn pid(&self) -> u32 {
        self.shared.pid.load(Ordering::SeqCst)
    }

    /// Sends a signal to its present life.
    pub fn signal(&self, signal: Signal) {
        self.shared.signal(signal);
    }

    /// How many files its present life has open (proc(5), `/proc/pid/fd`).
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(Path::new("/proc").join(self.pid().to_string()).join("fd")).map_or(0, Iterator::count)
    }

    /// Asks it to stop (SIGTERM), and waits until it has.
    pub async fn stop(self) -> Lives {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.signal(Signal::CONT);
        self.signal(Signal::TERM);
        let mut keeper = self.keeper;
        if let Ok(ended) = timeout(FAREWELL, &mut keeper).await {
            return ended.unwrap_or_default();
        }
        self.shared.signal(Signal::KILL);
        let mut lives = keeper.await.unwrap_or_default();
        lives.ends.push("it did not stop when it was asked to".to_owned());
        lives
    }
}

impl Shared {
    fn struck(&self) -> Option<String> {
        self.struck.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid.load(Ordering::SeqCst)).ok().and_then(Pid::from_raw);
        // One that has just ended is not there any more.
        let _ = pid.map(|pid| kill_process(pid, signal));
    }
}

async fn keep(command: Start, plan: Option<FaultPlan>, shared: Arc<Shared>) -> Lives {
    let (mut lives, mut plan) = (Lives::default(), plan);
    while !shared.stopping.load(Ordering::SeqCst) && lives.ends.len() < RESTARTS {
        let mut child = match spawn(&command, plan.take().as_ref()) {
            Ok(child) => child,
            Err(problem) => {
                lives.ends.push(format!("it cannot be started: {problem}"));
                break;
            }
        };
        shared.pid.store(child.id().unwrap_or_default(), Ordering::SeqCst);
        let said = listen(&mut child, &shared).await;
        let status = child.wait().await;
        match status {
            Ok(status) if status.success() => {}
            _ if said.is_empty() => lives.crashes += 1,
            _ => lives.ends.push(said),
        }
    }
    lives
}

fn spawn(command: &Start, plan: Option<&FaultPlan>) -> std::io::Result<Child> {
    let mut process = Command::new(&command.program);
    process.arg("--kubeconfig").arg(&command.kubeconfig).arg("--namespace").arg(&command.namespace);
    if let Some(holder) = &command.holder {
        process.arg("--holder").arg(holder);
    }
    if let Some(plan) = plan {
        process.env("FAULT_PLAN", plan.to_string());
    }
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true).spawn()
}

/// Reads what a process prints until it ends; what it says of an end of its own is returned.
async fn listen(child: &mut Child, shared: &Shared) -> String {
    let mut said = String::new();
    let Some(out) = child.stdout.take() else { return said };
    let mut lines = BufReader::new(out).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(struck) = line.strip_prefix(STRUCK) {
            *shared.struck.lock().unwrap_or_else(PoisonError::into_inner) = Some(struck.to_owned());
            shared.strike.notify_one();
        } else {
            said = line;
        }
    }
    said
}
