//! A node for tests: it takes the pods of a namespace, runs a program of this machine for each, or plays what a test wants
//! to see, and reports as a kubelet does.
//!
//! It runs the first container of a pod, once, whatever its restart policy; no other containers, no limits, no image.

mod behaviour;
mod calls;
mod container;
mod environment;
mod expansion;
mod launch;
mod life;
mod mounts;
mod status;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::api::core::v1::Node as Object;
use kube::Api;
use rustix::process::Signal;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use self::behaviour::{Behaviour, PodFacts};
use self::calls::Calls;
use self::watch::Watch;
use crate::program::signal_group;
use crate::watchdog::Watchdog;
use crate::{ControlPlane, NODE, Namespace, StandError, farewell};

type Script = dyn Fn(&PodFacts) -> Behaviour + Send + Sync;

/// What a node is started with.
pub struct NodeOptions {
    namespace: Option<String>,
    images: BTreeMap<String, PathBuf>,
    script: Box<Script>,
}

impl NodeOptions {
    /// A node that takes the pods of one namespace and runs them all.
    pub fn of(namespace: &Namespace) -> Self {
        Self { namespace: Some(namespace.name().to_owned()), ..Self::everywhere() }
    }

    /// A node that takes the pods of all namespaces and runs them all.
    pub fn everywhere() -> Self {
        Self { namespace: None, images: BTreeMap::new(), script: Box::new(|_| Behaviour::Run) }
    }

    /// Runs this program for that image. An image without a program cannot be pulled.
    #[must_use]
    pub fn with_image(mut self, image: &str, program: impl Into<PathBuf>) -> Self {
        self.images.insert(image.to_owned(), program.into());
        self
    }

    /// Does with each pod what the script says.
    #[must_use]
    pub fn with_script(mut self, script: impl Fn(&PodFacts) -> Behaviour + Send + Sync + 'static) -> Self {
        self.script = Box::new(script);
        self
    }
}

/// A running node. It ends with its value, and what it runs with it; its pods stay as they were last reported.
pub struct Node {
    name: String,
    kubelet: Arc<Kubelet>,
    watch: JoinHandle<()>,
    kubeconfig: PathBuf,
}

impl Node {
    /// Registers a node under a name of its own and begins to take pods.
    pub async fn start(plane: &ControlPlane, options: NodeOptions) -> Result<Self, StandError> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("node-{:x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let (kubeconfig, watchdog) = (plane.kubeconfig(NODE)?, Watchdog::of_this_process()?);
        let client = plane.client(NODE).await?;
        let pods = match &options.namespace {
            Some(namespace) => Api::namespaced(client.clone(), namespace),
            None => Api::all(client.clone()),
        };
        let kubelet = Arc::new(Kubelet {
            folder: watchdog.folder().join(&name),
            calls: Calls::new(client, &name),
            watchdog,
            images: options.images,
            script: options.script,
            processes: Mutex::default(),
            orders: Mutex::default(),
        });
        kubelet.calls.register().await?;
        let watching = Watch::new(Arc::clone(&kubelet)).go_on(pods);
        let watch = tokio::spawn(async { match watching.await {} });
        Ok(Self { name, kubelet, watch, kubeconfig })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process group that runs for a pod, if one was started and has not been reported to have ended.
    pub fn process(&self, pod: &str) -> Option<u32> {
        lock(&self.kubelet.processes).get(pod).copied()
    }

    /// Sends a signal to the processes of a pod; false where there are none.
    pub fn signal(&self, pod: &str, signal: Signal) -> bool {
        self.process(pod).is_some_and(|leader| signal_group(leader, signal).is_ok())
    }

    /// Lets a pod that is held go on so; false where no such pod is on the node.
    pub fn release(&self, pod: &str, behaviour: Behaviour) -> bool {
        lock(&self.kubelet.orders).get(pod).is_some_and(|orders| orders.send(behaviour).is_ok())
    }

    /// What a pod has written to its standard output and error; nothing where it was not started.
    pub fn log(&self, pod: &str) -> String {
        let log = fs::read(container::log_file(&self.kubelet.pod_folder(pod))).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The folder with a folder for each pod: its log, its volumes, its working directory.
    pub fn folder(&self) -> &Path {
        &self.kubelet.folder
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.watch.abort();
        farewell::delete::<Object>(self.kubeconfig.clone(), self.name.clone());
    }
}

/// What the lives of all pods share.
struct Kubelet {
    calls: Calls,
    watchdog: Arc<Watchdog>,
    images: BTreeMap<String, PathBuf>,
    script: Box<Script>,
    folder: PathBuf,
    processes: Mutex<HashMap<String, u32>>,
    orders: Mutex<HashMap<String, mpsc::UnboundedSender<Behaviour>>>,
}

impl Kubelet {
    fn pod_folder(&self, pod: &str) -> PathBuf {
        self.folder.join(pod)
    }

    fn started(&self, pod: &str, leader: u32) {
        lock(&self.processes).insert(pod.to_owned(), leader);
    }

    fn expect_orders(&self, pod: &str, orders: mpsc::UnboundedSender<Behaviour>) {
        lock(&self.orders).insert(pod.to_owned(), orders);
    }

    fn forget(&self, pod: &str) {
        lock(&self.processes).remove(pod);
        lock(&self.orders).remove(pod);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
