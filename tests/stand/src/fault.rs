//! One fault at one point of an operator's talk with the API server: a layer under its client numbers every request, and a
//! [`FaultPlan`] says what happens at which. The layer lies under the product's own time-outs and repetitions, which are
//! what it tries.
//!
//! It knows the API's verbs and paths, and nothing of the operator. The method is Sieve's (OSDI 2022, §4): a run without a
//! fault is the reference, and each plan repeats it with one perturbation.

mod answer;
mod call;
mod layer;
mod past;
mod plan;
#[cfg(test)]
mod tests;
mod trace;
mod watch;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch as signal;
use tokio::time::Instant;

pub use self::call::Asked;
pub use self::layer::{FaultLayer, Faulty};
use self::past::Past;
pub use self::plan::{Fault, FaultPlan, Point, PointKind, UnknownPlan};
pub use self::trace::{Trace, TraceLine};

/// How long a hang lasts: longer than any time-out of the operator.
pub const HANG: Duration = Duration::from_secs(30);
/// After which time a lost event is found by a new list. The operator lists anew every ten minutes; a test does not wait
/// for that.
pub const RELIST: Duration = Duration::from_secs(3);
/// How long a delayed event is late.
pub const LATE: Duration = Duration::from_secs(2);
/// How long an old view is shown after a restart.
pub const STALE: Duration = Duration::from_secs(3);

/// What befalls the operator itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It ends at once, with nothing said.
    Crash,
    /// It stands still (SIGSTOP) until somebody lets it go on. Returning from the call is being let go on.
    Stop,
}

/// What strikes the operator when the plan says so: the abort of its runtime, or a signal to its process.
pub type Strike = Arc<dyn Fn(Blow) + Send + Sync>;

/// A plan being carried out, over all lives of an operator: the numbers go on after a crash, and the fault strikes once.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

struct Shared {
    plan: Option<FaultPlan>,
    state: Mutex<State>,
    // Until when no watch tells anything, for every watch there is.
    silence: signal::Sender<Option<Instant>>,
}

#[derive(Default)]
struct State {
    trace: Trace,
    past: Past,
    spent: bool,
    // Set by a stale start; taken up by the next life.
    view: Option<past::View>,
}

impl Faults {
    /// A plan; none for a reference run.
    pub fn new(plan: Option<FaultPlan>) -> Self {
        let shared = Shared { plan, state: Mutex::default(), silence: signal::Sender::new(None) };
        Self { shared: Arc::new(shared) }
    }

    /// A layer for the next life of the operator, which is the one that is struck.
    pub fn life(&self, strike: Strike) -> FaultLayer {
        let view = self.state().view.take();
        FaultLayer::new(self.clone(), strike, view)
    }

    /// What was asked so far.
    pub fn trace(&self) -> Trace {
        self.state().trace.clone()
    }

    /// Whether the fault has struck: a plan whose point was never reached has proved nothing.
    pub fn struck(&self) -> bool {
        self.state().spent
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers a request, and says what happens at it.
    fn request(&self, asked: Asked, body: u64) -> Option<Fault> {
        let mut state = self.state();
        let numbers = state.trace.add(asked, body);
        let plan = self.shared.plan.as_ref().filter(|plan| !state.spent && plan.point.is_request(numbers))?;
        let fault = plan.fault.clone();
        state.spent = true;
        state.trace.strike();
        if let Fault::Stale { events, resource } = &fault {
            state.view = Some(state.past.view(*events, resource));
        }
        Some(fault)
    }

    /// Numbers an event of a watch, and says what happens at it.
    fn event(&self, watch: &str, line: &[u8]) -> Option<Fault> {
        let mut state = self.state();
        state.past.event(watch, line);
        let number = state.trace.event(watch);
        let plan = self.shared.plan.as_ref().filter(|plan| !state.spent && plan.point.is_event(number))?;
        state.spent = true;
        state.trace.strike();
        Some(plan.fault.clone())
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Faults").field("plan", &self.shared.plan).finish_non_exhaustive()
    }
}
