//! The operators of a trial: one on a thread, one as a process, two threads that know nothing of each other, or two
//! processes of which one leads.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use rustix::process::Signal;
use scoring_stand::fault::{FaultPlan, Faults};
use scoring_stand::invariant::Violation;
use scoring_stand::{StandError, eventually};

use crate::life::LEASE;
use crate::plans::Way;
use crate::process::{Process, Start};
use crate::stage::{OPERATOR, Stage};
use crate::thread::{Lives, Thread};
use crate::year::Year;

/// How long a second operator may take to become the leader: the lease, and as much again for a busy machine.
const TAKEOVER: Duration = Duration::from_mins(1);
/// How long a leader that stands still stays so after another leads, if the year is not done before: it comes back to a
/// year that has gone on as far as can be.
const BEHIND: Duration = Duration::from_secs(30);

/// Running operators.
pub(crate) enum Crew {
    /// One on a thread, and its plan.
    Thread(Thread, Faults),
    /// Two on threads, both at work: the one that is struck with its plan, and the other.
    Pair(Thread, Faults, Thread),
    /// One as a process.
    Process(Process),
    /// The one that is struck, and the one that takes over, if it is there yet.
    Leaders(Process, Start, tokio::sync::Mutex<Option<Process>>),
}

impl Crew {
    /// Starts it.
    pub(crate) fn start(
        stage: &Stage,
        namespace: &str,
        faults: &Faults,
        plan: Option<FaultPlan>,
        way: Way,
    ) -> Result<Self, StandError> {
        let kubeconfig = stage.plane.kubeconfig(OPERATOR)?;
        let start = |holder: Option<&str>| Start {
            program: stage.program.clone(),
            kubeconfig: kubeconfig.clone(),
            namespace: namespace.to_owned(),
            holder: holder.map(str::to_owned),
        };
        Ok(match way {
            Way::Thread => {
                let thread = Thread::start(kubeconfig.clone(), namespace.to_owned(), faults.clone());
                Self::Thread(thread, faults.clone())
            }
            Way::Pair => {
                let thread = |faults| Thread::start(kubeconfig.clone(), namespace.to_owned(), faults);
                Self::Pair(thread(faults.clone()), faults.clone(), thread(Faults::new(None)))
            }
            Way::Process => Self::Process(Process::start(start(None), plan)),
            Way::Leaders => {
                let first = Process::start(start(Some("first")), plan);
                Self::Leaders(first, start(Some("second")), tokio::sync::Mutex::new(None))
            }
        })
    }

    /// What has to be done from outside while the year goes on: a leader that stands still is replaced, and goes on.
    pub(crate) async fn meet(&self, year: &Year<'_>) -> Vec<Violation> {
        let Self::Leaders(first, start, second) = self else { return Vec::new() };
        let done = async { while year.done(TAKEOVER).await.is_err() {} };
        tokio::select! {
            () = first.strike() => {}
            // A plan whose point is not reached strikes nobody.
            () = done => return Vec::new(),
        }
        *second.lock().await = Some(Process::start(start.clone(), None));
        let leases: Api<Lease> = Api::namespaced(year.namespace().client(), year.namespace().name());
        let led = eventually(TAKEOVER, "the second operator leads", async || {
            let lease = leases.get(LEASE).await.map_err(|error| error.to_string())?;
            let holder = lease.spec.and_then(|spec| spec.holder_identity).unwrap_or_default();
            if holder == "second" { Ok(()) } else { Err(holder) }
        });
        let led = led.await;
        // A year that is not done by then is found by whoever waits for it.
        let _ = year.done(BEHIND).await;
        first.signal(Signal::CONT);
        led.err()
            .map(|error| Violation { rule: "I2", what: error.to_string(), lines: Vec::new() })
            .into_iter()
            .collect()
    }

    /// Stops it; says how it lived, and what the plan struck.
    pub(crate) async fn stop(self) -> (Lives, Option<String>) {
        match self {
            Self::Thread(thread, faults) => (thread.stop().await, faults.trace().struck),
            Self::Pair(thread, faults, other) => {
                let mut lives = thread.stop().await;
                lives.ends.extend(other.stop().await.ends);
                (lives, faults.trace().struck)
            }
            Self::Process(process) => {
                let struck = process.struck();
                (process.stop().await, struck)
            }
            Self::Leaders(first, _, second) => {
                let struck = first.struck();
                let mut lives = first.stop().await;
                if let Some(second) = second.into_inner() {
                    lives.ends.extend(second.stop().await.ends);
                }
                (lives, struck)
            }
        }
    }
}
