//! A scenario as it is written, and what in it differs from what is decided.

use std::collections::BTreeMap;

use scoring_plan::history::{Survey, SurveyFailure, Surveys};
use scoring_plan::{History, MonthRange, Plan, decide};
use serde::Deserialize;

use super::facts;
use super::found::Found;
use super::wish::{Asked, Wished};

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// What is to be seen, as a sentence.
    what: String,
    /// The flaw of others that this keeps out.
    #[serde(default)]
    flaw: Option<String>,
    #[serde(default)]
    schedule: Wished,
    #[serde(default)]
    backfills: Vec<Asked>,
    #[serde(default)]
    survey: SurveyNote,
    #[serde(default)]
    history: BTreeMap<String, String>,
    now: String,
    plan: Expected,
    #[serde(default)]
    later: Vec<Later>,
}

/// The same history at a later instant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    now: String,
    plan: Expected,
}

/// When the store was looked at.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyNote {
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    running: bool,
    /// `TryAgain at 2021-03-02T08:00:00Z try 2 because …`
    #[serde(default)]
    failed: Option<String>,
}

/// What is to be decided; what is not there is not compared.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Expected {
    #[serde(default)]
    start: Option<Vec<String>>,
    #[serde(default)]
    queue: Option<Vec<String>>,
    #[serde(default)]
    stop: Option<Vec<String>>,
    #[serde(default)]
    forget: Option<Vec<String>>,
    #[serde(default)]
    survey: Option<String>,
    #[serde(default)]
    months: BTreeMap<String, String>,
    #[serde(default)]
    attempts: BTreeMap<String, String>,
    #[serde(default)]
    coverage: BTreeMap<String, String>,
    #[serde(default)]
    due: Option<String>,
    #[serde(default)]
    next_tick: Option<String>,
    #[serde(default)]
    wake_at: Option<String>,
    #[serde(default)]
    freshness: Option<String>,
    #[serde(default)]
    backfills: BTreeMap<String, ExpectedBackfill>,
}

/// What is to be told of a backfill.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedBackfill {
    #[serde(default)]
    phase: Option<String>,
    #[serde(default)]
    rows: BTreeMap<String, String>,
}

impl Document {
    /// What is decided otherwise than it is written; empty where nothing is.
    pub(crate) fn differences(&self) -> Vec<String> {
        let mut differences = Vec::new();
        if !self.what.ends_with('.') || self.flaw.as_ref().is_some_and(String::is_empty) {
            differences.push("  `what` is a sentence, and `flaw` says which".to_owned());
        }
        self.plan.compare(&self.decide(&self.now), &mut differences);
        for later in &self.later {
            self.compare_later(later, &mut differences);
        }
        differences
    }

    fn compare_later(&self, later: &Later, differences: &mut Vec<String>) {
        let mut found = Vec::new();
        later.plan.compare(&self.decide(&later.now), &mut found);
        differences.extend(found.into_iter().map(|difference| format!("  at {}:\n{difference}", later.now)));
    }

    fn decide(&self, now: &str) -> Plan {
        let schedule = self.schedule.checked();
        let backfills: Vec<_> = self.backfills.iter().map(Asked::checked).collect();
        decide(&schedule, &backfills, &self.history(), facts::instant(now))
    }

    fn history(&self) -> History {
        let mut history = History { surveys: self.survey.surveys(), ..History::default() };
        for (months, note) in &self.history {
            for month in range(months).months() {
                history.months.insert(month, facts::read(note));
            }
        }
        history
    }
}

impl SurveyNote {
    fn surveys(&self) -> Surveys {
        let task = self.task.clone().unwrap_or_else(|| super::wish::TASK.to_owned());
        let last = self.at.as_ref().map(|at| Survey { at: facts::instant(at), task: task.clone() });
        let failed = self.failed.as_ref().map(|note| {
            let note = facts::Note::read(note);
            SurveyFailure {
                at: note.instant("at").expect("a failed survey has `at`"),
                task,
                tries: note.number("try").unwrap_or(1),
                class: facts::class(note.word(0)),
                detail: note.because.clone(),
            }
        });
        Surveys { last, failed, running: self.running }
    }
}

impl Expected {
    fn compare(&self, plan: &Plan, differences: &mut Vec<String>) {
        let found = Found(plan);
        self.compare_lists(&found, differences);
        self.compare_texts(&found, differences);
        for (months, expected) in &self.months {
            for month in range(months).months() {
                differ(differences, &month.to_string(), expected, &found.month(month, expected));
            }
        }
        for (months, expected) in &self.attempts {
            for month in range(months).months() {
                differ(differences, &format!("attempt of {month}"), expected, &found.attempt(month));
            }
        }
        for (list, expected) in &self.coverage {
            differ(differences, &format!("coverage.{list}"), expected, &found.coverage(list));
        }
        for (name, expected) in &self.backfills {
            expected.compare(name, &found, differences);
        }
    }

    fn compare_lists(&self, found: &Found<'_>, differences: &mut Vec<String>) {
        let lists = [
            ("start", &self.start, found.start()),
            ("queue", &self.queue, found.queue()),
            ("stop", &self.stop, found.stop()),
            ("forget", &self.forget, found.forget()),
        ];
        for (field, expected, found) in lists {
            if let Some(expected) = expected {
                differ(differences, field, &format!("{expected:#?}"), &format!("{found:#?}"));
            }
        }
    }

    fn compare_texts(&self, found: &Found<'_>, differences: &mut Vec<String>) {
        let texts = [
            ("survey", &self.survey, found.survey()),
            ("due", &self.due, found.due()),
            ("nextTick", &self.next_tick, found.next_tick()),
            ("wakeAt", &self.wake_at, found.wake_at()),
            ("freshness", &self.freshness, found.freshness()),
        ];
        for (field, expected, found) in texts {
            if let Some(expected) = expected {
                differ(differences, field, expected, &found);
            }
        }
    }
}

impl ExpectedBackfill {
    fn compare(&self, name: &str, found: &Found<'_>, differences: &mut Vec<String>) {
        if let Some(phase) = &self.phase {
            differ(differences, &format!("phase of {name}"), phase, &found.phase(name));
        }
        for (months, row) in &self.rows {
            for month in range(months).months() {
                differ(differences, &format!("{name} {month}"), row, &found.row(name, month, row));
            }
        }
    }
}

fn differ(differences: &mut Vec<String>, field: &str, expected: &str, found: &str) {
    if expected != found {
        differences.push(format!("  {field}\n    expected {expected}\n    found    {found}"));
    }
}

fn range(text: &str) -> MonthRange {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}
