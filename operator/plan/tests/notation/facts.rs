//! The facts of a month in words: `published v2; stale input v1 v2; attempt 1 failed BadData at 2021-03-02T08:00:00Z`.

use jiff::Timestamp;
use scoring_plan::history::{Change, Changed, Input, Output};
use scoring_plan::{Attempt, AttemptState, Basis, FailureClass, MonthFacts, Record};

use super::wish::TASK;

/// The identity that an input has where a scenario says none.
const INPUT: &str = "v1";

/// A few words, each of which may be followed by a value, and a text after `because`.
pub(crate) struct Note {
    words: Vec<String>,
    pub(crate) because: String,
}

impl Note {
    pub(crate) fn read(text: &str) -> Self {
        let (words, because) = text.split_once(" because ").unwrap_or((text, ""));
        Self { words: words.split_whitespace().map(str::to_owned).collect(), because: because.to_owned() }
    }

    pub(crate) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    fn after(&self, word: &str) -> Option<&str> {
        let at = self.words.iter().position(|each| each == word)?;
        self.words.get(at + 1).map(String::as_str)
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|each| each == word)
    }

    pub(crate) fn instant(&self, word: &str) -> Option<Timestamp> {
        self.after(word).map(instant)
    }

    pub(crate) fn number(&self, word: &str) -> Option<u16> {
        self.after(word).map(|number| number.parse().expect("a number"))
    }
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

pub(crate) fn class(word: &str) -> FailureClass {
    let found = FailureClass::ALL.into_iter().find(|class| format!("{class:?}") == word);
    found.unwrap_or_else(|| panic!("no failure class is called {word:?}"))
}

/// The facts of a month.
pub(crate) fn read(text: &str) -> MonthFacts {
    let mut facts = MonthFacts::default();
    for part in text.split("; ") {
        let note = Note::read(part);
        match note.word(0) {
            "published" | "not" | "denied" | "unknown" => facts.input = input(&note),
            "committed" | "stale" | "withheld" | "damaged" => output(&note, &mut facts.output),
            "attempt" => facts.attempts.push(attempt(&note)),
            other => panic!("{other:?} in {text:?}"),
        }
    }
    facts
}

fn input(note: &Note) -> Input {
    let since = || note.instant("since").expect("`since`");
    match note.word(0) {
        "published" if note.word(1).is_empty() => Input::Available { identity: INPUT.to_owned() },
        "published" => Input::Available { identity: note.word(1).to_owned() },
        "not" => Input::NotPublished { since: since() },
        "denied" => Input::Denied { permission: note.word(1).to_owned(), since: since() },
        _ => Input::Unknown,
    }
}

fn output(note: &Note, output: &mut Output) {
    *output = match note.word(0) {
        "committed" => Output::Current,
        "withheld" => Output::Withheld { detail: note.because.clone() },
        "damaged" => Output::Damaged { detail: note.because.clone() },
        _ => {
            let of = match note.word(1) {
                "input" => Changed::Input,
                "model" => Changed::Model,
                "features" => Changed::Features,
                other => panic!("stale {other:?}"),
            };
            let change = Change { of, from: note.word(2).to_owned(), to: note.word(3).to_owned() };
            match std::mem::take(output) {
                Output::Stale(mut changes) => {
                    changes.push(change);
                    Output::Stale(changes)
                }
                _ => Output::Stale(vec![change]),
            }
        }
    };
}

fn attempt(note: &Note) -> Attempt {
    let at = || note.instant("at").expect("`at`");
    let state = match note.word(2) {
        "running" => AttemptState::Running,
        "succeeded" => AttemptState::Succeeded { at: at() },
        "cancelled" => AttemptState::Cancelled { at: at() },
        "failed" => AttemptState::Failed { at: at(), class: class(note.word(3)), detail: note.because.clone() },
        other => panic!("attempt {other:?}"),
    };
    let started = note.instant("started").or_else(|| note.instant("since")).or_else(|| note.instant("at"));
    Attempt {
        number: note.word(1).parse().expect("the number of an attempt"),
        tries: note.number("try").unwrap_or(1),
        basis: Basis {
            task: note.after("task").unwrap_or(TASK).to_owned(),
            input: Some(note.after("input").unwrap_or(INPUT).to_owned()),
        },
        backfill: note.after("for").map(str::to_owned),
        started: started.expect("`started`, `since` or `at`"),
        state,
        record: if note.has("saved") { Record::Saved } else { Record::Unsaved },
    }
}
