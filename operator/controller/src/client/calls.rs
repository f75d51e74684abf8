//! The layer under every client: at most so many requests at once, an end to each, another try where that does no harm,
//! and a figure of every one.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt, Either, Full};
use kube::client::Body;
use tokio::sync::Semaphore;
use tower::buffer::Buffer;
use tower::{BoxError, Layer, Service, ServiceExt};

use super::{Limits, retry};
use crate::metrics::{Call, CallFigures, CallOutcome};

/// Puts [`Calls`] on a service.
pub(super) struct CallLayer {
    limits: Limits,
    figures: CallFigures,
}

impl CallLayer {
    pub(super) fn new(limits: Limits, figures: CallFigures) -> Self {
        Self { limits, figures }
    }
}

impl<S, B> Layer<S> for CallLayer
where
    S: Service<Request<Body>, Response = Response<B>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + Send + Sync,
{
    type Service = Calls<S::Future>;

    fn layer(&self, service: S) -> Self::Service {
        Calls {
            service: Buffer::new(service, self.limits.in_flight),
            slots: Arc::new(Semaphore::new(self.limits.in_flight)),
            limits: self.limits,
            figures: self.figures.clone(),
        }
    }
}

/// See the module.
pub(super) struct Calls<F> {
    service: Buffer<Request<Body>, F>,
    slots: Arc<Semaphore>,
    limits: Limits,
    figures: CallFigures,
}

// Derived, it would ask that futures can be cloned.
impl<F: Send + 'static> Clone for Calls<F> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            slots: Arc::clone(&self.slots),
            limits: self.limits,
            figures: self.figures.clone(),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// It did not come in time.
    #[error("no answer within {} s", .0.as_secs())]
    Late(Duration),
    /// The queue of requests was closed.
    #[error("the client is closed")]
    Closed,
}

/// An answer: whole, or a watch that goes on.
type Answer<B> = Response<Either<Full<Bytes>, B>>;

impl<F, E, B> Service<Request<Body>> for Calls<F>
where
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Answer<B>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Answer<B>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // Whoever calls waits for a slot inside of its call, where its time already runs for nobody else.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

impl<F, E, B> Calls<F>
where
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    async fn answer(self, request: Request<Body>) -> Result<Answer<B>, BoxError> {
        let call = Call::of(&request);
        let tries = if retry::is_repeatable(request.method()) && !call.is_watch() { self.limits.tries } else { 1 };
        let mut request = Some(request);
        for tried in 1.. {
            let Some(next) = request.take() else { break };
            request = if tried < tries { copy(&next) } else { None };
            let result = self.measured(next, &call).await;
            let pause = match &result {
                Ok(response) if retry::is_passing(response.status()) => retry::pause(tried, Some(response.headers())),
                Ok(_) => None,
                Err(_) => retry::pause(tried, None),
            };
            match pause {
                Some(pause) if request.is_some() => tokio::time::sleep(pause).await,
                _ => return result,
            }
        }
        Err(CallError::Closed.into())
    }

    async fn measured(&self, request: Request<Body>, call: &Call) -> Result<Answer<B>, BoxError> {
        let _slot = self.slots.acquire().await.map_err(|_| CallError::Closed)?;
        let started = Instant::now();
        let one = send(self.service.clone(), request, call.is_watch());
        let result = match tokio::time::timeout(self.limits.request, one).await {
            Ok(result) => result,
            Err(_) => Err(CallError::Late(self.limits.request).into()),
        };
        let outcome = match &result {
            Ok(response) => CallOutcome::of(response.status()),
            Err(error) if error.is::<CallError>() => CallOutcome::Late,
            Err(_) => CallOutcome::Broken,
        };
        self.figures.record(call, outcome, started.elapsed());
        result
    }
}

/// Sends a request, and reads the answer to its end if it has one.
async fn send<F, E, B>(
    mut service: Buffer<Request<Body>, F>,
    request: Request<Body>,
    is_watch: bool,
) -> Result<Answer<B>, BoxError>
where
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let response = service.ready().await?.call(request).await?;
    if is_watch && response.status().is_success() {
        return Ok(response.map(Either::Right));
    }
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(Into::into)?.to_bytes();
    Ok(Response::from_parts(head, Either::Left(Full::new(body))))
}

/// The same request again; none where its body can be read only once.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    request.headers().clone_into(copy.headers_mut());
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}
