//! An operator under a plan, in this process or in one of its own: it is struck, begins anew, and ends when it is told to.

use std::path::Path;
use std::sync::Arc;

use kube::client::ClientBuilder;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use scoring_operator::client::{Limits, bounded};
use scoring_operator::clock::SystemClock;
use scoring_operator::controller::{Operator, RunError, run};
use scoring_operator::lease::Lease;
use scoring_operator::metrics::Metrics;
use scoring_operator::settings::Settings;
use scoring_stand::fault::FaultLayer;

/// The image of the scorer, which no node of these tests looks at.
pub const IMAGE: &str = "scorer";
/// The lease, in the namespace of the run.
pub const LEASE: &str = "scoring-operator";

/// What a life needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The kubeconfig of the user as whom it runs.
    pub kubeconfig: &'a Path,
    /// The namespace that it is confined to.
    pub namespace: &'a str,
    /// Who it is among several, for the lease; none where it asks for no lease.
    pub holder: Option<&'a str>,
}

/// Why a life did not go as it should.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// The kubeconfig cannot be used.
    #[error("cannot use the kubeconfig")]
    Kubeconfig(#[from] kube::config::KubeconfigError),
    /// No client can be made.
    #[error("cannot make a client")]
    Client(#[source] kube::Error),
    /// The operator ended by itself.
    #[error("the operator ended by itself")]
    Run(#[from] RunError),
}

/// Lives until `stop`. Its calls go through the layer, those about its lease too.
pub async fn live(place: Place<'_>, faults: FaultLayer, stop: impl Future<Output = ()>) -> Result<(), LifeError> {
    let clock = Arc::new(SystemClock);
    let metrics = Arc::new(Metrics::new(clock.clone()));
    let found = Kubeconfig::read_from(place.kubeconfig)?;
    let mut config = Config::from_custom_kubeconfig(found, &KubeConfigOptions::default()).await?;
    // The server is on this machine, whatever the machine's proxy is; and a request is sent as often as the layer sees it.
    (config.proxy_url, config.default_retry) = (None, false);
    let connect = |limits| {
        let stack = ClientBuilder::try_from(config.clone()).map_err(LifeError::Client)?;
        let stack = stack.with_layer(&faults);
        Ok::<_, LifeError>(bounded(stack, limits, &metrics.calls))
    };
    let lease = match place.holder {
        Some(holder) => Some(Lease::new(connect(Limits::LEASE)?, place.namespace, LEASE, holder, clock.clone())),
        None => None,
    };
    let operator = Operator {
        client: connect(Limits::WORK)?,
        namespace: Some(place.namespace.to_owned()),
        lease,
        settings: Settings::of(IMAGE),
        clock,
        metrics,
        listener: None,
        instance: place.holder.unwrap_or("operator").to_owned(),
    };
    Ok(run(operator, stop).await?)
}
