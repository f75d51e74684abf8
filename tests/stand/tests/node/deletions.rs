//! Pods that are deleted, evicted, cut off, or outlived by their processes.

use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, EvictParams, ListParams, PostParams};
use kube::{Api, ResourceExt};
use scoring_stand::pod::{condition, ended, phase};
use scoring_stand::{Behaviour, ControlPlane, NODE, Node, NodeOptions, Options, Signal, eventually, until};
use serde_json::json;

use crate::objects::{job, object};
use crate::stage::{SHELL, SOON, Stage, ends, shell, with, with_failure_policy};

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test]
async fn an_evicted_process_ends_and_its_pod_says_why() {
    let stage = Stage::playing(|pod| if pod.earlier == 0 { Behaviour::Run } else { Behaviour::exit(0, "") }).await;
    if !stage.plane.is_ours() {
        return println!("left out: it needs an audit log");
    }
    let job = with_failure_policy(&with(&shell("sleep 600; exit 1"), "/spec", json!({"backoffLimit": 0})));
    stage.create(job).await;
    let pod = stage.pod(|pod| phase(pod) == "Running").await.name_any();
    let leader = stage.node.process(&pod).unwrap();
    stage.namespace.api::<Pod>().evict(&pod, &EvictParams::default()).await.unwrap();

    // The pod is gone as soon as it has ended; what it was then, the node reported.
    let mut log = stage.plane.audit().unwrap();
    let report = eventually(SOON, "the report of the end", async || {
        let reports = log.read().unwrap().into_iter().filter(|event| event.user.username == NODE);
        let mut reports =
            reports.filter(|event| event.name() == pod && event.response_object["status"]["phase"] == "Failed");
        reports.next().ok_or(())
    });
    let last: Pod = object(report.await.unwrap().response_object);
    assert_eq!((phase(&last), ended(&last).unwrap().code), ("Failed", 143));
    assert_eq!(condition(&last, "DisruptionTarget"), Some(("True", "EvictionByEvictionAPI")));
    ends(leader).await;
    stage.job_becomes("Complete").await;
}

#[tokio::test]
async fn a_deleted_pod_is_asked_to_end_and_then_killed() {
    let stage = Stage::running().await;
    stage.create(shell("trap 'echo asked' TERM; echo ready; while :; do sleep 600 & wait; done")).await;
    let pod = stage.pod(|pod| phase(pod) == "Running").await.name_any();
    eventually(SOON, "the trap", async || if stage.node.log(&pod) == "ready\n" { Ok(()) } else { Err(()) })
        .await
        .unwrap();
    let leader = stage.node.process(&pod).unwrap();
    let pods = stage.namespace.api::<Pod>();
    pods.delete(&pod, &DeleteParams::default().grace_period(1)).await.unwrap();
    until(&pods, &pod, SOON, |pod| pod.is_none()).await.unwrap();
    assert_eq!(stage.node.log(&pod), "ready\nasked\n");
    assert!(!Path::new(&format!("/proc/{leader}")).exists());
}

#[tokio::test]
async fn a_pod_that_is_stuck_terminating_is_not_replaced_until_it_ends() {
    let stage = Stage::playing(|pod| match pod.earlier {
        0 => Behaviour::StuckTerminating,
        _ => Behaviour::exit(0, ""),
    })
    .await;
    stage.create(job("month", SHELL)).await;
    let stuck = stage.pod(|pod| phase(pod) == "Running").await.name_any();
    let pods = stage.namespace.api::<Pod>();
    pods.delete(&stuck, &DeleteParams::default().grace_period(1)).await.unwrap();
    let terminating = |job: &Job| job.status.as_ref().and_then(|status| status.terminating) == Some(1);
    until(&stage.namespace.api::<Job>(), "month", SOON, |job| job.is_some_and(terminating)).await.unwrap();
    assert_eq!(stage.pods(1).await[0].name_any(), stuck);

    assert!(stage.node.release(&stuck, Behaviour::exit(143, "")));
    until(&pods, &stuck, SOON, |pod| pod.is_none()).await.unwrap();
    stage.job_becomes("Complete").await;
}

#[tokio::test]
async fn a_zombie_lives_on_after_its_pod_has_failed() {
    let stage = Stage::playing(|pod| match pod.earlier {
        0 => Behaviour::Zombie { code: 137, after: AT_ONCE },
        _ => Behaviour::exit(0, ""),
    })
    .await;
    stage.create(shell("sleep 600; exit 1")).await;
    stage.job_becomes("Complete").await;
    let zombie = stage.pods(2).await.iter().find(|pod| phase(pod) == "Failed").unwrap().name_any();
    let leader = stage.node.process(&zombie).expect("it lives");
    assert!(stage.node.signal(&zombie, Signal::KILL));
    ends(leader).await;
}

#[tokio::test]
async fn what_a_node_runs_ends_with_it() {
    let stage = Stage::running().await;
    stage.create(shell("sleep 600; exit 1")).await;
    let pod = stage.pod(|pod| phase(pod) == "Running").await.name_any();
    let leader = stage.node.process(&pod).unwrap();
    let (name, nodes) =
        (stage.node.name().to_owned(), Api::<k8s_openapi::api::core::v1::Node>::all(stage.namespace.client()));
    nodes.get(&name).await.unwrap();
    drop(stage.node);
    ends(leader).await;
    assert!(nodes.get_opt(&name).await.unwrap().is_none());
}

#[tokio::test]
async fn a_node_goes_on_after_the_api_server_came_back() {
    let plane = ControlPlane::start(Options::default()).await.unwrap();
    if !plane.is_ours() {
        return println!("left out: it needs an API server that it may stop");
    }
    let namespace = plane.namespace("outage").await.unwrap();
    let options = NodeOptions::of(&namespace).with_image(SHELL, "/bin/sh");
    let node = Node::start(&plane, options).await.unwrap();
    let (jobs, pods) = (namespace.api::<Job>(), namespace.api::<Pod>());
    let line = "until test -e go; do sleep 0.05; done; printf done >/dev/termination-log";
    jobs.create(&PostParams::default(), &shell(line)).await.unwrap();
    let pod = eventually(SOON, "a running pod", async || {
        let found = pods.list(&ListParams::default()).await.unwrap().items.pop();
        found.filter(|pod| phase(pod) == "Running").ok_or(())
    });
    let pod = pod.await.unwrap().name_any();

    plane.kill_api_server().unwrap();
    std::fs::write(node.folder().join(&pod).join("work/go"), "").unwrap();
    let leader = node.process(&pod).unwrap();
    ends(leader).await;
    plane.start_api_server().await.unwrap();
    let pod = until(&pods, &pod, SOON, |pod| pod.is_some_and(|pod| phase(pod) == "Succeeded")).await;
    assert_eq!(ended(&pod.unwrap().unwrap()).unwrap().message, "done");
}
