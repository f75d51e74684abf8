//! `scorer survey`: which months are published and which are committed, as one JSON document.

use std::io::Write;

use futures::FutureExt;
use scoring_contract::ExitClass;
use scoring_contract::survey::{Survey, SurveyDocument};

use super::document::{self, NoTask};
use super::refuse;
use crate::args;
use crate::failure::{self, BAD_TASK};
use crate::survey::{SurveyError, survey};
use crate::task::{read_document, resolve_parts, tasks_of};

/// Why there is no survey.
#[derive(Debug, thiserror::Error)]
enum NoSurvey {
    #[error(transparent)]
    Document(#[from] NoTask),
    #[error("the survey has no answer")]
    Survey(#[source] SurveyError),
}

/// Surveys, and prints what was found.
pub(super) async fn execute(args: &args::Survey) -> ExitClass {
    match look(args).await {
        Ok(survey) => {
            let json = serde_json::to_string_pretty(&survey).unwrap_or_default();
            drop(writeln!(std::io::stdout(), "{json}"));
            ExitClass::Done
        }
        Err(error) => {
            let verdict = match &error {
                NoSurvey::Document(_) => BAD_TASK,
                NoSurvey::Survey(error) => failure::of_survey(error),
            };
            refuse(&error, &verdict)
        }
    }
}

async fn look(args: &args::Survey) -> Result<Survey, NoSurvey> {
    let (text, folder) = document::read(&args.document)?;
    let mut document: SurveyDocument = read_document(&text).map_err(NoTask::Form)?;
    if let Some(folder) = folder {
        resolve_parts(&mut document.dataset, &mut document.model, &mut document.output, &folder);
    }
    let tasks = tasks_of(&document).map_err(NoTask::Faults)?;
    // Boxed, since the compiler bounds how deep futures lie in futures.
    survey(&tasks).boxed_local().await.map_err(NoSurvey::Survey)
}
