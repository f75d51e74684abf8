//! What goes over the wire when calls fail, on a server that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::client::{Body, ClientBuilder};
use kube::{Client, Error};
use tower::{BoxError, service_fn};

use super::{Limits, bounded};
use crate::clock::SystemClock;
use crate::metrics::Metrics;

/// What the server does about a request.
#[derive(Clone, Copy)]
enum Answer {
    Status(u16),
    RetryAfter(u16, &'static str),
    Reset,
    Hang,
}

#[derive(Clone, Default)]
struct Wire {
    script: Arc<Mutex<VecDeque<Answer>>>,
    seen: Arc<Mutex<Vec<Method>>>,
}

impl Wire {
    async fn answer(self, request: Request<Body>) -> Result<Response<Full<Bytes>>, BoxError> {
        self.seen.lock().unwrap().push(request.method().clone());
        let answer = self.script.lock().unwrap().pop_front().unwrap_or(Answer::Status(200));
        let (status, after) = match answer {
            Answer::Status(status) => (status, None),
            Answer::RetryAfter(status, seconds) => (status, Some(seconds)),
            Answer::Reset => return Err("connection reset".into()),
            Answer::Hang => std::future::pending().await,
        };
        let body = if status == 200 {
            r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"items":[]}"#.to_owned()
        } else {
            format!(r#"{{"kind":"Status","status":"Failure","code":{status},"message":"no","reason":"No"}}"#)
        };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = StatusCode::from_u16(status)?;
        if let Some(seconds) = after {
            response.headers_mut().insert(http::header::RETRY_AFTER, seconds.parse()?);
        }
        Ok(response)
    }

    fn client(script: &[Answer], limits: Limits) -> (Self, Client) {
        let wire = Self { script: Arc::new(Mutex::new(script.iter().copied().collect())), ..Self::default() };
        let service = service_fn({
            let wire = wire.clone();
            move |request| wire.clone().answer(request)
        });
        let client = bounded(ClientBuilder::new(service, "rides"), limits, &Metrics::new(Arc::new(SystemClock)).calls);
        (wire, client)
    }

    fn sent(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

fn maps(client: Client) -> Api<ConfigMap> {
    Api::default_namespaced(client)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_until_the_server_answers() {
    let script = [Answer::Status(503), Answer::Reset, Answer::Status(429)];
    let (wire, client) = Wire::client(&script, Limits::WORK);
    maps(client).get("a").await.unwrap();
    assert_eq!(wire.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn four_tries_are_all() {
    let (wire, client) = Wire::client(&[Answer::Status(500); 9], Limits::WORK);
    let error = maps(client).list(&ListParams::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Api(status) if status.code == 500), "{error}");
    assert_eq!(wire.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_create_is_sent_once_whatever_comes_of_it() {
    for answer in [Answer::Status(500), Answer::RetryAfter(429, "1"), Answer::Reset, Answer::Hang] {
        let (wire, client) = Wire::client(&[answer], Limits::WORK);
        maps(client).create(&PostParams::default(), &ConfigMap::default()).await.unwrap_err();
        assert_eq!(wire.sent(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_answer() {
    for status in [400, 403, 404, 409, 422] {
        let (wire, client) = Wire::client(&[Answer::Status(status)], Limits::WORK);
        maps(client).delete("a", &DeleteParams::default()).await.unwrap_err();
        assert_eq!(wire.sent(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_server_is_left_after_the_time_out_of_each_try() {
    let (wire, client) = Wire::client(&[Answer::Hang; 9], Limits::WORK);
    let started = tokio::time::Instant::now();
    maps(client).get("a").await.unwrap_err();
    assert_eq!(wire.sent(), 4);
    assert!(started.elapsed() < Duration::from_secs(42), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_more_patience_than_there_is_gets_no_second_request() {
    let (wire, client) = Wire::client(&[Answer::RetryAfter(429, "60")], Limits::WORK);
    maps(client).get("a").await.unwrap_err();
    assert_eq!(wire.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_servers_pause_is_kept() {
    let (wire, client) = Wire::client(&[Answer::RetryAfter(429, "7")], Limits::WORK);
    let started = tokio::time::Instant::now();
    maps(client).get("a").await.unwrap();
    assert_eq!(wire.sent(), 2);
    assert!(started.elapsed() >= Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_never_repeated() {
    let (wire, client) = Wire::client(&[Answer::Status(503)], Limits::LEASE);
    maps(client).get("a").await.unwrap_err();
    assert_eq!(wire.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_than_may_be() {
    let limits = Limits { in_flight: 2, ..Limits::WORK };
    let (wire, client) = Wire::client(&[Answer::Hang, Answer::Hang], limits);
    let maps = maps(client);
    let all = futures::future::join_all((0..5).map(|_| maps.get("a")));
    drop(tokio::time::timeout(Duration::from_secs(9), all).await);
    assert_eq!(wire.sent(), 2);
}
