//! What becomes of writes, on a server that answers from a script.

use std::collections::VecDeque;
use std::sync::Mutex;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::client::{Body, ClientBuilder};
use serde_json::{Value, json};
use tower::{BoxError, service_fn};

use super::*;
use crate::clock::SystemClock;
use crate::expect::{Shown, Sight};
use crate::lean::Owner;
use crate::observe::JobRef;
use crate::obstacle::Obstacle;

const NAME: &str = "green-202102-0a1b2c3d-a1";

#[derive(Clone, Default)]
struct Server {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    seen: Arc<Mutex<Vec<(Method, Value)>>>,
}

impl Server {
    fn new(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Self::default() }
    }

    fn writer(&self) -> (Writer, Arc<Expectations>) {
        let server = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move {
                let (head, body) = request.into_parts();
                let body = serde_json::from_slice(&body.collect().await?.to_bytes()).unwrap_or_default();
                server.seen.lock().unwrap().push((head.method, body));
                let (code, value) = server.answers.lock().unwrap().pop_front().ok_or("no answer")?;
                let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
                *response.status_mut() = StatusCode::from_u16(code)?;
                Ok::<_, BoxError>(response)
            }
        });
        let client = ClientBuilder::new(service, "rides").build();
        let expectations = Arc::<Expectations>::default();
        (Writer::new(client, Arc::clone(&expectations), Arc::new(SystemClock), "here"), expectations)
    }

    fn methods(&self) -> Vec<Method> {
        self.seen.lock().unwrap().iter().map(|(method, _)| method.clone()).collect()
    }
}

fn owner() -> Owner {
    Owner { namespace: "rides".to_owned(), name: "green".to_owned(), uid: "s-1".to_owned() }
}

fn job(owner: &str) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {
            "name": NAME, "namespace": "rides", "uid": "j-1", "creationTimestamp": "2026-01-02T03:04:05Z",
            "ownerReferences": [{"apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringSchedule", "name": "green",
                "uid": owner, "controller": true}],
        },
    })
}

fn refused(code: u16, reason: &str, message: &str) -> (u16, Value) {
    let status = json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message});
    (code, status)
}

fn wanted() -> Job {
    serde_json::from_value(job("s-1")).unwrap()
}

#[tokio::test]
async fn what_became_of_a_create_is_found_out() {
    struct Case {
        named: &'static str,
        answers: Vec<(u16, Value)>,
        created: Option<Created>,
        expected: bool,
    }
    let taken = || refused(409, "AlreadyExists", "already exists");
    let absent = || refused(404, "NotFound", "not found");
    let broken = || refused(500, "InternalError", "etcd has gone");
    let quota = "jobs.batch \"x\" is forbidden: exceeded quota: q";
    let terminating = "unable to create new content in namespace rides because it is being terminated";
    let name_taken = Created::Refused(Obstacle::NameTaken { job: NAME.to_owned() });
    let cases = [
        Case { named: "made", answers: vec![(201, job("s-1"))], created: Some(Created::Done), expected: true },
        Case {
            named: "made before",
            answers: vec![taken(), (200, job("s-1"))],
            created: Some(Created::Done),
            expected: true,
        },
        Case {
            named: "somebody else's",
            answers: vec![taken(), (200, job("s-2"))],
            created: Some(name_taken),
            expected: false,
        },
        Case {
            named: "made, and the answer was lost",
            answers: vec![broken(), (200, job("s-1"))],
            created: Some(Created::Done),
            expected: true,
        },
        Case { named: "not made", answers: vec![broken(), absent()], created: None, expected: false },
        Case { named: "made and gone again", answers: vec![taken(), absent()], created: None, expected: false },
        Case {
            named: "over quota",
            answers: vec![refused(403, "Forbidden", quota)],
            created: Some(Created::Refused(Obstacle::QuotaExceeded)),
            expected: false,
        },
        Case {
            named: "in a namespace that goes",
            answers: vec![refused(403, "Forbidden", terminating)],
            created: Some(Created::Leaving),
            expected: false,
        },
    ];
    for Case { named, answers, created, expected } in cases {
        let server = Server::new(answers);
        let (writer, expectations) = server.writer();
        assert_eq!(writer.create(&wanted(), &owner()).await.ok(), created, "{named}");
        let posts = server.methods().into_iter().filter(|method| method == Method::POST).count();
        assert_eq!(posts, 1, "{named}");
        let waits = expectations.sight("s-1", &Shown::default()) != Sight::Clear;
        assert_eq!(waits, expected, "{named}");
    }
}

#[tokio::test]
async fn a_delete_names_the_uid_and_minds_nothing_that_is_gone() {
    for answer in [(200, job("s-1")), refused(404, "NotFound", "gone"), refused(409, "Conflict", "another UID")] {
        let server = Server::new([answer]);
        let (writer, _) = server.writer();
        let job = JobRef { name: NAME.to_owned(), uid: "j-1".to_owned() };
        writer.stop(&job, &owner()).await.unwrap();
        let (method, body) = server.seen.lock().unwrap()[0].clone();
        assert_eq!(method, Method::DELETE);
        assert_eq!(body["preconditions"]["uid"], json!("j-1"));
        assert_eq!(body["propagationPolicy"], json!("Foreground"));
    }
}

#[tokio::test]
async fn a_status_is_written_over_its_version_and_only_where_it_has_changed() {
    let object: ConfigMap =
        serde_json::from_value(json!({"metadata": {"name": "green", "namespace": "rides", "resourceVersion": "7"}}))
            .unwrap();
    let (before, after) = (json!({"a": 1, "b": 1}), json!({"a": 2, "b": 1}));
    let stored = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "green", "uid": "s-1", "resourceVersion": "8"}, "later": {"field": 1}});
    let server = Server::new([(200, stored), refused(409, "Conflict", "changed")]);
    let (writer, expectations) = server.writer();

    assert!(!writer.status(&object, (Some(&before), &before), "s-1").await.unwrap());
    assert!(server.methods().is_empty());
    assert!(writer.status(&object, (Some(&before), &after), "s-1").await.unwrap());
    let patch = server.seen.lock().unwrap()[0].1.clone();
    assert_eq!(patch, json!({"metadata": {"resourceVersion": "7"}, "status": {"a": 2}}));
    let shown = Shown { versions: [("s-1".to_owned(), "7".to_owned())].into(), ..Shown::default() };
    assert_ne!(expectations.sight("s-1", &shown), Sight::Clear);
    let conflict = writer.status(&object, (Some(&before), &after), "s-1").await;
    assert!(matches!(conflict, Err(ApplyError::Conflict { .. })));
}
