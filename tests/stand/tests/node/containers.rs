//! Containers as processes: their programs, variables, folders, messages and logs.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use kube::ResourceExt;
use scoring_stand::pod::{Ended, condition, ended, phase, state, waits};
use scoring_tests::{Model, Place, TaskFile, fixture, fixture_models, month_file};
use serde_json::{Value, json};

use crate::objects::job;
use crate::stage::{Stage, shell, with, with_container, with_failure_policy};

#[tokio::test]
async fn a_job_completes_with_the_real_scorer() {
    let stage = Stage::with(|options| options.with_image("scorer:1", scorer())).await;
    let place = Place::folder().unwrap();
    let mut models = fixture_models().unwrap().into_iter();
    let model = models.find(|model| model.name == "forest-mlflow-3").unwrap();
    place.put("rides/2021-02.parquet", &month_file("2021-02")).unwrap();
    place.put_folder("mlflow/1", &fixture("mlflow").join(&model.experiment)).unwrap();
    let model = Model::Run { experiment_uri: place.uri("mlflow/1"), run_id: model.run_id };
    let task = TaskFile::recipe("2021-02", &place.uri("rides/{month}.parquet"), &model, &place.uri("out/a.parquet"));
    let fields = json!({
        "args": ["score", "--result", "/dev/termination-log"],
        "env": [{"name": "SCORING_TASK", "value": task.text()}],
    });
    stage.create(with_container(&job("month", "scorer:1"), fields)).await;

    stage.job_becomes("Complete").await;
    let pod = stage.pod(|pod| phase(pod) == "Succeeded").await;
    let ended = ended(&pod).unwrap();
    assert_eq!((ended.code, ended.reason.as_str()), (0, "Completed"), "{}", stage.node.log(&pod.name_any()));
    let outcome: Value = serde_json::from_str(&ended.message).unwrap();
    assert_eq!(outcome["status"], "Committed");
    assert!(place.get("out/a.parquet").unwrap().ends_with(b"PAR1"));
}

#[tokio::test]
async fn a_failure_is_reported_with_its_code_message_and_log() {
    let stage = Stage::running().await;
    let job = shell("echo to the log; printf 'bad row' >/dev/termination-log; exit 70");
    stage.create(with(&job, "/spec", json!({"backoffLimit": 0}))).await;

    assert_eq!(stage.job_becomes("Failed").await, "BackoffLimitExceeded");
    let pod = stage.pod(|pod| phase(pod) == "Failed").await;
    let (reason, message) = ("Error".to_owned(), "bad row".to_owned());
    assert_eq!(ended(&pod), Some(Ended { code: 70, reason, message }));
    assert_eq!(condition(&pod, "Ready"), Some(("False", "PodFailed")));
    assert_eq!(stage.node.log(&pod.name_any()), "to the log\n");
    assert_eq!(stage.node.process(&pod.name_any()), None);
    let terminated = state(&pod).and_then(|state| state.terminated.as_ref()).unwrap();
    assert!(terminated.started_at.is_some() && terminated.started_at <= terminated.finished_at);
}

#[tokio::test]
async fn of_a_long_message_the_last_4096_bytes_are_kept() {
    let stage = Stage::running().await;
    stage
        .create(shell("{ printf first; head -c 5000 /dev/zero | tr '\\0' x; printf last; } >/dev/termination-log"))
        .await;
    let pod = stage.pod(|pod| phase(pod) == "Succeeded").await;
    let message = ended(&pod).unwrap().message;
    assert_eq!((message.len(), message.starts_with('x'), message.ends_with("xlast")), (4096, true, true));
}

#[tokio::test]
async fn an_empty_message_falls_back_to_the_log_where_asked() {
    let stage = Stage::running().await;
    let job = shell("echo why >&2; exit 65");
    let job = with_container(&job, json!({"terminationMessagePolicy": "FallbackToLogsOnError"}));
    stage.create(with_failure_policy(&job)).await;
    let pod = stage.pod(|pod| phase(pod) == "Failed").await;
    assert_eq!(ended(&pod).unwrap().message, "why\n");
}

#[tokio::test]
async fn a_container_waits_for_its_secret() {
    let stage = Stage::running().await;
    let fields = json!({"envFrom": [{"secretRef": {"name": "keys"}}]});
    stage.create(with_container(&shell("test \"$key\" = value"), fields)).await;
    let pod = stage.pod(|pod| waits(pod).is_some_and(|waits| waits.reason == "CreateContainerConfigError")).await;
    assert_eq!(waits(&pod).unwrap().message, r#"secret "keys" not found"#);
    assert_eq!(condition(&pod, "Ready"), Some(("False", "ContainersNotReady")));
    assert_eq!(phase(&pod), "Pending");

    stage.create_secret("keys", json!({"key": "value"})).await;
    stage.job_becomes("Complete").await;
}

#[tokio::test]
async fn a_container_waits_for_a_key_of_its_secret() {
    let stage = Stage::running().await;
    stage.create_secret("keys", json!({"other": "value"})).await;
    let source = json!({"secretKeyRef": {"name": "keys", "key": "key"}});
    stage.create(with_container(&shell("true"), json!({"env": [{"name": "KEY", "valueFrom": source}]}))).await;
    let pod = stage.pod(|pod| waits(pod).is_some_and(|waits| waits.reason == "CreateContainerConfigError")).await;
    let expected = format!("couldn't find key key in Secret {}/keys", stage.namespace.name());
    assert_eq!(waits(&pod).unwrap().message, expected);
}

#[tokio::test]
async fn an_image_without_a_program_cannot_be_pulled() {
    let stage = Stage::running().await;
    stage.create(job("month", "nobody/knows:1")).await;
    let pod = stage.pod(|pod| waits(pod).is_some_and(|waits| waits.reason == "ImagePullBackOff")).await;
    let message = waits(&pod).unwrap().message;
    assert!(message.starts_with(r#"Back-off pulling image "nobody/knows:1": ErrImagePull: "#), "{message}");
}

#[tokio::test]
async fn variables_and_paths_are_those_of_the_pod() {
    let stage = Stage::running().await;
    stage.create_secret("keys", json!({"A": "from all", "B": "from one"})).await;
    let fields = json!({
        "envFrom": [{"secretRef": {"name": "keys"}, "prefix": "ALL_"}],
        "env": [
            {"name": "ONE", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "B"}}},
            {"name": "NONE", "valueFrom": {"secretKeyRef": {"name": "absent", "key": "B", "optional": true}}},
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "BOTH", "value": "$(ALL_A), $(ONE), $$(ONE), $(NOBODY)"},
            {"name": "SCRATCH", "value": "/scratch/part"},
        ],
        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
    });
    let line =
        r#"printf x >"$SCRATCH"; test -s /scratch/part; echo "$?|$BOTH|$POD|${NONE-unset}" >/dev/termination-log"#;
    let job = with_container(&shell(line), fields);
    stage.create(with(&job, "/spec/template/spec", json!({"volumes": [{"name": "scratch", "emptyDir": {}}]}))).await;
    let pod = stage.pod(|pod| phase(pod) == "Succeeded").await;
    let expected = format!("0|from all, from one, $(ONE), $(NOBODY)|{}|unset\n", pod.name_any());
    assert_eq!(ended(&pod).unwrap().message, expected);
}

#[tokio::test]
async fn scratch_files_go_to_the_volume_at_tmp() {
    let stage = Stage::running().await;
    let line = "printf x >\"$TMPDIR/part\"; test -s /tmp/part; printf $? >/dev/termination-log";
    let job = with_container(&shell(line), json!({"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}));
    stage.create(with(&job, "/spec/template/spec", json!({"volumes": [{"name": "tmp", "emptyDir": {}}]}))).await;
    let pod = stage.pod(|pod| phase(pod) == "Succeeded").await;
    assert_eq!(ended(&pod).unwrap().message, "0");
    assert!(stage.node.folder().join(pod.name_any()).join("volumes/tmp/part").is_file());
}

#[tokio::test]
async fn each_pod_of_an_indexed_job_knows_its_index() {
    let stage = Stage::running().await;
    let job = shell("printf \"$JOB_COMPLETION_INDEX\" >/dev/termination-log");
    let mode = json!({"completionMode": "Indexed", "completions": 3, "parallelism": 3});
    stage.create(with(&job, "/spec", mode)).await;
    stage.job_becomes("Complete").await;
    let mut indexes: Vec<_> = stage.pods(3).await.iter().filter_map(ended).map(|ended| ended.message).collect();
    indexes.sort();
    assert_eq!(indexes, ["0", "1", "2"]);
}

/// The scorer under test: `SCORER_BIN`, else the debug build of this checkout.
fn scorer() -> PathBuf {
    if let Some(program) = env::var_os("SCORER_BIN") {
        return program.into();
    }
    let built =
        Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "scorer", "--bin", "scorer"]).status();
    assert!(built.is_ok_and(|status| status.success()), "the scorer does not build");
    let tests = env::current_exe().expect("a test has a path");
    tests.ancestors().nth(2).expect("tests lie in deps").join("scorer")
}
