//! An operator on a thread of its own. A crash drops its runtime, and with it every task at the point where it stood: what
//! SIGKILL does, but for requests that are on their way, which are broken off.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use scoring_stand::fault::{Blow, Faults};
use tokio::runtime::Builder;
use tokio::sync::{Notify, watch};

use crate::life::{LifeError, Place, live};

/// How often one that ends by itself is started again.
pub const RESTARTS: usize = 5;

/// A running operator. It ends with its value.
pub struct Thread {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<Lives>>,
}

/// How an operator lived.
#[derive(Debug, Default)]
pub struct Lives {
    /// How often it died of a crash that was planned.
    pub crashes: u32,
    /// How it ended by itself, each time.
    pub ends: Vec<String>,
}

impl Thread {
    /// Starts one under a plan; after a crash it begins anew at once.
    pub fn start(kubeconfig: PathBuf, namespace: String, faults: Faults) -> Self {
        let (stop, stopped) = watch::channel(false);
        let thread = std::thread::spawn(move || lives(&kubeconfig, &namespace, &faults, &stopped));
        Self { stop, thread: Some(thread) }
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(mut self) -> Lives {
        let _ = self.stop.send(true);
        let Some(thread) = self.thread.take() else { return Lives::default() };
        let ended = tokio::task::spawn_blocking(move || thread.join()).await;
        let panicked = || Lives { crashes: 0, ends: vec!["it panicked".to_owned()] };
        ended.ok().and_then(Result::ok).unwrap_or_else(panicked)
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

fn lives(kubeconfig: &Path, namespace: &str, faults: &Faults, stopped: &watch::Receiver<bool>) -> Lives {
    let mut lives = Lives::default();
    while !*stopped.borrow() && lives.ends.len() < RESTARTS {
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { break };
        let crash = Arc::new(Notify::new());
        let strike = {
            let crash = Arc::clone(&crash);
            Arc::new(move |_: Blow| crash.notify_one())
        };
        let layer = faults.life(strike);
        let mut until = stopped.clone();
        let stop = async move {
            let _ = until.wait_for(|stop| *stop).await;
        };
        let place = Place { kubeconfig, namespace, holder: None };
        let ended: Option<Result<(), LifeError>> = runtime.block_on(async {
            tokio::select! {
                ended = live(place, layer, stop) => Some(ended),
                () = crash.notified() => None,
            }
        });
        runtime.shutdown_background();
        match ended {
            Some(Ok(())) => break,
            Some(Err(error)) => lives.ends.push(chain(&error)),
            None => lives.crashes += 1,
        }
    }
    lives
}

/// An error with what it came from.
pub fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source))).unwrap_or_default();
    format!("{error}{source}")
}
