//! The events of a watch, one by one, each at the mercy of the plan.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use futures::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::sync::watch as signal;
use tokio::time::{Instant, sleep, sleep_until};
use tower::BoxError;

use super::answer::{self, Answer};
use super::plan::Fault;
use super::{Faults, LATE, RELIST};

/// The body of a watch under a plan.
pub(super) fn told<B>(faults: Faults, collection: String, body: B) -> Answer
where
    B: http_body::Body<Data = Bytes, Error = BoxError> + Send + Unpin + 'static,
{
    let silence = faults.shared.silence.subscribe();
    let watch = Watch {
        faults,
        collection,
        body,
        silence,
        unread: BytesMut::new(),
        ready: VecDeque::new(),
        relist: None,
        ended: false,
    };
    let events = stream::unfold(watch, |mut watch| async move {
        let next = watch.next().await?;
        Some((next.map(Frame::data), watch))
    });
    StreamBody::new(events).boxed_unsync()
}

struct Watch<B> {
    faults: Faults,
    collection: String,
    body: B,
    silence: signal::Receiver<Option<Instant>>,
    // What came and is no whole line yet.
    unread: BytesMut,
    // Lines that are to be told.
    ready: VecDeque<Bytes>,
    // When the watch ends, so that the operator lists anew.
    relist: Option<Instant>,
    ended: bool,
}

impl<B> Watch<B>
where
    B: http_body::Body<Data = Bytes, Error = BoxError> + Unpin,
{
    /// The next line; none at the end.
    async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        while !self.ended {
            if let Some(line) = self.ready.pop_front() {
                return Some(Ok(line));
            }
            if let Some(line) = self.line() {
                self.judge(line).await;
                continue;
            }
            if let Err(problem) = self.read().await? {
                self.ended = true;
                return Some(Err(problem));
            }
        }
        // The last line, where there is one, is the error that ends it.
        self.ready.pop_front().map(Ok)
    }

    /// Waits for more bytes, for the time of a new list, or for a silence. None at the end of the body.
    async fn read(&mut self) -> Option<Result<(), BoxError>> {
        let relist = self.relist;
        let due = async {
            match relist {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = due => self.end(),
            Ok(()) = self.silence.changed() => self.relist = *self.silence.borrow_and_update(),
            frame = self.body.frame() => match frame? {
                Ok(frame) => self.unread.extend(frame.into_data().ok()),
                Err(problem) => return Some(Err(problem)),
            },
        }
        Some(Ok(()))
    }

    /// A whole line of what was read.
    fn line(&mut self) -> Option<Bytes> {
        let end = self.unread.iter().position(|&byte| byte == b'\n')?;
        Some(self.unread.split_to(end + 1).freeze())
    }

    async fn judge(&mut self, line: Bytes) {
        // It changes nothing, and would make a number depend on the clock.
        if line.starts_with(br#"{"type":"BOOKMARK""#) {
            return self.ready.push_back(line);
        }
        let fault = self.faults.event(&self.collection, &line);
        let silent = self.silence.borrow().is_some_and(|until| Instant::now() < until);
        match fault {
            Some(Fault::DropEvent) => self.relist = Some(Instant::now() + RELIST),
            Some(Fault::Silence) => {
                self.faults.shared.silence.send_replace(Some(Instant::now() + RELIST));
            }
            Some(Fault::Gone) => self.end(),
            Some(Fault::RepeatEvent) => self.ready.extend([line.clone(), line]),
            Some(Fault::DelayEvent) => {
                sleep(LATE).await;
                self.ready.push_back(line);
            }
            _ if silent => {}
            _ => self.ready.push_back(line),
        }
    }

    fn end(&mut self) {
        self.ready.push_back(answer::gone());
        self.ended = true;
    }
}
