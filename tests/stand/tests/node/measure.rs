//! What a Job and many pods take.

use std::time::Instant;

use futures::future::join_all;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{ListParams, PostParams};
use scoring_stand::{Behaviour, Node, NodeOptions, eventually};
use serde_json::json;

use crate::objects::{job, object};
use crate::stage::{SHELL, SOON, Stage};

const PODS: usize = 3_000;
const WRITERS: usize = 16;

fn instant() -> Behaviour {
    Behaviour::Instant { message: "{}".to_owned() }
}

/// Makes bare pods, many at once.
async fn create_pods(pods: &Api<Pod>) {
    let pod = object::<Pod>(json!({
        "metadata": {"generateName": "pod-"},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "scorer", "image": SHELL}]},
    }));
    let write = async || {
        for _ in 0..PODS / WRITERS {
            pods.create(&PostParams::default(), &pod).await.expect("a pod is admitted");
        }
    };
    join_all((0..WRITERS).map(|_| write())).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo test -p scoring-stand --test node -- --ignored --nocapture measure"]
async fn measure_a_job_and_instant_pods() {
    let stage = Stage::playing(|_| instant()).await;
    let start = Instant::now();
    stage.create(job("month", SHELL)).await;
    stage.job_becomes("Complete").await;
    println!("a Job is complete after {:?}", start.elapsed());

    let namespace = stage.plane.namespace("many").await.unwrap();
    let pods = namespace.api::<Pod>();
    let start = Instant::now();
    create_pods(&pods).await;
    println!("{} pods/s created", rate(start));

    let start = Instant::now();
    let options = NodeOptions::of(&namespace).with_script(|_| instant());
    let _node = Node::start(stage.plane, options).await.unwrap();
    let pending = ListParams::default().fields("status.phase=Pending").limit(1);
    eventually(SOON, "the end of all pods", async || {
        let pending = pods.list_metadata(&pending).await.unwrap().items.len();
        if pending == 0 { Ok(()) } else { Err("some are pending") }
    })
    .await
    .unwrap();
    println!("{} pods/s succeeded", rate(start));
    println!("{:#?}", stage.plane.running());
}

/// Pods per second since the start.
fn rate(start: Instant) -> u128 {
    (PODS / WRITERS * WRITERS) as u128 * 1_000 / start.elapsed().as_millis().max(1)
}
