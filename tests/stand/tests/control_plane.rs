//! The control plane does what a cluster's does: it admits, controls, refuses, collects and tells; and it can be stopped.

mod objects;

use std::time::{Duration, Instant};

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod, Secret, ServiceAccount};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, ResourceExt};
use scoring_stand::{ADMIN, ControlPlane, Options, eventually, until};
use serde_json::json;

use objects::{job, object};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_job_is_given_its_pod() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("jobs").await.unwrap();
    namespace.api::<Job>().create(&PostParams::default(), &job("month", "scorer")).await.unwrap();
    let pods = namespace.api::<Pod>();
    let pod = eventually(SOON, "a pod of the Job", async || {
        pods.list(&ListParams::default().labels("batch.kubernetes.io/job-name=month"))
            .await
            .unwrap()
            .items
            .pop()
            .ok_or(())
    });
    assert_eq!(pod.await.unwrap().spec.unwrap().containers[0].image.as_deref(), Some("scorer"));
}

#[tokio::test]
async fn what_a_deleted_owner_leaves_is_collected() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("owners").await.unwrap();
    let maps = namespace.api::<ConfigMap>();
    let owner = object::<ConfigMap>(json!({"metadata": {"name": "owner"}}));
    let owner = maps.create(&PostParams::default(), &owner).await.unwrap();
    let reference = json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.uid().unwrap()}]);
    let child = object::<ConfigMap>(json!({"metadata": {"name": "child", "ownerReferences": reference}}));
    maps.create(&PostParams::default(), &child).await.unwrap();

    maps.delete("owner", &DeleteParams::default()).await.unwrap();
    until(&maps, "child", SOON, |child| child.is_none()).await.unwrap();
}

#[tokio::test]
async fn the_audit_log_holds_one_create_with_both_bodies() {
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_ours() {
        return println!("left out: it needs an audit log");
    }
    let namespace = plane.namespace("audit").await.unwrap();
    let jobs = namespace.api::<Job>();
    let made = jobs.create(&PostParams::default(), &job("month", "scorer")).await.unwrap();
    jobs.create(&PostParams::default(), &job("month", "scorer")).await.expect_err("the name is taken");

    let mut log = plane.audit().unwrap();
    let mut seen = Vec::new();
    let creates = eventually(SOON, "two answered creates", async || {
        seen.extend(log.read().unwrap().into_iter().filter(|event| event.is("create", "jobs", namespace.name())));
        if seen.len() == 2 { Ok(seen.clone()) } else { Err(seen.clone()) }
    });
    let [first, second] = &creates.await.unwrap()[..] else { panic!("two creates") };
    assert!(first.succeeded() && !second.succeeded());
    assert_eq!((first.response_status.code, second.response_status.code), (201, 409));
    assert_eq!((first.user.username.as_str(), first.name()), (ADMIN, "month"));
    assert_eq!(first.uid(), made.uid().unwrap());
    assert_eq!(first.request_object.pointer("/spec/template/spec/restartPolicy"), Some(&json!("Never")));
    assert!(first.request_received_timestamp <= first.stage_timestamp);
}

#[tokio::test]
async fn no_value_of_a_secret_is_in_the_audit_log() {
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_ours() {
        return println!("left out: it needs an audit log");
    }
    let namespace = plane.namespace("secrets").await.unwrap();
    let secret = object::<Secret>(json!({"metadata": {"name": "keys"}, "stringData": {"key": "canary"}}));
    namespace.api::<Secret>().create(&PostParams::default(), &secret).await.unwrap();

    let mut log = plane.audit().unwrap();
    let create = eventually(SOON, "the create of the Secret", async || {
        log.read().unwrap().into_iter().find(|event| event.is("create", "secrets", namespace.name())).ok_or(())
    });
    let create = create.await.unwrap();
    assert_eq!((create.name(), &create.request_object, &create.response_object), ("keys", &json!(null), &json!(null)));
}

#[tokio::test]
async fn a_user_may_do_what_a_role_says_and_no_more() {
    let plane = ControlPlane::start(Options::default().with_user("reader", &["readers"])).await.unwrap();
    let namespace = plane.namespace("roles").await.unwrap();
    let role = "create role reads --verb=list --resource=pods";
    let binding = "create rolebinding reads --role=reads --group=readers";
    for command in [role, binding] {
        let arguments: Vec<_> = ["--namespace", namespace.name()].into_iter().chain(command.split(' ')).collect();
        let said = plane.kubectl(ADMIN).unwrap().run(&arguments).await.unwrap();
        assert_eq!(said.code, Some(0), "{}", said.log);
    }
    let reader = plane.client("reader").await.unwrap();
    let pods: Api<Pod> = Api::namespaced(reader.clone(), namespace.name());
    pods.list(&ListParams::default()).await.unwrap();

    let jobs: Api<Job> = Api::namespaced(reader, namespace.name());
    let refused = jobs.create(&PostParams::default(), &job("month", "scorer")).await.expect_err("no role says so");
    assert!(refused.to_string().contains(r#"User "reader" cannot create resource "jobs""#), "{refused}");
}

#[tokio::test]
async fn a_service_account_is_known_by_its_token() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("accounts").await.unwrap();
    let account = object::<ServiceAccount>(json!({"metadata": {"name": "operator"}}));
    namespace.api::<ServiceAccount>().create(&PostParams::default(), &account).await.unwrap();
    let kubeconfig = plane.service_account(namespace.name(), "operator").await.unwrap();
    let client = plane.client_of(&kubeconfig).await.unwrap();
    let pods: Api<Pod> = Api::namespaced(client, namespace.name());
    let refused = pods.list(&ListParams::default()).await.expect_err("it has no role").to_string();
    assert!(refused.contains(&format!("system:serviceaccount:{}:operator", namespace.name())), "{refused}");
}

#[tokio::test]
async fn a_namespace_goes_with_its_value() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("short").await.unwrap();
    let (name, all) = (namespace.name().to_owned(), Api::<Namespace>::all(namespace.client()));
    drop(namespace);
    until(&all, &name, SOON, |namespace| namespace.is_none()).await.unwrap();
}

#[tokio::test]
async fn what_is_there_is_not_taken_to_be_absent() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("there").await.unwrap();
    let accounts = namespace.api::<ServiceAccount>();
    let absent = until(&accounts, "default", Duration::from_millis(500), |account| account.is_none()).await;
    let said = absent.expect_err("the account is there").to_string();
    assert!(said.contains(r#""name":"default""#), "{said}");
    until(&accounts, "nobody", SOON, |account| account.is_none()).await.unwrap();
}

#[tokio::test]
async fn the_products_definitions_are_served() {
    let plane = ControlPlane::shared().await.unwrap();
    plane.apply_crds().await.unwrap();
    let said = plane.kubectl(ADMIN).unwrap().run(&["get", "scs,scb", "--all-namespaces"]).await.unwrap();
    assert_eq!((said.code, said.log.trim()), (Some(0), "No resources found"));
}

#[tokio::test]
async fn a_stopped_api_server_is_silent_and_a_killed_one_keeps_its_data() {
    let plane = ControlPlane::start(Options::default().without_audit_log()).await.unwrap();
    if !plane.is_ours() {
        return println!("left out: it needs an API server that it may stop");
    }
    let namespace = plane.namespace("outage").await.unwrap();
    let jobs = namespace.api::<Job>();
    jobs.create(&PostParams::default(), &job("month", "scorer")).await.unwrap();

    plane.stop_api_server().unwrap();
    let asked = tokio::time::timeout(Duration::from_millis(300), jobs.get("month")).await;
    asked.expect_err("a stopped server answers nothing");
    plane.continue_api_server().unwrap();
    eventually(SOON, "an answer of the continued server", async || jobs.get("month").await).await.unwrap();

    let before = pid(&plane, "kube-apiserver");
    plane.kill_api_server().unwrap();
    jobs.get("month").await.expect_err("a killed server answers nothing");
    assert_eq!(pid(&plane, "kube-apiserver"), None);
    plane.start_api_server().await.unwrap();
    jobs.get("month").await.unwrap();
    assert_ne!(pid(&plane, "kube-apiserver"), before);
}

#[tokio::test]
#[ignore = "a measurement: cargo test -p scoring-stand --test control_plane -- --ignored --nocapture measure"]
async fn measure_the_start_and_the_memory() {
    let start = Instant::now();
    let plane = ControlPlane::start(Options::default()).await.unwrap();
    println!("ready after {:?}", start.elapsed());
    let namespace = plane.namespace("measure").await.unwrap();
    println!("namespace after {:?}", start.elapsed());
    drop(namespace);
    for running in plane.running() {
        println!("{} {}: {} MiB", running.name, running.pid, running.resident_kib / 1024);
    }
}

fn pid(plane: &ControlPlane, name: &str) -> Option<u32> {
    plane.running().into_iter().find(|running| running.name == name).map(|running| running.pid)
}
