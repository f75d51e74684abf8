//! The loop: watches fill the cache and ask for passes; passes are made, eight at a time and never two over one schedule,
//! by whoever holds the lease. A part that ends, ends the process: half an operator looks alive and does nothing.

mod feed;
mod queues;
mod triggers;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, future, stream};
use kube::runtime::controller::{Config, Controller};
use kube::runtime::reflector::{self, ObjectRef};
use kube::{Client, ResourceExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use self::queues::Queues;
use crate::apply::Writer;
use crate::cache::Key;
use crate::clock::Clock;
use crate::expect::Expectations;
use crate::lease::{Lease, LeaseError};
use crate::metrics::Metrics;
use crate::reconcile::{Memos, Shell, after_error, chain, reconcile, tell_lonely};
use crate::serve::serve;
use crate::settings::Settings;

/// How many schedules are worked on at once.
const CONCURRENCY: u16 = 8;
/// How often a pass is made for no reason but to see that passes are made.
const WATCHDOG: Duration = Duration::from_mins(1);
/// How long passes under way may take to end when the process is to stop.
const FAREWELL: Duration = Duration::from_secs(8);

/// Everything that an operator is given.
pub struct Operator {
    /// The API server.
    pub client: Client,
    /// The one namespace that is looked after; all of them where there is none.
    pub namespace: Option<String>,
    /// The lease; none where this operator is the only one.
    pub lease: Option<Lease>,
    /// What holds for all schedules.
    pub settings: Settings,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The figures, which the clients count in as well.
    pub metrics: Arc<Metrics>,
    /// Where the pages are served; nowhere where there is none.
    pub listener: Option<TcpListener>,
    /// Who reports events.
    pub instance: String,
}

/// Why an operator ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It no longer holds the lease.
    #[error("leadership is lost")]
    Lease(#[source] LeaseError),
    /// The pages cannot be served.
    #[error("the pages cannot be served")]
    Serve(#[source] std::io::Error),
    /// A part of it ended.
    #[error("a part of the operator ended")]
    Part(#[source] Option<JoinError>),
    /// Passes are made no more.
    #[error("the loop ended")]
    Loop,
}

/// Works until it is told to stop, and gives the lease back then. No Job is touched at the end.
pub async fn run(operator: Operator, stop: impl Future<Output = ()>) -> Result<(), RunError> {
    let Operator { client, namespace, lease, settings, clock, metrics, listener, instance } = operator;
    let (schedules, store) = reflector::store();
    let expectations = Arc::<Expectations>::default();
    let shell = Arc::new(Shell {
        writer: Writer::new(client.clone(), Arc::clone(&expectations), Arc::clone(&clock), &instance),
        client,
        schedules,
        cache: Arc::default(),
        outputs: Arc::default(),
        expectations,
        memos: Memos::default(),
        settings,
        clock,
        metrics: Arc::clone(&metrics),
        health: Arc::default(),
    });
    let queues = Arc::new(Queues::new(Arc::clone(&shell)));
    let mut parts = JoinSet::new();
    feed::begin(&mut parts, &queues, store, namespace.as_deref());
    if let Some(listener) = listener {
        let health = Arc::clone(&shell.health);
        parts.spawn(async move { serve(listener, health, metrics).await.map_err(RunError::Serve) });
    }
    let (stopping, stopped) = watch::channel(false);
    let mut leading = pin!(lead(lease, queues, stopped));
    tokio::select! {
        () = stop => {}
        ended = parts.join_next() => return Err(of_part(ended)),
        result = &mut leading => return result,
    }
    tracing::info!("told to stop: passes under way come to their end");
    stopping.send_replace(true);
    timeout(FAREWELL, leading).await.unwrap_or(Ok(()))
}

/// Makes passes as long as the lease is held, or nobody else holds it.
async fn lead(lease: Option<Lease>, queues: Arc<Queues>, stopped: Stopped) -> Result<(), RunError> {
    let Some(lease) = lease else {
        pass_on(queues, stopped.clone()).await;
        return ended(&stopped);
    };
    let mut held = tokio::select! {
        held = lease.acquire() => held,
        () = until(stopped.clone()) => return Ok(()),
    };
    loop {
        tracing::info!("the lease is held: passes begin");
        let error = tokio::select! {
            error = lease.keep(&mut held) => error,
            () = pass_on(Arc::clone(&queues), stopped.clone()) => break,
        };
        // Whoever is late stops all passes, and goes on only where nobody else has begun.
        if !matches!(error, LeaseError::Late(_)) {
            return Err(RunError::Lease(error));
        }
        tracing::warn!(error = chain(&error), "passes stop until the lease is held again");
        queues.rest();
        held = tokio::select! {
            again = lease.regain() => again.map_err(RunError::Lease)?,
            () = until(stopped.clone()) => return Ok(()),
        };
    }
    if let Err(error) = lease.release(held).await {
        tracing::warn!(%error, "the lease was not given back, and runs out by itself");
    }
    ended(&stopped)
}

/// Makes passes until it is told to stop.
async fn pass_on(queues: Arc<Queues>, stopped: Stopped) {
    let shell = Arc::clone(&queues.shell);
    tokio::select! {
        () = shell.health.ready() => {}
        () = until(stopped.clone()) => return,
    }
    queues.lead();
    let asked = Arc::clone(&queues.passes).stream().map(|key| ObjectRef::new(&key.name).within(&key.namespace));
    let passes = Controller::for_stream(stream::pending(), shell.schedules.clone())
        .with_config(Config::default().concurrency(CONCURRENCY))
        .reconcile_on(asked)
        .graceful_shutdown_on(until(stopped.clone()))
        .run(reconcile, after_error, Arc::clone(&shell))
        .for_each(|_| {
            shell.metrics.passes.set_waiting(queues.passes.len());
            future::ready(())
        });
    let beside = async {
        tokio::join!(lonely(&queues), watchdog(&queues));
    };
    tokio::select! {
        () = passes => {}
        () = beside => {}
    }
}

/// Tells backfills that their schedule is not there, one at a time, for ever.
async fn lonely(queues: &Queues) {
    let mut keys = pin!(Arc::clone(&queues.lonely).stream());
    while let Some(key) = keys.next().await {
        if queues.has(&key) {
            continue;
        }
        if let Err(error) = tell_lonely(&queues.shell, &key).await {
            tracing::warn!(error = chain(&error), "a backfill without a schedule was not told so, and will be");
            sleep(Duration::from_secs(1)).await;
            queues.lonely.ask(key);
        }
    }
}

/// Asks for a pass now and then, so that a loop that hangs is noticed where nothing else happens.
async fn watchdog(queues: &Queues) {
    loop {
        sleep(WATCHDOG).await;
        if let Some(schedule) = queues.shell.schedules.find(|_| true) {
            queues.ask(Key { namespace: schedule.namespace().unwrap_or_default(), name: schedule.name_any() });
        }
    }
}

type Stopped = watch::Receiver<bool>;

async fn until(mut stopped: Stopped) {
    // Whoever could say so is gone: that is a stop as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

fn ended(stopped: &Stopped) -> Result<(), RunError> {
    if *stopped.borrow() { Ok(()) } else { Err(RunError::Loop) }
}

fn of_part(ended: Option<Result<Result<(), RunError>, JoinError>>) -> RunError {
    match ended {
        Some(Ok(Err(error))) => error,
        Some(Err(error)) => RunError::Part(Some(error)),
        Some(Ok(Ok(()))) | None => RunError::Part(None),
    }
}
