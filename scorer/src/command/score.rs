//! `scorer score`: a document becomes a task, the task a run, the run an outcome. The outcome is the last line of
//! standard output whatever happens, a panic included.

use std::env;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use futures::FutureExt;
use scoring_contract::outcome::{Failure, ShortFigures, Status, Written};
use scoring_contract::{ExitClass, Manifest, Outcome, TaskDocument};

use crate::args::Score;
use crate::failure::{self, BAD_TASK, INTERNAL, Verdict};
use crate::progress;
use crate::run::{Done, RunError, run};
use crate::stop::Stop;
use crate::task::{Task, read_document, resolve_relative};
use crate::visible::visible;

use super::document::{self, NoTask};
use super::{asked_to_stop, caught, leave, say_error};

/// How long a run that was asked to stop may take for it: a third of the 30 s that a pod has by default.
const PATIENCE: Duration = Duration::from_secs(10);

/// Scores a month and says how it ended.
pub(super) async fn execute(args: Score) -> ExitClass {
    let begun = Instant::now();
    let result = args.result.clone();
    let outcome = caught(score(args).boxed_local()).await;
    let mut outcome = outcome.unwrap_or_else(|failure| failed(None, &INTERNAL, failure));
    outcome.milliseconds = begun.elapsed().as_millis() as u64;
    say(&outcome);
    leave(result.as_deref(), &outcome.line());
    outcome.class
}

async fn score(args: Score) -> Outcome {
    match read_task(args) {
        Ok(task) => score_task(&task).await,
        Err(error) => failed(None, &BAD_TASK, BAD_TASK.failure(&error)),
    }
}

async fn score_task(task: &Task) -> Outcome {
    let stop = Stop::default();
    let progress = progress::for_process(&task.month.to_string());
    let ended = tokio::select! {
        ended = caught(run(task, progress.as_ref(), &stop).boxed_local()) => ended,
        () = stop_when_asked(stop.clone()) => Ok(Err(RunError::Stopped)),
    };
    drop(progress);
    match ended {
        Ok(Ok(done)) => committed(task, &done),
        Ok(Err(error)) => failed_run(task, &error),
        Err(failure) => failed(Some(task), &INTERNAL, failure),
    }
}

/// A run that is asked to stop ends at its next batch and clears up; this ends when that has taken too long.
async fn stop_when_asked(stop: Stop) {
    asked_to_stop().await;
    stop.ask();
    tokio::time::sleep(PATIENCE).await;
}

fn read_task(args: Score) -> Result<Task, NoTask> {
    let (text, folder) = document::read(args.task.as_deref())?;
    let mut document = read_document(&text).map_err(NoTask::Form)?;
    if let Some(folder) = folder {
        resolve_relative(&mut document, &folder);
    }
    override_fields(&mut document, args);
    if let Ok(folder) = env::current_dir() {
        resolve_relative(&mut document, &folder);
    }
    Task::try_from(document).map_err(NoTask::Faults)
}

fn override_fields(document: &mut TaskDocument, args: Score) {
    let Score { month, attempt, dataset, model, run_id, output, task: _, result: _ } = args;
    if let Some(month) = month {
        document.month = month;
    }
    document.attempt = attempt.or(document.attempt);
    if let Some(dataset) = dataset {
        document.dataset.uri = dataset;
    }
    if let Some(model) = model {
        document.model.uri = Some(model);
        (document.model.experiment_uri, document.model.artifact_path) = (None, None);
    }
    document.model.run_id = run_id.or(document.model.run_id.take());
    if let Some(output) = output {
        document.output.uri = output;
    }
}

fn committed(task: &Task, done: &Done) -> Outcome {
    let manifest = &done.manifest;
    Outcome {
        status: done.status,
        class: ExitClass::Done,
        month: Some(task.month.to_string()),
        attempt: Some(task.attempt),
        fingerprint: Some(manifest.fingerprint.clone()),
        output: written(manifest),
        figures: manifest.figures.as_ref().map(ShortFigures::from),
        keeps_conditions: done.keeps_conditions,
        error: None,
        milliseconds: 0,
    }
}

fn written(manifest: &Manifest) -> Option<Written> {
    let output = manifest.output.as_ref()?;
    let (uri, etag) = (output.uri.clone(), output.etag.clone());
    Some(Written { uri, etag, size: output.size, rows: output.rows, input_rows: manifest.input.rows })
}

fn failed_run(task: &Task, error: &RunError) -> Outcome {
    let verdict = failure::of(error);
    failed(Some(task), &verdict, verdict.failure(error))
}

fn failed(task: Option<&Task>, verdict: &Verdict, failure: Failure) -> Outcome {
    Outcome {
        status: Status::Failed,
        class: verdict.class,
        month: task.map(|task| task.month.to_string()),
        attempt: task.map(|task| task.attempt),
        fingerprint: None,
        output: None,
        figures: None,
        keeps_conditions: None,
        error: Some(failure),
        milliseconds: 0,
    }
}

/// The outcome for a person, and for a program.
fn say(outcome: &Outcome) {
    let mut person = std::io::stderr();
    if let Some(error) = &outcome.error {
        say_error(&error.message, &error.remedy);
    } else if person.is_terminal() {
        drop(writeln!(person, "{}", sentence(outcome)));
    }
    drop(writeln!(std::io::stdout(), "{}", outcome.line()));
}

fn sentence(outcome: &Outcome) -> String {
    let month = outcome.month.as_deref().unwrap_or_default();
    let Some(output) = &outcome.output else { return month.to_owned() };
    let verb = if outcome.status == Status::Committed { "scored" } else { "was committed before:" };
    let of = output.input_rows.map(|rows| format!(" of {rows}")).unwrap_or_default();
    let took = outcome.milliseconds as f64 / 1000.0;
    format!("{month} {verb} {}{of} rows in {took:.2} s\n  {}", output.rows, visible(&output.uri))
}
