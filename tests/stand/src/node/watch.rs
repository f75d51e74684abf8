//! Which pods the node takes, and what it is told of them afterwards.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::runtime::WatchStreamExt;
use kube::runtime::utils::Backoff;
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Api, ResourceExt};
use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Kubelet;
use super::behaviour::{PodFacts, job};
use super::life::{Life, Seen};

/// How soon a broken watch is taken up again. The API server of a test is stopped on purpose and comes back.
const AGAIN: Duration = Duration::from_millis(100);

/// Always the same pause.
struct Steady;

impl Iterator for Steady {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(AGAIN)
    }
}

impl Backoff for Steady {
    fn reset(&mut self) {}
}

/// The pods that the node knows of, and the lives that it leads for them; they end with this value.
pub(super) struct Watch {
    node: Arc<Kubelet>,
    // By uid: what each life is told.
    known: HashMap<String, watch::Sender<Seen>>,
    // By uid of the Job: how many pods it has had.
    jobs: HashMap<String, usize>,
    listed: HashSet<String>,
    lives: JoinSet<()>,
}

impl Watch {
    pub(super) fn new(node: Arc<Kubelet>) -> Self {
        Self { node, known: HashMap::new(), jobs: HashMap::new(), listed: HashSet::new(), lives: JoinSet::new() }
    }

    /// Watches for as long as the node lives.
    pub(super) async fn go_on(mut self, pods: Api<Pod>) -> Infallible {
        let mut events = pin!(watcher(pods, Config::default()).backoff(Steady));
        loop {
            select! {
                // A watch that broke is taken up again by the next turn.
                event = events.next() => if let Some(Ok(event)) = event {
                    self.see(event);
                },
                Some(_) = self.lives.join_next() => {}
            }
        }
    }

    fn see(&mut self, event: Event<Pod>) {
        match event {
            Event::Init => self.listed.clear(),
            Event::InitApply(pod) => {
                self.listed.extend(pod.uid());
                self.apply(pod);
            }
            Event::InitDone => {
                // Deleted while nobody watched.
                let lost = self.known.extract_if(|uid, _| !self.listed.contains(uid));
                lost.for_each(|(_, life)| tell_gone(&life));
            }
            Event::Apply(pod) => self.apply(pod),
            Event::Delete(pod) => {
                let life = pod.uid().and_then(|uid| self.known.remove(&uid));
                life.iter().for_each(tell_gone);
            }
        }
    }

    fn apply(&mut self, pod: Pod) {
        let grace = pod.metadata.deletion_timestamp.as_ref();
        let seconds = pod.metadata.deletion_grace_period_seconds.unwrap_or_default();
        let grace = grace.map(|_| Duration::from_secs(u64::try_from(seconds).unwrap_or_default()));
        let uid = pod.uid().unwrap_or_default();
        if let Some(life) = self.known.get(&uid) {
            life.send_modify(|seen| seen.grace = seen.grace.or(grace));
        } else if self.takes(&pod) {
            self.take(uid, pod, grace);
        }
    }

    /// Whether the pod is nobody's or this node's, may be scheduled, and has not ended.
    fn takes(&self, pod: &Pod) -> bool {
        let ended = pod.status.as_ref().and_then(|status| status.phase.as_deref());
        let ended = matches!(ended, Some("Succeeded" | "Failed"));
        let is_free = pod
            .spec
            .as_ref()
            .is_some_and(|spec| spec.node_name.is_none() && spec.scheduling_gates.iter().flatten().next().is_none());
        !ended && (is_free || self.node.calls.is_mine(pod))
    }

    fn take(&mut self, uid: String, pod: Pod, grace: Option<Duration>) {
        let earlier = job(&pod).map_or(0, |(_, job)| {
            let count = self.jobs.entry(job.to_owned()).or_default();
            std::mem::replace(count, *count + 1)
        });
        let behaviour = (self.node.script)(&PodFacts::of(&pod, earlier));
        let (sender, seen) = watch::channel(Seen { grace, gone: false });
        let (orders, received) = mpsc::unbounded_channel();
        self.node.expect_orders(&pod.name_any(), orders);
        self.known.insert(uid, sender);
        let life = Life { node: Arc::clone(&self.node), pod, seen, orders: received, started: None };
        self.lives.spawn(life.live(behaviour));
    }
}

fn tell_gone(life: &watch::Sender<Seen>) {
    life.send_modify(|seen| seen.gone = true);
}
