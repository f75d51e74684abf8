//! `scorer survey`: which months are published and which are committed, as one JSON document; and a report of one part of
//! the months, which a pod's termination message can hold.

use std::io::Write;
use std::path::Path;

use futures::FutureExt;
use scoring_contract::ExitClass;
use scoring_contract::outcome::Failure;
use scoring_contract::survey::{MONTHS_PER_PART, Survey, SurveyDocument, SurveyReport, parts};

use super::document::{self, NoTask};
use super::{leave, refuse};
use crate::args;
use crate::failure::{self, BAD_PART, BAD_TASK, Verdict};
use crate::survey::{SurveyError, survey};
use crate::task::{Task, read_document, resolve_parts, tasks_of};

/// Why there is no survey.
#[derive(Debug, thiserror::Error)]
enum NoSurvey {
    #[error(transparent)]
    Document(#[from] NoTask),
    #[error("there is no part {part}: {months} months have {count}, counted from 0", count = parts(*.months))]
    Part { part: u32, months: usize },
    #[error("a report holds {MONTHS_PER_PART} months, and the survey has {0}")]
    Months(usize),
    #[error("the survey has no answer")]
    Survey(#[source] SurveyError),
}

impl NoSurvey {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Document(_) => BAD_TASK,
            Self::Part { .. } | Self::Months(_) => BAD_PART,
            Self::Survey(error) => failure::of_survey(error),
        }
    }
}

/// Surveys, prints what was found, and leaves the report where it is wanted.
pub(super) async fn execute(args: &args::Survey) -> ExitClass {
    match look(args).await {
        Ok(survey) => {
            let json = serde_json::to_string_pretty(&survey).unwrap_or_default();
            drop(writeln!(std::io::stdout(), "{json}"));
            leave(args.result.as_deref(), &SurveyReport::of(&survey).line());
            ExitClass::Done
        }
        Err(error) => {
            let verdict = error.verdict();
            report_failure(args.result.as_deref(), verdict.class, verdict.failure(&error));
            refuse(&error, &verdict)
        }
    }
}

/// Leaves the report of a survey that found nothing.
pub(super) fn report_failure(result: Option<&Path>, class: ExitClass, error: Failure) {
    leave(result, &SurveyReport::Failed { class, error }.line());
}

async fn look(args: &args::Survey) -> Result<Survey, NoSurvey> {
    let tasks = read_tasks(args)?;
    // Boxed, since the compiler bounds how deep futures lie in futures.
    survey(chosen(args, &tasks)?).boxed_local().await.map_err(NoSurvey::Survey)
}

fn read_tasks(args: &args::Survey) -> Result<Vec<Task>, NoTask> {
    let (text, folder) = document::read(args.document.as_deref())?;
    let mut document: SurveyDocument = read_document(&text).map_err(NoTask::Form)?;
    if let Some(folder) = folder {
        resolve_parts(&mut document.dataset, &mut document.model, &mut document.output, &folder);
    }
    tasks_of(&document).map_err(NoTask::Faults)
}

/// The months that are asked for: all of them, or one part.
fn chosen<'a>(args: &args::Survey, tasks: &'a [Task]) -> Result<&'a [Task], NoSurvey> {
    let months = tasks.len();
    match args.part {
        None if args.result.is_some() && months > MONTHS_PER_PART => Err(NoSurvey::Months(months)),
        None => Ok(tasks),
        Some(part) => tasks.chunks(MONTHS_PER_PART).nth(part as usize).ok_or(NoSurvey::Part { part, months }),
    }
}
