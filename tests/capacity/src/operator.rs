//! The operator's own binary as a process, as a pod would run it: started, asked by its pages, and stopped by SIGTERM.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::CapacityError;
use crate::usage::Usage;

/// How often it is asked whether it is ready.
const EVERY: Duration = Duration::from_millis(10);
/// The figure that counts passes.
const PASSES: &str = "scoring_reconcile_duration_seconds_count ";

/// A running operator. It is killed with its value.
pub struct Operator {
    child: Child,
    address: SocketAddr,
    started: Instant,
}

impl Operator {
    /// Starts it as the user of a kubeconfig, confined to a namespace, its lease in there too.
    pub async fn start(program: &Path, kubeconfig: &Path, namespace: &str) -> Result<Self, CapacityError> {
        let address = free_address().await.map_err(|source| CapacityError::Operator { doing: "listen for", source })?;
        let mut command = Command::new(program);
        command.args(["--scorer-image", "scorer:1", "--namespace", namespace, "--lease-namespace", namespace]);
        command.args(["--listen", &address.to_string()]).env("KUBECONFIG", kubeconfig);
        // The server is on this machine, whatever the machine's proxy is.
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).env("RUST_LOG", "warn");
        let start = |source| CapacityError::Start { program: program.display().to_string(), source };
        let child = command.kill_on_drop(true).spawn().map_err(start)?;
        Ok(Self { child, address, started: Instant::now() })
    }

    /// What it has taken until now.
    pub fn usage(&self) -> Usage {
        self.child.id().map(Usage::of).unwrap_or_default()
    }

    /// Waits until it says that it is ready; how long it took since it was started.
    pub async fn ready(&mut self) -> Result<Duration, CapacityError> {
        self.until(async |operator| operator.get("/readyz").await.is_some()).await
    }

    /// Waits until it has made so many passes; how long it took since it was started.
    pub async fn passes(&mut self, wanted: u64) -> Result<Duration, CapacityError> {
        self.until(async |operator| operator.get("/metrics").await.is_some_and(|page| passes(&page) >= wanted)).await
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> Result<(), CapacityError> {
        let failed = |source| CapacityError::Operator { doing: "stop", source };
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            kill_process(pid, Signal::TERM).map_err(|error| failed(error.into()))?;
        }
        self.child.wait().await.map(drop).map_err(failed)
    }

    /// Whether it runs; an error where it does not.
    pub fn runs(&mut self) -> Result<(), CapacityError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(CapacityError::Ended),
        }
    }

    async fn until(&mut self, holds: impl AsyncFn(&Self) -> bool) -> Result<Duration, CapacityError> {
        while !holds(self).await {
            self.runs()?;
            sleep(EVERY).await;
        }
        Ok(self.started.elapsed())
    }

    /// A page of it, if it answers and says that all is well.
    async fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.starts_with("HTTP/1.1 200").then_some(answer)
    }
}

fn passes(page: &str) -> u64 {
    page.lines().find_map(|line| line.strip_prefix(PASSES)?.trim().parse().ok()).unwrap_or(0)
}

/// An address that nobody listens on a moment before it is used.
async fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()
}
