//! What was observed of a schedule's months: three separate facts for each, so that a failed re-run never makes a good
//! output look bad. The history holds no wish and no conclusion; whoever fills it in only reports.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::attempt::{Attempt, FailureClass};
use crate::month::Month;

/// What is known of a schedule's months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// When the store was looked at.
    pub surveys: Surveys,
    /// The months of which anything is known. One that is not here was never looked at and never tried.
    pub months: BTreeMap<Month, MonthFacts>,
}

/// When the store was looked at, and how that went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surveys {
    /// The last one that came to its end.
    pub last: Option<Survey>,
    /// The last one, where it failed.
    pub failed: Option<SurveyFailure>,
    /// Whether one is under way.
    pub running: bool,
}

/// A look at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// When it began to look: what ended after this, it may not have seen.
    pub at: Timestamp,
    /// [`crate::Schedule::task`] at the time.
    pub task: String,
}

/// A look at the store that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyFailure {
    /// When it failed.
    pub at: Timestamp,
    /// [`crate::Schedule::task`] at the time.
    pub task: String,
    /// How many failed in a row, this one among them.
    pub tries: u16,
    /// What can help.
    pub class: FailureClass,
    /// What happened, in its own words.
    pub detail: String,
}

/// The three facts of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthFacts {
    /// Whether its rows are there.
    pub input: Input,
    /// Whether its predictions are there.
    pub output: Output,
    /// Its attempts, in any order: every one that runs, and the one with the highest number, even where all that is left
    /// of it is a manifest. Numbers go on from there.
    pub attempts: Vec<Attempt>,
}

/// Whether a month's rows are there, as the last survey saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// Not looked at, or the look did not tell.
    #[default]
    Unknown,
    /// They are not there.
    NotPublished {
        /// When that was seen for the first time.
        since: Timestamp,
    },
    /// The store does not say, for lack of a permission.
    Denied {
        /// What is missing and where, in words.
        permission: String,
        /// When that was seen for the first time.
        since: Timestamp,
    },
    /// They are there.
    Available {
        /// Their identity (`ETag`): another one means other rows.
        identity: String,
    },
}

/// Whether a month's predictions are there, as the last survey saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// They are not there.
    #[default]
    None,
    /// They are committed, and made from what is current.
    Current,
    /// They are committed, but made from something else than what is current.
    Stale(Vec<Change>),
    /// They are committed, but held back from readers.
    Withheld {
        /// Why.
        detail: String,
    },
    /// Something is there that does not fit its manifest.
    Damaged {
        /// What does not fit.
        detail: String,
    },
}

/// What an output was made from, and what is current instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub of: Changed,
    /// What the output was made from: an `ETag`, a digest, a run.
    pub from: String,
    /// What is current.
    pub to: String,
}

/// What can change under an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// The month's rows.
    Input,
    /// The model.
    Model,
    /// The features, the output's columns, or the scorer's output version.
    Features,
}

impl MonthFacts {
    /// The attempt with the highest number.
    pub fn last(&self) -> Option<&Attempt> {
        self.attempts.iter().max_by_key(|attempt| attempt.number)
    }

    /// The number of the next attempt.
    pub fn next_number(&self) -> u32 {
        self.last().map_or(0, |attempt| attempt.number).saturating_add(1)
    }

    /// The identity of the input, where it is known.
    pub fn input_identity(&self) -> Option<&str> {
        match &self.input {
            Input::Available { identity } => Some(identity),
            Input::Unknown | Input::NotPublished { .. } | Input::Denied { .. } => None,
        }
    }
}

impl History {
    /// What is known of a month.
    pub fn facts(&self, month: Month) -> Option<&MonthFacts> {
        self.months.get(&month)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            Changed::Input => "the input",
            Changed::Model => "the model",
            Changed::Features => "the features",
        };
        write!(f, "{of} changed ({} → {})", self.from, self.to)
    }
}
