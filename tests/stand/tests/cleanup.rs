//! Nothing that the stand started outlives the tests, however they end.

mod objects;

use std::env;
use std::future::pending;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{ListParams, PostParams};
use scoring_stand::{ControlPlane, Node, NodeOptions, eventually};
use serde_json::json;

use objects::{job, object};

const SOON: Duration = Duration::from_mins(1);
/// How the other test is to end.
const END: &str = "STAND_CLEANUP_TEST";
/// The last line that the other test prints while it runs.
const READY: &str = "all is running";

/// Not a test by itself: what the others start as a process of its own, to see what it leaves.
#[tokio::test]
#[ignore = "it is started by the other tests"]
async fn starts_everything_and_ends_badly() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("cleanup").await.unwrap();
    let node = Node::start(plane, NodeOptions::of(&namespace).with_image("sleep:1", "/bin/sleep")).await.unwrap();
    let mut sleeper = json!(job("month", "sleep:1"));
    sleeper["spec"]["template"]["spec"]["containers"][0]["args"] = json!(["600"]);
    namespace.api::<Job>().create(&PostParams::default(), &object(sleeper)).await.unwrap();
    let process = eventually(SOON, "a process of the Job", async || {
        let pods = namespace.api::<Pod>().list(&ListParams::default()).await.unwrap();
        pods.items.first().and_then(|pod| node.process(&pod.name_any())).ok_or(())
    });

    println!("process {}", process.await.unwrap());
    plane.running().iter().for_each(|running| println!("process {}", running.pid));
    println!("folder {}", plane.folder().display());
    println!("{READY}");
    assert!(env::var(END).is_ok_and(|end| end == "wait"), "as a test that fails");
    pending::<()>().await;
}

/// The other test, running.
struct Other {
    child: Child,
    processes: Vec<PathBuf>,
    folder: PathBuf,
    // Kept open: it prints its end.
    _out: BufReader<ChildStdout>,
}

impl Other {
    fn start(end: &str) -> Self {
        let mut command = Command::new(env::current_exe().expect("a test has a path"));
        command.args(["--ignored", "--exact", "starts_everything_and_ends_badly", "--nocapture"]).env(END, end);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("a test can be started");
        let mut out = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let (mut processes, mut folder, mut line) = (Vec::new(), PathBuf::new(), String::new());
        while !line.starts_with(READY) {
            line.clear();
            assert_ne!(out.read_line(&mut line).expect("it prints text"), 0, "it ended before all was running");
            match line.trim().split_once(' ') {
                Some(("process", id)) => processes.push(Path::new("/proc").join(id)),
                Some(("folder", path)) => folder = path.into(),
                _ => {}
            }
        }
        Self { child, processes, folder, _out: out }
    }

    /// Waits for its end, and until nothing is left of what it started.
    async fn leaves_nothing(mut self) {
        assert_eq!(self.processes.len(), 4, "etcd, API server, controllers and a pod");
        assert!(!self.child.wait().expect("it ends").success());
        let left = eventually(SOON, "the end of everything", async || {
            let left: Vec<_> = self.processes.iter().chain([&self.folder]).filter(|path| path.exists()).collect();
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        });
        left.await.expect("nothing is left");
    }
}

#[tokio::test]
async fn a_test_that_panics_leaves_nothing() {
    Other::start("panic").leaves_nothing().await;
}

#[tokio::test]
async fn a_test_that_is_killed_leaves_nothing() {
    let mut other = Other::start("wait");
    assert!(other.folder.exists() && other.processes.iter().all(|process| process.exists()));
    other.child.kill().unwrap();
    other.leaves_nothing().await;
}
