//! What a client sees of each fault, and what the server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt, stream};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use kube::client::Body;
use tokio::time::Instant;
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use super::*;

const JOBS: &str = "/apis/batch/v1/namespaces/n/jobs";
const ANSWER: &str = r#"{"kind":"Job"}"#;

/// What an answer came to.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Answer(u16, String),
    Broken,
    Never,
}

/// An operator's client over a server that counts what it is asked.
struct Talk {
    faults: Faults,
    applied: Arc<AtomicU32>,
    blows: Arc<Mutex<Vec<Blow>>>,
}

impl Talk {
    fn new(plan: &str) -> Self {
        let faults = Faults::new(Some(plan.parse().unwrap()));
        Self { faults, applied: Arc::default(), blows: Arc::default() }
    }

    /// Creates two Jobs in one life, of which the second is the one that the plans are about.
    async fn second_create(&self) -> Seen {
        let (applied, blows) = (Arc::clone(&self.applied), Arc::clone(&self.blows));
        let server = service_fn(move |_: Request<Body>| {
            let applied = Arc::clone(&applied);
            async move {
                applied.fetch_add(1, Ordering::SeqCst);
                let frame = Ok::<_, BoxError>(Frame::data(Bytes::from_static(ANSWER.as_bytes())));
                Ok::<_, BoxError>(Response::new(StreamBody::new(stream::iter([frame]))))
            }
        });
        let strike: Strike = Arc::new(move |blow| blows.lock().unwrap().push(blow));
        let mut client = self.faults.life(strike).layer(server);
        let create = || Request::post(JOBS).body(Body::from(ANSWER.as_bytes().to_vec())).unwrap();
        client.ready().await.unwrap().call(create()).await.unwrap();
        let answer = client.ready().await.unwrap().call(create());
        match tokio::time::timeout(2 * HANG, answer).await {
            Err(_) => Seen::Never,
            Ok(Err(_)) => Seen::Broken,
            Ok(Ok(answer)) => {
                let status = answer.status().as_u16();
                let body = answer.into_body().collect().await.unwrap().to_bytes();
                let text = String::from_utf8(body.to_vec()).unwrap();
                let reason = text.split(r#""reason":""#).nth(1).and_then(|rest| rest.split('"').next());
                Seen::Answer(status, reason.unwrap_or(&text).to_owned())
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_a_request_is_what_it_says() {
    struct Case {
        plan: &'static str,
        applied: u32,
        seen: Seen,
        blows: &'static [Blow],
    }
    let answer = |status: u16, text: &str| Seen::Answer(status, text.to_owned());
    let cases = [
        Case { plan: "crash-before@write:2", applied: 1, seen: Seen::Never, blows: &[Blow::Crash] },
        Case { plan: "crash-after@write:2", applied: 2, seen: Seen::Never, blows: &[Blow::Crash] },
        Case { plan: "stale:all:1@write:2", applied: 2, seen: Seen::Never, blows: &[Blow::Crash] },
        Case { plan: "stop-before@write:2", applied: 2, seen: answer(200, ANSWER), blows: &[Blow::Stop] },
        Case { plan: "stop-after@write:2", applied: 2, seen: answer(200, ANSWER), blows: &[Blow::Stop] },
        Case { plan: "lost-answer@write:2", applied: 2, seen: Seen::Broken, blows: &[] },
        Case { plan: "reset@write:2", applied: 1, seen: Seen::Broken, blows: &[] },
        Case { plan: "hang@write:2", applied: 1, seen: Seen::Broken, blows: &[] },
        Case { plan: "unclear@write:2", applied: 2, seen: answer(504, "Timeout"), blows: &[] },
        Case { plan: "truncated@write:2", applied: 2, seen: answer(200, &ANSWER[..7]), blows: &[] },
        Case { plan: "status:409@write:2", applied: 1, seen: answer(409, "AlreadyExists"), blows: &[] },
        Case { plan: "status:429@write:2", applied: 1, seen: answer(429, "TooManyRequests"), blows: &[] },
        Case { plan: "status:500@call:2", applied: 1, seen: answer(500, "InternalError"), blows: &[] },
        Case { plan: "status:503@call:3", applied: 2, seen: answer(200, ANSWER), blows: &[] },
    ];
    for Case { plan, applied, seen, blows } in cases {
        let talk = Talk::new(plan);
        assert_eq!(talk.second_create().await, seen, "{plan}");
        assert_eq!(talk.applied.load(Ordering::SeqCst), applied, "{plan}");
        assert_eq!(*talk.blows.lock().unwrap(), blows, "{plan}");
        assert_eq!(talk.faults.struck(), !plan.ends_with('3'), "{plan}");
    }
}

#[tokio::test]
async fn after_a_crash_nothing_is_answered_and_the_next_life_is_left_alone() {
    let talk = Talk::new("crash-before@call:1");
    assert!(talk.second_create().now_or_never().is_none());
    assert_eq!(talk.second_create().await, Seen::Answer(200, ANSWER.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn after_a_stale_start_a_list_is_as_it_was() {
    let faults = Faults::new(Some("stale:jobs:1@write:1".parse().unwrap()));
    let asked = Arc::new(AtomicU32::new(0));
    let list = async |write: bool| {
        let asked = Arc::clone(&asked);
        let server = service_fn(move |_: Request<Body>| {
            let version = asked.fetch_add(1, Ordering::SeqCst);
            let body = format!(r#"{{"metadata":{{"resourceVersion":"{version}"}},"items":[]}}"#);
            let frame = Ok::<_, BoxError>(Frame::data(Bytes::from(body)));
            async move { Ok::<_, BoxError>(Response::new(StreamBody::new(stream::iter([frame])))) }
        });
        let mut client = faults.life(Arc::new(|_| {})).layer(server);
        let request = Request::get(JOBS).body(Body::empty()).unwrap();
        let answer = client.ready().await.unwrap().call(request).await.unwrap();
        if write {
            let create = client.ready().await.unwrap().call(Request::post(JOBS).body(Body::empty()).unwrap());
            tokio::time::timeout(HANG, create).await.expect_err("it dies of it");
        }
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    let first = list(true).await;
    assert!(first.contains(r#""resourceVersion":"0""#), "{first}");
    let second = list(false).await;
    assert!(second.contains(r#""resourceVersion":"0""#), "{second}");
    let third = list(false).await;
    assert!(third.contains(r#""resourceVersion":"3""#), "only the life after the crash sees the old view: {third}");
}

const LINES: [&str; 3] = [
    r#"{"type":"ADDED","object":{"metadata":{"uid":"a"}}}"#,
    r#"{"type":"MODIFIED","object":{"metadata":{"uid":"b"}}}"#,
    r#"{"type":"DELETED","object":{"metadata":{"uid":"c"}}}"#,
];

/// What a watch tells under a plan, line by line with the seconds that have gone by; the body goes on for ever.
async fn told(plan: &str) -> Vec<(u64, String)> {
    // Cut in the middle of the second line, as a connection may cut.
    let text = LINES.join("\n") + "\n";
    let (one, two) = text.split_at(LINES[0].len() + 9);
    let frames = [one, two].map(|part| Ok(Frame::data(Bytes::from(part.to_owned()))));
    let body = StreamBody::new(futures::StreamExt::chain(stream::iter(frames), stream::pending()));
    let faults = Faults::new(Some(plan.parse().unwrap()));
    let mut body = watch::told(faults, "jobs?".to_owned(), body);
    let (start, mut lines) = (Instant::now(), Vec::new());
    while let Ok(Some(frame)) = tokio::time::timeout(Duration::from_secs(10), body.frame()).await {
        let line = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        lines.push((start.elapsed().as_secs(), line.trim().to_owned()));
    }
    lines
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_an_event_is_what_it_says() {
    let [a, b, c] = LINES;
    let (relist, late) = (RELIST.as_secs(), LATE.as_secs());
    let gone = String::from_utf8(answer::gone().to_vec()).unwrap();
    let gone = gone.trim();
    let cases: [(&str, Vec<(u64, &str)>); 6] = [
        ("drop@event:2", vec![(0, a), (0, c), (relist, gone)]),
        ("silence@event:2", vec![(0, a), (relist, gone)]),
        ("delay@event:2", vec![(0, a), (late, b), (late, c)]),
        ("repeat@event:2", vec![(0, a), (0, b), (0, b), (0, c)]),
        ("gone@event:2", vec![(0, a), (0, gone)]),
        ("gone@event:4", vec![(0, a), (0, b), (0, c)]),
    ];
    for (plan, expected) in cases {
        let lines = told(plan).await;
        let lines: Vec<_> = lines.iter().map(|(at, line)| (*at, line.as_str())).collect();
        assert_eq!(lines, expected, "{plan}");
    }
}
