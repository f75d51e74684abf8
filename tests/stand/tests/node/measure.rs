//! What a Job and many pods take.

use std::time::Instant;

use futures::future::join_all;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{ListParams, PostParams};
use scoring_stand::{Behaviour, Node, NodeOptions, eventually};
use serde_json::json;

use crate::objects::{job, object};
use crate::stage::{SHELL, SOON, Stage};

// Both are multiples of the number of writers.
const PODS: usize = 3_200;
const JOBS: usize = 1_600;
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
    println!("{} pods/s created", rate(PODS, start));

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
    println!("{} pods/s succeeded", rate(PODS, start));
    println!("{:#?}", stage.plane.running());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo test -p scoring-stand --test node -- --ignored --nocapture measure"]
async fn measure_many_jobs() {
    let stage = Stage::playing(|_| instant()).await;
    let jobs = stage.namespace.api::<Job>();
    let start = Instant::now();
    let write = async |writer: usize| {
        for number in 0..JOBS / WRITERS {
            let job = job(&format!("month-{writer}-{number}"), SHELL);
            jobs.create(&PostParams::default(), &job).await.expect("a Job is admitted");
        }
    };
    join_all((0..WRITERS).map(write)).await;
    println!("{} Jobs/s created", rate(JOBS, start));
    let unfinished = ListParams::default().fields("status.successful=0").limit(1);
    eventually(SOON, "the end of all Jobs", async || {
        let unfinished = jobs.list_metadata(&unfinished).await.unwrap().items.len();
        if unfinished == 0 { Ok(()) } else { Err("some are not complete") }
    })
    .await
    .unwrap();
    println!("{} Jobs/s complete", rate(JOBS, start));
}

/// How many per second since the start.
fn rate(count: usize, start: Instant) -> u128 {
    count as u128 * 1_000 / start.elapsed().as_millis().max(1)
}
