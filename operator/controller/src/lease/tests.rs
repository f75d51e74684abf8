//! Leases against one stored object that has versions and can fail, in paused time.

use std::sync::Mutex;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use kube::client::{Body, ClientBuilder};
use serde_json::{Value, json};
use tower::{BoxError, service_fn};

use super::*;
use crate::clock::SystemClock;

/// One stored lease.
#[derive(Default)]
struct Store {
    object: Option<Value>,
    version: u64,
    /// The next writes are applied, and their answers lost.
    lose: u32,
    /// Nothing is answered.
    dead: bool,
}

type Shared = Arc<Mutex<Store>>;

fn status(code: u16) -> (u16, Value) {
    let reason = match code {
        404 => "NotFound",
        409 => "Conflict",
        _ => "InternalError",
    };
    (code, json!({"kind": "Status", "status": "Failure", "code": code, "message": "no", "reason": reason}))
}

/// Whatever waits for ever in paused time would never fail.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_hours(1), future).await.expect("ends within an hour")
}

impl Store {
    fn write(&mut self, mut object: Value) -> (u16, Value) {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.object = Some(object.clone());
        if self.lose > 0 {
            self.lose -= 1;
            return status(500);
        }
        (200, object)
    }

    fn answer(&mut self, method: &Method, body: Value) -> (u16, Value) {
        let is_stale = |object: &Value| body["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"];
        match (method, self.object.clone()) {
            (&Method::GET, Some(object)) => (200, object),
            (&Method::POST, Some(_)) => status(409),
            (&Method::PUT, Some(object)) if is_stale(&object) => status(409),
            (&Method::POST, None) | (&Method::PUT, Some(_)) => self.write(body),
            _ => status(404),
        }
    }
}

fn lease(store: &Shared, holder: &str) -> Lease {
    let store = Arc::clone(store);
    let service = service_fn(move |request: Request<Body>| {
        let store = Arc::clone(&store);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let body = serde_json::from_slice(&body).unwrap_or_default();
            if store.lock().unwrap().dead {
                sleep(Duration::from_secs(20)).await;
                return Err("connection reset".into());
            }
            let (code, value) = store.lock().unwrap().answer(&head.method, body);
            let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
            *response.status_mut() = StatusCode::from_u16(code)?;
            Ok::<_, BoxError>(response)
        }
    });
    let client = ClientBuilder::new(service, "operators").build();
    Lease::new(client, "operators", "scoring-operator", holder, Arc::new(SystemClock))
}

fn holder(store: &Shared) -> String {
    let store = store.lock().unwrap();
    store.object.as_ref().unwrap()["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_nobody_has_is_taken_at_once() {
    let store = Shared::default();
    let began = Instant::now();
    soon(lease(&store, "a").acquire()).await;
    assert_eq!((holder(&store).as_str(), began.elapsed()), ("a", Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_does_not_change_is_taken_after_its_span() {
    let store = Shared::default();
    soon(lease(&store, "a").acquire()).await;
    let began = Instant::now();
    soon(lease(&store, "b").acquire()).await;
    assert_eq!(holder(&store), "b");
    assert!(began.elapsed() >= SPAN && began.elapsed() <= SPAN + PERIOD, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_renewed_stays_whatever_its_times_say() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    let others = async {
        // A holder whose clock is a day slow.
        loop {
            sleep(Duration::from_secs(1)).await;
            let mut store = store.lock().unwrap();
            if let Some(object) = &mut store.object {
                object["spec"]["renewTime"] = json!("2001-01-01T00:00:00.000000Z");
            }
        }
    };
    let b = lease(&store, "b");
    tokio::select! {
        error = a.keep(&mut held) => panic!("lost: {error}"),
        _ = b.acquire() => panic!("taken while it was renewed"),
        () = others => {}
        () = sleep(Duration::from_mins(10)) => {}
    }
    assert_eq!(holder(&store), "a");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_somebody_else_took_is_lost() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    {
        let mut store = store.lock().unwrap();
        let mut object = store.object.clone().unwrap();
        object["spec"]["holderIdentity"] = json!("b");
        store.write(object);
    }
    assert!(matches!(soon(a.keep(&mut held)).await, LeaseError::Taken(by) if by == "b"));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_lease_is_lost() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    store.lock().unwrap().object = None;
    assert!(matches!(soon(a.keep(&mut held)).await, LeaseError::Deleted));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_answer_is_lost_is_no_loss() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    store.lock().unwrap().lose = 2;
    let kept = timeout(Duration::from_mins(1), a.keep(&mut held)).await;
    assert!(kept.is_err(), "{kept:?}");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_gets_no_answer_stops_before_others_may_begin() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    store.lock().unwrap().dead = true;
    let began = Instant::now();
    assert!(matches!(soon(a.keep(&mut held)).await, LeaseError::Late(_)));
    assert!(began.elapsed() < SPAN, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_late_holder_goes_on_where_nobody_else_has_begun() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let mut held = soon(a.acquire()).await;
    store.lock().unwrap().dead = true;
    soon(a.keep(&mut held)).await;
    let (again, ()) = tokio::join!(soon(a.regain()), async {
        sleep(Duration::from_secs(1)).await;
        store.lock().unwrap().dead = false;
    });
    let mut again = again.unwrap();
    assert!(timeout(Duration::from_mins(1), a.keep(&mut again)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_late_holder_ends_where_somebody_else_has_begun() {
    let store = Shared::default();
    let a = lease(&store, "a");
    soon(a.acquire()).await;
    soon(lease(&store, "b").acquire()).await;
    assert!(matches!(soon(a.regain()).await, Err(LeaseError::Taken(by)) if by == "b"));
}

#[tokio::test(start_paused = true)]
async fn a_released_lease_is_free() {
    let store = Shared::default();
    let a = lease(&store, "a");
    let held = soon(a.acquire()).await;
    a.release(held).await.unwrap();
    let began = Instant::now();
    soon(lease(&store, "b").acquire()).await;
    assert_eq!((holder(&store).as_str(), began.elapsed()), ("b", Duration::ZERO));
}
