//! One pass over a schedule: look, check, observe, decide, start, report, clear. A pass that stops anywhere is made again
//! from what is there then; no step relies on one of an earlier pass.

mod decide;
mod lonely;
mod memo;
mod report;
mod start;
mod turn;
mod view;

use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use kube::runtime::controller::Action;
use kube::runtime::reflector::Store;
use scoring_crds::ScoringSchedule;
use tokio::time::Instant;

pub use self::lonely::tell_lonely;
pub use self::memo::Memos;
use self::view::{Look, View};
use crate::apply::{ApplyError, Writer};
use crate::cache::{Cache, Key, Outputs};
use crate::check::{Rival, check};
use crate::client::jittered;
use crate::clock::Clock;
use crate::expect::Expectations;
use crate::metrics::Metrics;
use crate::serve::Health;
use crate::settings::Settings;

/// The longest time without a pass: jumps of the clock and lost events heal by it.
const LONGEST: Duration = Duration::from_hours(1);
/// The pauses after passes that failed: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// What passes share.
pub struct Shell {
    /// For reads.
    pub client: Client,
    /// For writes.
    pub writer: Writer,
    /// The schedules.
    pub schedules: Store<ScoringSchedule>,
    /// Jobs, pods and backfills.
    pub cache: Arc<Cache>,
    /// Where schedules write.
    pub outputs: Arc<Outputs>,
    /// What was written and not seen yet.
    pub expectations: Arc<Expectations>,
    /// What is known of schedules beside.
    pub memos: Memos,
    /// What holds for all schedules.
    pub settings: Settings,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The figures.
    pub metrics: Arc<Metrics>,
    /// The signs of life.
    pub health: Arc<Health>,
}

/// Why a pass failed.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// Something was not written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Something was not read.
    #[error("{what} cannot be read")]
    Read {
        /// What.
        what: &'static str,
        /// What happened.
        #[source]
        source: Box<kube::Error>,
    },
}

/// Makes a pass, and says when to make the next one if nothing happens before.
pub async fn reconcile(schedule: Arc<ScoringSchedule>, shell: Arc<Shell>) -> Result<Action, PassError> {
    let began = Instant::now();
    let result = pass(&shell, Arc::clone(&schedule)).await;
    shell.metrics.passes.record(began.elapsed());
    shell.health.moved();
    if result.is_ok() {
        shell.memos.succeeded(&view::key(&schedule));
    }
    result.map(|after| Action::requeue(after.min(LONGEST)))
}

async fn pass(shell: &Shell, schedule: Arc<ScoringSchedule>) -> Result<Duration, PassError> {
    // Whatever is left to do about a schedule that goes is the garbage collector's.
    if schedule.metadata.deletion_timestamp.is_some() {
        return Ok(LONGEST);
    }
    let view = match View::look(shell, schedule).await? {
        Look::Clear(view) => view,
        Look::Later(after) => return Ok(after),
    };
    let rivals = shell.outputs.rivals(&Rival::of(&view.schedule));
    let checked = check(&view.schedule, &view.backfills, &rivals);
    let mut decided = match &checked {
        Ok(checked) => decide::decide(shell, &view, checked).await?,
        Err(_) => Vec::new(),
    };
    match start::start(shell, &view, &mut decided).await? {
        start::Started::Done => {}
        // Nothing is said about what was not looked at with the newest status, or to a namespace that goes.
        start::Started::Stale => return Ok(Duration::from_millis(500)),
        start::Started::Leaving => return Ok(LONGEST),
    }
    let told = report::report(shell, &view, &checked, &decided).await?;
    start::clear(shell, &view, &decided, &told).await?;
    Ok(decide::wake(shell, &view, &decided))
}

/// What to do after a pass that failed: the same again, each time a little later.
#[expect(clippy::needless_pass_by_value, reason = "the controller hands over what it shares")]
pub fn after_error(schedule: Arc<ScoringSchedule>, error: &PassError, shell: Arc<Shell>) -> Action {
    let key = view::key(&schedule);
    let failures = shell.memos.failed(&key);
    let reason = match error {
        PassError::Apply(ApplyError::Conflict { .. }) => "conflict",
        PassError::Apply(ApplyError::Create { .. }) => "create",
        PassError::Apply(ApplyError::Delete { .. }) => "delete",
        PassError::Apply(ApplyError::Status { .. } | ApplyError::Form { .. }) => "status",
        PassError::Read { .. } => "read",
    };
    shell.metrics.passes.failed(reason);
    let Key { namespace, name } = &key;
    if reason == "conflict" {
        tracing::debug!(namespace, schedule = name, "somebody else wrote in between");
    } else {
        tracing::warn!(namespace, schedule = name, error = chain(error), failures, "a pass failed");
    }
    let pause = PAUSES.0.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(PAUSES.1);
    Action::requeue(jittered(pause))
}

/// An error with what it came from.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
