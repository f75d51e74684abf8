//! The operator as a process of its own that looks after the whole cluster, as a Deployment runs it: what it may do, what it
//! serves, how it rests, and how it ends.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use k8s_openapi::api::authorization::v1::{SelfSubjectRulesReview, SelfSubjectRulesReviewSpec};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::ResourceExt;
use kube::api::PostParams;
use rustix::process::{Pid, Signal, kill_process};
use scoring_stand::eventually;
use scoring_tests::operator_program;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::documents::schedule;
use crate::exposition::samples;
use crate::site::{IMAGE, SOON, Site, holding, run};
use crate::store::Store;

/// The lease's name.
const LEASE: &str = "scoring-operator";
/// How long an idle operator is watched.
const IDLE: Duration = Duration::from_secs(65);

/// The operator as a process. It is killed with its value.
struct Process {
    child: Child,
    address: SocketAddr,
}

#[expect(clippy::unwrap_used, reason = "a process that cannot be started is a failed test")]
impl Process {
    /// Starts it with its lease in a namespace.
    fn start(kubeconfig: &Path, namespace: &str, log: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let log = fs::File::create(log).unwrap();
        let mut command = Command::new(tokio::task::block_in_place(operator_program).unwrap());
        command.args(["--scorer-image", IMAGE, "--lease-namespace", namespace, "--log-format", "json"]);
        command.args(["--listen", &address.to_string(), "--instance", "operator-0"]);
        command.env_clear().env("KUBECONFIG", kubeconfig);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true);
        Self { child: command.spawn().unwrap(), address }
    }

    /// Asks for a page: its status, head and text.
    async fn get(&self, path: &str) -> Result<(u16, String, String), std::io::Error> {
        let mut stream = TcpStream::connect(self.address).await?;
        // HTTP 1.0: the text comes in one piece, and ends with the connection.
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, text) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        Ok((code, head.to_owned(), text.to_owned()))
    }

    /// Waits until a page is there: its head and text.
    async fn page(&self, path: &str) -> (String, String) {
        eventually(SOON, path, async || match self.get(path).await {
            Ok((200, head, text)) => Ok((head, text)),
            other => Err(format!("{other:?}")),
        })
        .await
        .unwrap()
    }

    /// Sends SIGTERM, and waits for its end: the exit code.
    async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        tokio::time::timeout(SOON, self.child.wait()).await.unwrap().unwrap().code()
    }
}

/// The pages of an operator that has scored the one month of the schedule `green`.
async fn the_pages_are_right(process: &Process, namespace: &str) {
    assert_eq!(process.page("/healthz").await.1, "ok\n");
    let (head, text) = process.page("/metrics").await;
    assert!(head.to_lowercase().contains("content-type: application/openmetrics-text; version=1.0.0"), "{head}");
    let samples = samples(&text);
    let of_green = |name: &str, with: &str| {
        let green = [format!("namespace=\"{namespace}\""), "schedule=\"green\"".to_owned(), with.to_owned()];
        let is = |sample: &str| sample.starts_with(name) && green.iter().all(|label| sample.contains(label.as_str()));
        samples.iter().find(|(sample, _)| is(sample)).map(|(_, value)| *value)
    };
    let months = "scoring_schedule_months{";
    assert_eq!(of_green(months, "state=\"current\""), Some(1.0), "{text}");
    assert_eq!(of_green(months, "state=\"failed\""), Some(0.0), "{text}");
    assert_eq!(of_green("scoring_attempts_total{", "outcome=\"Succeeded\""), Some(1.0), "{text}");
    assert_eq!(of_green("scoring_schedule_freshness_seconds{", ""), Some(0.0), "{text}");
    for name in ["api_requests_total{", "api_request_duration_seconds_count{", "reconcile_duration_seconds_count{"] {
        let all: f64 = samples.iter().filter(|(sample, _)| sample.contains(name)).map(|(_, value)| value).sum();
        assert!(all > 0.0, "{name}: {text}");
    }
}

#[test]
fn the_process_serves_its_pages_rests_and_ends_well() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(async {
        let site = Site::of_the_cluster(&store, holding(&["2021-02"])).await;
        let log = site.plane.folder().join("operator.log");
        let process = Process::start(&site.account, site.namespace.name(), &log);
        process.page("/readyz").await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-01"))).await;
        site.current("green", &["2021-01"]).await;
        the_pages_are_right(&process, site.namespace.name()).await;
        site.stays_quiet(IDLE).await;

        site.apply(&schedule(&store, "yellow", ("2021-02", "2021-02"))).await;
        site.running("2021-02").await;
        site.settles().await;
        let before = jobs(&site).await;
        assert_eq!(process.terminate().await, Some(0), "{}", fs::read_to_string(&log).unwrap());
        assert_eq!(jobs(&site).await, before);
        let lease = site.namespace.api::<Lease>().get(LEASE).await.unwrap().spec.unwrap();
        assert_eq!(lease.holder_identity.unwrap_or_default(), "");
        assert_eq!(site.refused().await, Vec::<String>::new());
        site.months_started().await;
    });
}

/// The Jobs that are there, each with whether it is being deleted.
async fn jobs(site: &Site) -> Vec<(String, bool)> {
    site.jobs().await.iter().map(|job| (job.name_any(), job.metadata.deletion_timestamp.is_some())).collect()
}

#[test]
fn its_rights_are_those_that_were_agreed_on() {
    let store = Store::s3s_fs();
    run(async {
        let site = Site::new(&store).await;
        let client = site.plane.client_of(&site.account).await.unwrap();
        let spec = SelfSubjectRulesReviewSpec { namespace: Some(site.namespace.name().to_owned()) };
        let review = SelfSubjectRulesReview { spec, ..SelfSubjectRulesReview::default() };
        let answer = Api::<SelfSubjectRulesReview>::all(client).create(&PostParams::default(), &review).await.unwrap();
        let status = answer.status.unwrap();
        assert!(!status.incomplete, "{status:?}");
        let mut rules = status.resource_rules;
        rules.sort_by_key(|rule| json!([rule.api_groups, rule.resources, rule.verbs]).to_string());
        let agreed: Value = serde_json::from_str(include_str!("rules.json")).unwrap();
        assert_eq!(json!(rules), agreed, "the rights in rules.json were agreed on, and are now:\n{:#}", json!(rules));
    });
}
