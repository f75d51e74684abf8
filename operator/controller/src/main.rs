//! The process of the operator: one runtime, one TLS provider, clients with limits, and an end by signal.

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use kube::Config;
use scoring_operator::args::Args;
use scoring_operator::client::{Limits, connect};
use scoring_operator::clock::SystemClock;
use scoring_operator::controller::{Operator, run};
use scoring_operator::lease::Lease;
use scoring_operator::log;
use scoring_operator::metrics::Metrics;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

// Two threads carry all of it; one for each processor of a large machine would each keep memory of their own.
#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let args = Args::parse();
    log::start(args.log_format, args.log.as_deref());
    // Two crates use rustls: without a provider installed, the one that does not choose would panic at its first use.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::warn!("a TLS provider was installed before");
    }
    match work(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = scoring_operator::reconcile::chain(error.as_ref()), "the operator ends");
            ExitCode::FAILURE
        }
    }
}

async fn work(args: Args) -> Result<(), Box<dyn Error>> {
    let clock = Arc::new(SystemClock);
    let metrics = Arc::new(Metrics::new(clock.clone()));
    let config = Config::infer().await?;
    let lease = if args.no_lease {
        None
    } else {
        // Two processes may be given one name, one after the other: each is another holder.
        let holder = format!("{}_{:016x}", args.instance, RandomState::new().hash_one(0));
        let client = connect(config.clone(), Limits::LEASE, &metrics.calls)?;
        Some(Lease::new(client, &args.lease_namespace, &args.lease_name, &holder, clock.clone()))
    };
    let operator = Operator {
        client: connect(config, Limits::WORK, &metrics.calls)?,
        namespace: args.namespace.clone(),
        lease,
        settings: args.settings(),
        clock,
        metrics,
        listener: Some(TcpListener::bind(args.listen).await?),
        instance: args.instance,
    };
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    };
    Ok(run(operator, stop).await?)
}
