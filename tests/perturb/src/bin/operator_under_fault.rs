//! The operator, confined to a namespace, under the plan that `FAULT_PLAN` names. It strikes itself with real signals. What
//! it struck, and why it ended by itself, it prints; nothing else.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use rustix::process::{Signal, getpid, kill_process};
use scoring_perturb::life::{Place, live};
use scoring_perturb::process::STRUCK;
use scoring_perturb::thread::chain;
use scoring_stand::fault::{Blow, FaultPlan, Faults};
use tokio::signal::unix::{SignalKind, signal};

/// The operator under a fault plan.
#[derive(Parser)]
struct Arguments {
    /// The kubeconfig of the user as whom it runs
    #[arg(long)]
    kubeconfig: PathBuf,
    /// The namespace that it is confined to
    #[arg(long)]
    namespace: String,
    /// Who it is among several; without it, it asks for no lease
    #[arg(long)]
    holder: Option<String>,
    /// What happens to it, and when
    #[arg(long, env = "FAULT_PLAN")]
    plan: Option<FaultPlan>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { kubeconfig, namespace, holder, plan } = Arguments::parse();
    let faults = Faults::new(plan);
    let strike = {
        let faults = faults.clone();
        Arc::new(move |blow| {
            say(&format!("{STRUCK}{}", faults.trace().struck.unwrap_or_default()));
            let signal = if blow == Blow::Stop { Signal::STOP } else { Signal::KILL };
            // It cannot fail for one's own process.
            let _ = kill_process(getpid(), signal);
        })
    };
    let place = Place { kubeconfig: &kubeconfig, namespace: &namespace, holder: holder.as_deref() };
    match live(place, faults.life(strike), terminated()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&chain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn terminated() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

fn say(line: &str) {
    // Whoever does not listen any more does not want to know.
    let _ = writeln!(std::io::stdout(), "{line}");
}
