//! Clients of the API server: every call has an end. kube's own retry is switched off, since it repeats creates as well
//! and without a limit worth the name; what is repeated instead, and what never, is in `retry`.
//!
//! A client for what the controller does ([`Limits::WORK`]), and a second one for its lease ([`Limits::LEASE`]), so that a
//! busy day never costs the leadership.

mod calls;
mod retry;
#[cfg(test)]
mod tests;

use std::time::Duration;

use http::{Request, Response};
use kube::client::{Body, ClientBuilder};
use kube::{Client, Config};
use tower::{BoxError, Service};

use self::calls::CallLayer;
pub(crate) use self::retry::jittered;
use crate::metrics::CallFigures;

/// How long and how often a client may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one request may take, its answer's body included; of a watch only the head.
    pub request: Duration,
    /// How often a request that may be repeated is sent.
    pub tries: u32,
    /// How many requests may be under way at once. A watch counts until its head is there.
    pub in_flight: usize,
}

impl Limits {
    /// For what the controller does.
    pub const WORK: Self = Self { request: Duration::from_secs(10), tries: 4, in_flight: 32 };
    /// For the lease: an answer that is late is as good as none, and the next renewal is the repetition.
    pub const LEASE: Self = Self { request: Duration::from_secs(3), tries: 1, in_flight: 2 };
}

/// A client of the API server that a configuration names.
pub fn connect(mut config: Config, limits: Limits, figures: &CallFigures) -> Result<Client, kube::Error> {
    config.default_retry = false;
    config.connect_timeout = Some(limits.request);
    Ok(bounded(ClientBuilder::try_from(config)?, limits, figures))
}

/// A client on any stack. What lies under it must not repeat requests by itself.
pub fn bounded<S, B>(stack: ClientBuilder<S>, limits: Limits, figures: &CallFigures) -> Client
where
    S: Service<Request<Body>, Response = Response<B>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + Send + Sync,
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    stack.with_layer(&CallLayer::new(limits, figures.clone())).build()
}
