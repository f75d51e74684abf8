//! The commands: what was typed becomes a task or a question, and its answer is printed. No arithmetic, no store calls.
//!
//! However a command ends, by a panic or a signal too, it ends with a class of the contract.

mod document;
mod inspect;
mod score;
mod survey;

use std::error::Error;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::ExitCode;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use scoring_contract::ExitClass;
use scoring_contract::outcome::Failure;

use crate::args::{Args, Command};
use crate::chain::chain;
use crate::contain::message;
use crate::failure::{INTERNAL, STOPPED, Verdict};
use crate::visible::visible;

/// Does what was typed; the exit code is that of the outcome.
pub async fn execute(args: Args) -> ExitCode {
    let class = match args.command {
        Command::Score(args) => score::execute(args).await,
        Command::Survey(args) => {
            let result = args.result.clone();
            let unanswered = move |class, error| survey::report_failure(result.as_deref(), class, error);
            answer(survey::execute(&args).boxed_local(), unanswered).await
        }
        Command::Inspect(args) => answer(inspect::execute(&args).boxed_local(), |_, _| ()).await,
    };
    code(class)
}

/// The class of a question, which has nothing to clear up: it ends at once when it is asked to. What ends without an
/// answer, by that or by a panic, is told to `unanswered` too.
async fn answer(
    question: LocalBoxFuture<'_, ExitClass>,
    unanswered: impl Fn(ExitClass, Failure) + Clone + Send + 'static,
) -> ExitClass {
    let stopped = unanswered.clone();
    // The process 1 of a container has no handler of its own, and the question itself may be busy.
    tokio::spawn(async move {
        asked_to_stop().await;
        let failure = Failure {
            reason: STOPPED.reason.to_owned(),
            message: "it was asked to stop".to_owned(),
            remedy: STOPPED.remedy.into_owned(),
        };
        say_error(&failure.message, &failure.remedy);
        stopped(STOPPED.class, failure);
        std::process::exit(STOPPED.class.code().into());
    });
    caught(question).await.unwrap_or_else(|failure| {
        say_error(&failure.message, &failure.remedy);
        unanswered(INTERNAL.class, failure);
        INTERNAL.class
    })
}

/// What comes of some work; its panic as a fault of the scorer. Boxed, since the compiler bounds how deep futures lie in
/// futures.
async fn caught<T>(work: LocalBoxFuture<'_, T>) -> Result<T, Failure> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| Failure {
        reason: INTERNAL.reason.to_owned(),
        message: format!("the scorer panicked: {}", visible(&message(panic.as_ref()))),
        remedy: INTERNAL.remedy.clone().into_owned(),
    })
}

/// SIGTERM is how a pod is asked to go, SIGINT how a person asks.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Tells a person what went wrong and what to do. Returns the class.
fn refuse(error: &dyn Error, verdict: &Verdict) -> ExitClass {
    say_error(&chain(error), &visible(&verdict.remedy));
    verdict.class
}

fn say_error(message: &str, remedy: &str) {
    // Whoever reads may have gone away; the exit code still says it.
    drop(writeln!(std::io::stderr(), "error: {message}\n  to do: {remedy}"));
}

/// Leaves a line in the file that was named for it, if one was.
fn leave(file: Option<&Path>, line: &str) {
    if let Some(file) = file
        && let Err(error) = std::fs::write(file, line)
    {
        drop(writeln!(std::io::stderr(), "the result cannot be written to {}: {error}", file.display()));
    }
}

/// The process exit code of a class.
pub fn code(class: ExitClass) -> ExitCode {
    ExitCode::from(class.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_fault_of_the_scorer() {
        let (list, index) = (vec![1], std::hint::black_box(9));
        let failure = caught(async move { list[index] }.boxed_local()).await.unwrap_err();
        assert_eq!(failure.reason, "Internal");
        assert!(failure.message.contains("out of bounds"), "{}", failure.message);
        assert_eq!(caught(async { 1 }.boxed_local()).await, Ok(1));
    }

    #[tokio::test]
    async fn a_question_that_panics_has_the_class_of_a_fault_of_the_scorer() {
        let (list, index) = (vec![ExitClass::Done], std::hint::black_box(9));
        assert_eq!(answer(async move { list[index] }.boxed_local(), |_, _| ()).await, ExitClass::Internal);
    }
}
