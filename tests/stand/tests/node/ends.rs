//! How pods end, and what the Job controller makes of it.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::DeleteParams;
use scoring_stand::pod::{Ended, condition, ended, phase};
use scoring_stand::{Behaviour, until};
use serde_json::json;

use crate::objects::job;
use crate::stage::{SHELL, SOON, Stage, with, with_failure_policy};

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test]
async fn bad_data_fails_the_job_at_once() {
    let stage = Stage::playing(|_| Behaviour::exit(65, "row 7: no number")).await;
    stage.create(with_failure_policy(&job("month", SHELL))).await;
    assert_eq!(stage.job_becomes("Failed").await, "PodFailurePolicy");
    let pod = stage.pod(|_| true).await;
    let (reason, message) = ("Error".to_owned(), "row 7: no number".to_owned());
    assert_eq!(ended(&pod), Some(Ended { code: 65, reason, message }));
}

#[tokio::test]
async fn out_of_memory_counts_and_is_tried_again() {
    let stage = Stage::playing(|pod| match pod.earlier {
        0 => Behaviour::OomKilled { after: AT_ONCE },
        _ => Behaviour::exit(0, ""),
    })
    .await;
    stage.create(with_failure_policy(&job("month", SHELL))).await;
    stage.job_becomes("Complete").await;
    let pods = stage.pods(2).await;
    let mut ends: Vec<_> = pods.iter().filter_map(ended).map(|ended| (ended.code, ended.reason)).collect();
    ends.sort();
    assert_eq!(ends, [(0, "Completed".to_owned()), (137, "OOMKilled".to_owned())]);
    let job = stage.job().await;
    assert_eq!(job.status.unwrap().failed, Some(1));
}

#[tokio::test]
async fn a_disruption_does_not_count_and_the_pod_is_replaced() {
    let stage = Stage::playing(|pod| match pod.earlier {
        0 => Behaviour::Disrupted { after: AT_ONCE },
        _ => Behaviour::exit(0, ""),
    })
    .await;
    stage.create(with_failure_policy(&with(&job("month", SHELL), "/spec", json!({"backoffLimit": 0})))).await;
    stage.job_becomes("Complete").await;
    let job = stage.job().await;
    assert_eq!(job.status.unwrap().succeeded, Some(1));
}

#[tokio::test]
async fn a_held_pod_goes_on_as_it_is_told() {
    let stage = Stage::playing(|_| Behaviour::Hold).await;
    stage.create(with_failure_policy(&job("month", SHELL))).await;
    let pod = stage.pod(|pod| phase(pod) == "Running").await.name_any();
    assert!(!stage.node.release("another", Behaviour::Run));
    assert!(stage.node.release(&pod, Behaviour::exit(78, "no such estimator")));
    assert_eq!(stage.job_becomes("Failed").await, "PodFailurePolicy");
}

#[tokio::test]
async fn a_pod_that_finds_no_node_says_so_and_can_be_deleted() {
    let message = "0/3 nodes are available: 3 Insufficient memory.".to_owned();
    let stage = Stage::playing(move |_| Behaviour::Unschedulable { message: message.clone() }).await;
    stage.create(job("month", SHELL)).await;
    let pod = stage.pod(|pod| condition(pod, "PodScheduled") == Some(("False", "Unschedulable"))).await;
    assert_eq!((phase(&pod), pod.spec.clone().unwrap().node_name), ("Pending", None));
    stage.namespace.api::<Job>().delete("month", &DeleteParams::background()).await.unwrap();
    until(&stage.namespace.api::<Pod>(), &pod.name_any(), SOON, |pod| pod.is_none()).await.unwrap();
}

#[tokio::test]
async fn a_node_takes_no_pods_of_another_namespace() {
    let first = Stage::playing(|_| Behaviour::exit(0, "first")).await;
    let second = Stage::playing(|_| Behaviour::exit(0, "second")).await;
    for (stage, expected) in [(&first, "first"), (&second, "second")] {
        stage.create(job("month", SHELL)).await;
        stage.job_becomes("Complete").await;
        assert_eq!(ended(&stage.pod(|_| true).await).unwrap().message, expected);
    }
}
