//! The store as the pods of a run see it, without a store: which months are published, which are committed, and what a
//! pod says that surveys them or scores one. It plays a scorer by the scorer's contract, and decides nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use scoring_contract::outcome::{Status, Written};
use scoring_contract::survey::{
    Committed, InputFound, MONTHS_PER_PART, OutputFound, Survey, SurveyDocument, SurveyReport, SurveyedMonth,
};
use scoring_contract::{ExitClass, Outcome, TASK_VARIABLE, TaskDocument};
use scoring_stand::invariant::Commit;
use scoring_stand::{Behaviour, PodFacts};

/// The annotation with the part of a survey that a pod is (Kubernetes, indexed Jobs).
const PART: &str = "batch.kubernetes.io/job-completion-index";
const ROWS: u64 = 76_518;
const SIZE: u64 = 1 << 20;

/// A store, and what befalls the scorers that use it.
#[derive(Default)]
pub struct Bucket {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    committed: BTreeMap<String, Commit>,
    commits: Vec<Commit>,
    scored: Vec<String>,
    surveys: usize,
    troubles: BTreeMap<String, VecDeque<Behaviour>>,
}

impl Bucket {
    /// Lets the next pods of a month end otherwise than well, one after the other.
    pub fn trouble(&self, month: &str, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.state().troubles.entry(month.to_owned()).or_default().extend(behaviours);
    }

    /// What was committed, in this order; a month that was committed twice is there twice.
    pub fn commits(&self) -> Vec<Commit> {
        self.state().commits.clone()
    }

    /// The months that pods were asked to score, in this order, those among them that were committed before.
    pub fn scored(&self) -> Vec<String> {
        self.state().scored.clone()
    }

    /// How many parts of surveys were made.
    pub fn surveys(&self) -> usize {
        self.state().surveys
    }

    /// What a pod does that was given a document.
    pub fn play(&self, facts: &PodFacts) -> Behaviour {
        let document = facts.variables.get(TASK_VARIABLE).map(String::as_str).unwrap_or_default();
        if let Ok(task) = serde_json::from_str::<TaskDocument>(document) {
            return self.score(&task);
        }
        match serde_json::from_str::<SurveyDocument>(document) {
            Ok(survey) => self.survey(&survey, facts.annotations.get(PART).map(String::as_str)),
            Err(_) => Behaviour::exit(i32::from(ExitClass::BadSetting.code()), "the pod was given no document"),
        }
    }

    fn survey(&self, document: &SurveyDocument, part: Option<&str>) -> Behaviour {
        let mut state = self.state();
        state.surveys += 1;
        let part = part.and_then(|part| part.parse::<usize>().ok()).unwrap_or_default();
        let months = document.months.chunks(MONTHS_PER_PART).nth(part).unwrap_or_default();
        let found = |month: &String| {
            let input = InputFound::Available { etag: format!("\"{month}\""), size: SIZE };
            let output = state.committed.get(month).map_or(OutputFound::None, |commit| {
                OutputFound::Current(Committed {
                    fingerprint: commit.fingerprint.clone(),
                    rows: commit.rows,
                    size: SIZE,
                    input_rows: Some(ROWS),
                    milliseconds: Some(1),
                    error: None,
                    attempt: commit.attempt,
                    uri: uri(month),
                })
            });
            (month.clone(), SurveyedMonth { input, output })
        };
        let survey = Survey { months: months.iter().map(found).collect(), model_sha256: None };
        Behaviour::Instant { message: SurveyReport::of(&survey).line() }
    }

    fn score(&self, task: &TaskDocument) -> Behaviour {
        let (month, attempt) = (task.month.clone(), task.attempt.unwrap_or(1));
        let mut state = self.state();
        state.scored.push(month.clone());
        if let Some(trouble) = state.troubles.get_mut(&month).and_then(VecDeque::pop_front) {
            return trouble;
        }
        let run = task.model.run_id.clone().unwrap_or_default();
        let content = format!("{month} {run}");
        let commit =
            Commit { month: month.clone(), attempt, fingerprint: content.clone(), sha256: content.clone(), rows: ROWS };
        let again = state.committed.get(&month).is_some_and(|before| before.fingerprint == content);
        if !again {
            state.committed.insert(month.clone(), commit.clone());
            state.commits.push(commit);
        }
        let written =
            Written { uri: uri(&month), etag: "\"o\"".into(), size: SIZE, rows: ROWS, input_rows: Some(ROWS) };
        let outcome = Outcome {
            status: if again { Status::AlreadyCommitted } else { Status::Committed },
            class: ExitClass::Done,
            month: Some(month),
            attempt: Some(attempt),
            fingerprint: Some(content),
            output: Some(written),
            figures: None,
            keeps_conditions: Some(true),
            error: None,
            milliseconds: 1,
        };
        Behaviour::Instant { message: outcome.line() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a scorer ends that fails, with its own words for it.
pub fn failure(class: ExitClass, reason: &str) -> Behaviour {
    let error = scoring_contract::outcome::Failure {
        reason: reason.to_owned(),
        message: format!("{reason} was played"),
        remedy: "end the play".to_owned(),
    };
    let outcome = Outcome {
        status: Status::Failed,
        class,
        month: None,
        attempt: None,
        fingerprint: None,
        output: None,
        figures: None,
        keeps_conditions: None,
        error: Some(error),
        milliseconds: 1,
    };
    Behaviour::exit(i32::from(class.code()), outcome.line())
}

fn uri(month: &str) -> String {
    format!("s3://out/{month}.parquet")
}
