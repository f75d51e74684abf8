//! What a Job and many pods take.

use std::time::Instant;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, PostParams};
use scoring_stand::{Behaviour, eventually};
use serde_json::json;

use crate::objects::{job, object};
use crate::stage::{SHELL, SOON, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo test -p scoring-stand --test node -- --ignored --nocapture measure"]
async fn measure_a_job_and_instant_pods() {
    let stage = Stage::playing(|_| Behaviour::Instant { message: "{}".to_owned() }).await;
    let start = Instant::now();
    stage.create(job("month", SHELL)).await;
    stage.job_becomes("Complete").await;
    println!("a Job is complete after {:?}", start.elapsed());

    let count = 2_000;
    let pod = object::<Pod>(json!({
        "metadata": {"generateName": "pod-"},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "scorer", "image": SHELL}]},
    }));
    let pods = stage.namespace.api::<Pod>();
    let start = Instant::now();
    let writers = (0..16).map(|_| {
        let (pods, pod) = (pods.clone(), pod.clone());
        tokio::spawn(async move {
            for _ in 0..count / 16 {
                pods.create(&PostParams::default(), &pod).await.unwrap();
            }
        })
    });
    for task in writers.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let created = start.elapsed();
    let selector = ListParams::default().fields("status.phase=Succeeded").limit(1);
    eventually(SOON, "all pods", async || {
        let list = pods.list(&selector).await.unwrap();
        let succeeded = 1 + list.metadata.remaining_item_count.unwrap_or_default();
        if succeeded >= count { Ok(()) } else { Err(succeeded) }
    })
    .await
    .unwrap();
    let rate = f64::from(u32::try_from(count).unwrap()) / start.elapsed().as_secs_f64();
    println!("{count} pods created within {created:?} and succeeded within {:?}: {rate:.0}/s", start.elapsed());
    println!("{:#?}", stage.plane.running());
}
