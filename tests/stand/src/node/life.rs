//! The life of one pod on the node: bound, started, running, ended, and its deletion confirmed.
//!
//! What is written to the API is worked out in `status`; what is done is the behaviour that the script chose.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::Value;
use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::Kubelet;
use super::behaviour::Behaviour;
use super::container::Container;
use super::launch::{Unready, prepare};
use super::status::{self, End, TERMINATED};

/// How soon the node looks again for what a container waits for. A kubelet takes up to a minute or two.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What the watch has shown of a pod since it was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The time of grace of its deletion, once it is being deleted.
    pub(super) grace: Option<Duration>,
    /// Whether it is there no more.
    pub(super) gone: bool,
}

/// A pod that the node has taken.
pub(super) struct Life {
    pub(super) node: Arc<Kubelet>,
    pub(super) pod: Pod,
    pub(super) seen: watch::Receiver<Seen>,
    pub(super) orders: mpsc::UnboundedReceiver<Behaviour>,
    /// When it was first running.
    pub(super) started: Option<Timestamp>,
}

impl Life {
    /// Lives it to its end.
    pub(super) async fn live(mut self, behaviour: Behaviour) {
        match behaviour {
            Behaviour::Instant { message } => self.end(&End::exited(0, message)).await,
            Behaviour::Unschedulable { message } => {
                self.report(&status::unschedulable(&self.pod, &message, Timestamp::now())).await;
                self.deleted().await;
            }
            behaviour => {
                if self.node.calls.bind(&self.pod).await {
                    self.report(&status::waiting(&self.pod, "ContainerCreating", "", Timestamp::now())).await;
                    self.perform(behaviour).await;
                }
            }
        }
        self.node.forget(&self.pod.name_any());
    }

    async fn perform(&mut self, behaviour: Behaviour) {
        let end = match behaviour {
            Behaviour::Run => self.run(None).await,
            Behaviour::Zombie { code, after } => self.run(Some((code, after))).await,
            Behaviour::Waiting { reason, message } => Some(self.wait(&reason, &message).await),
            Behaviour::Exit { code, message, after } => Some(self.play(End::exited(code, message), after).await),
            Behaviour::OomKilled { after } => Some(self.play(End::out_of_memory(), after).await),
            Behaviour::Disrupted { after } => Some(self.disrupt(after).await),
            Behaviour::Hold => return self.hold(true).await,
            Behaviour::StuckTerminating => return self.hold(false).await,
            // Of a pod that is on the node already: it succeeds, or waits for what never comes.
            Behaviour::Instant { message } => Some(End::exited(0, message)),
            Behaviour::Unschedulable { message } => Some(self.wait("ContainerCreating", &message).await),
        };
        if let Some(end) = end {
            self.end(&end).await;
        }
    }

    /// Runs nothing, and ends so after a while; sooner where the pod is deleted.
    async fn play(&mut self, end: End, after: Duration) -> End {
        self.run_from_now().await;
        select! {
            biased;
            () = sleep(after) => end,
            _ = self.deleted() => End::exited(TERMINATED, ""),
        }
    }

    async fn disrupt(&mut self, after: Duration) -> End {
        self.run_from_now().await;
        select! {
            () = sleep(after) => {
                self.report(&status::disrupted(&self.pod, Timestamp::now())).await;
                self.node.calls.delete(&self.pod, false).await;
                self.deleted().await;
            }
            _ = self.deleted() => {}
        }
        End::exited(TERMINATED, "")
    }

    /// Waits to be told how it goes on, and ends with a deletion only where it is confirmed.
    async fn hold(&mut self, confirms: bool) {
        self.run_from_now().await;
        let (mut deleting, mut there) = (self.seen.clone(), self.seen.clone());
        let order = select! {
            order = self.orders.recv() => order,
            grace = deletion(&mut deleting), if confirms => grace.map(|_| Behaviour::exit(TERMINATED, "")),
            () = gone(&mut there) => None,
        };
        if let Some(order) = order {
            Box::pin(self.perform(order)).await;
        }
    }

    /// Waits for what never comes, until the pod is deleted.
    async fn wait(&mut self, reason: &str, message: &str) -> End {
        self.report(&status::waiting(&self.pod, reason, message, Timestamp::now())).await;
        self.deleted().await;
        End::never_started()
    }

    /// Runs the program. A zombie is reported as failed and lives on; there is no end to report then.
    async fn run(&mut self, zombie: Option<(i32, Duration)>) -> Option<End> {
        let mut container = match self.start().await {
            Ok(container) => container,
            Err(end) => return Some(end),
        };
        self.run_from_now().await;
        let Some((code, after)) = zombie else { return Some(self.attend(&mut container).await) };
        select! {
            () = sleep(after) => {}
            _ = self.deleted() => {}
        }
        self.end(&End::exited(code, "")).await;
        container.wait().await;
        None
    }

    /// Waits for the container's end; a deletion sends SIGTERM, and SIGKILL after the time of grace.
    async fn attend(&mut self, container: &mut Container) -> End {
        let grace = select! {
            (code, message) = container.wait() => return End::exited(code, message),
            grace = self.deleted() => grace.unwrap_or_default(),
        };
        container.ask();
        let (code, message) = select! {
            end = container.wait() => end,
            () = sleep(grace) => {
                container.kill();
                container.wait().await
            }
        };
        End::exited(code, message)
    }

    /// Starts the container, once everything that it refers to is there.
    async fn start(&mut self) -> Result<Container, End> {
        let mut told = None;
        loop {
            let problem = match prepare(&self.node, &self.pod).await {
                Ok(launch) => match Container::start(launch, Arc::clone(&self.node.watchdog)) {
                    Ok(container) => {
                        self.node.started(&self.pod.name_any(), container.process());
                        return Ok(container);
                    }
                    Err(problem) => Unready { reason: "RunContainerError", message: problem.to_string() },
                },
                Err(problem) => problem,
            };
            if told.as_ref() != Some(&problem) {
                let Unready { reason, message } = &problem;
                self.report(&status::waiting(&self.pod, reason, message, Timestamp::now())).await;
                told = Some(problem);
            }
            select! {
                () = sleep(LOOK_AGAIN) => {}
                _ = self.deleted() => return Err(End::never_started()),
            }
        }
    }

    async fn run_from_now(&mut self) {
        if self.started.is_none() {
            let now = Timestamp::now();
            self.started = Some(now);
            self.report(&status::running(&self.pod, now)).await;
        }
    }

    /// Reports the end. From there on the API server deletes the pod by itself; a deletion that came before is confirmed.
    async fn end(&mut self, end: &End) {
        let now = Timestamp::now();
        let status = status::ended(&self.pod, end, self.started.unwrap_or(now), now);
        if let Some(pod) = self.report(&status).await
            && pod.metadata.deletion_timestamp.is_some()
        {
            self.node.calls.delete(&self.pod, true).await;
        }
    }

    async fn report(&self, status: &Value) -> Option<Pod> {
        self.node.calls.report(&self.pod, status).await
    }

    /// Waits until the pod is deleted; its time of grace, or none where it is gone altogether.
    async fn deleted(&mut self) -> Option<Duration> {
        deletion(&mut self.seen).await
    }
}

async fn deletion(seen: &mut watch::Receiver<Seen>) -> Option<Duration> {
    // The sender goes with the node, and this life with it.
    let found = seen.wait_for(|seen| seen.grace.is_some() || seen.gone).await;
    found.ok().and_then(|seen| seen.grace)
}

async fn gone(seen: &mut watch::Receiver<Seen>) {
    let _ = seen.wait_for(|seen| seen.gone).await;
}
