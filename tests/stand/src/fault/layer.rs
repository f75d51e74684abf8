//! The layer itself: it numbers a request, asks the plan, and answers in the server's place or lets the server answer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, pending};
use http::{Request, Response, header};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value;
use tokio::time::sleep;
use tower::{BoxError, Layer, Service};

use super::answer::{self, Answer};
use super::call::Asked;
use super::past::View;
use super::plan::Fault;
use super::{Blow, Faults, HANG, STALE, Strike, watch};

/// Puts [`Faulty`] on a service. One is good for one life of the operator: after a crash it answers nothing any more.
#[derive(Clone)]
pub struct FaultLayer {
    life: Life,
}

/// What all requests of one life share.
#[derive(Clone)]
struct Life {
    faults: Faults,
    strike: Strike,
    view: Option<Arc<View>>,
    dead: Arc<AtomicBool>,
}

impl FaultLayer {
    pub(super) fn new(faults: Faults, strike: Strike, view: Option<View>) -> Self {
        Self { life: Life { faults, strike, view: view.map(Arc::new), dead: Arc::default() } }
    }
}

impl<S> Layer<S> for FaultLayer {
    type Service = Faulty<S>;

    fn layer(&self, inner: S) -> Faulty<S> {
        Faulty { inner, life: self.life.clone() }
    }
}

/// A service under a fault plan.
pub struct Faulty<S> {
    inner: S,
    life: Life,
}

impl<S, B> Service<Request<Body>> for Faulty<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error = BoxError> + Send + Unpin + 'static,
{
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Answer>, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if self.life.dead.load(Ordering::SeqCst) {
            return pending().boxed();
        }
        let body = request.body().try_clone().and_then(|body| body.collect_bytes().now_or_never()?.ok());
        let body = body.unwrap_or_default();
        let asked = Asked::of(&request, name_in(&body));
        let fault = self.life.faults.request(asked.clone(), hash(&body));
        // It is sent once the future is polled, which a fault may never do.
        let sent = self.inner.call(request);
        self.life.clone().answer(asked, fault, sent).boxed()
    }
}

impl Life {
    async fn answer<B>(
        self,
        asked: Asked,
        fault: Option<Fault>,
        sent: impl Future<Output = Result<Response<B>, BoxError>>,
    ) -> Result<Response<Answer>, BoxError>
    where
        B: http_body::Body<Data = Bytes, Error = BoxError> + Send + Unpin + 'static,
    {
        match fault {
            None => self.pass(asked, sent).await,
            Some(Fault::CrashBefore) => self.die().await,
            Some(Fault::CrashAfter | Fault::Stale { .. }) => {
                applied(sent).await?;
                self.die().await
            }
            Some(Fault::StopBefore) => {
                (self.strike)(Blow::Stop);
                self.pass(asked, sent).await
            }
            Some(Fault::StopAfter) => {
                let answer = self.pass(asked, sent).await;
                (self.strike)(Blow::Stop);
                answer
            }
            Some(Fault::LostAnswer) => applied(sent).await.and_then(|_| Err(answer::reset())),
            Some(Fault::Unclear) => applied(sent).await.map(|_| answer::refusal(504, asked.verb)),
            Some(Fault::Truncated) => applied(sent).await.map(truncated),
            Some(Fault::Refused(code)) => Ok(answer::refusal(code, asked.verb)),
            Some(Fault::Hang) => {
                sleep(HANG).await;
                Err(answer::reset())
            }
            // Those of events; no request has them.
            Some(_) => Err(answer::reset()),
        }
    }

    /// What the server answers, or in an old view what it would have answered then.
    async fn pass<B>(
        &self,
        asked: Asked,
        sent: impl Future<Output = Result<Response<B>, BoxError>>,
    ) -> Result<Response<Answer>, BoxError>
    where
        B: http_body::Body<Data = Bytes, Error = BoxError> + Send + Unpin + 'static,
    {
        let collection = asked.collection();
        let old = self.view.as_ref().and_then(|view| view.list(&collection));
        if asked.is_watch() {
            if old.is_some() {
                sleep(STALE).await;
            }
            let faults = self.faults.clone();
            return Ok(sent.await?.map(|body| watch::told(faults, collection, body)));
        }
        let answer = applied(sent).await?;
        if asked.verb == "list" && answer.status().is_success() {
            self.faults.state().past.list(&collection, answer.body());
            if let Some(old) = old {
                return Ok(resized(answer, old));
            }
        }
        Ok(answer.map(answer::whole))
    }

    async fn die<T>(&self) -> T {
        self.dead.store(true, Ordering::SeqCst);
        (self.strike)(Blow::Crash);
        pending().await
    }
}

/// The server's whole answer.
async fn applied<B>(sent: impl Future<Output = Result<Response<B>, BoxError>>) -> Result<Response<Bytes>, BoxError>
where
    B: http_body::Body<Data = Bytes, Error = BoxError> + Unpin,
{
    let (head, body) = sent.await?.into_parts();
    Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
}

fn truncated(answer: Response<Bytes>) -> Response<Answer> {
    let half = answer.body().slice(..answer.body().len() / 2);
    resized(answer, half)
}

fn resized(mut answer: Response<Bytes>, body: Bytes) -> Response<Answer> {
    answer.headers_mut().remove(header::CONTENT_LENGTH);
    answer.map(|_| answer::whole(body))
}

fn hash(body: &Bytes) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn name_in(body: &Bytes) -> Option<String> {
    let object: Value = serde_json::from_slice(body).ok()?;
    object.pointer("/metadata/name").and_then(Value::as_str).map(str::to_owned)
}
