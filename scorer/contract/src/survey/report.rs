//! The report of a survey: what a survey found of one part of a schedule's months, as one line that fits a pod's
//! termination message ([`LIMIT`]). A survey Job is indexed: its pod of the index N surveys the months from 48 N on.
//!
//! What the line cannot hold gives way here, in this order: the ends of long texts, digits of error figures, the figures
//! themselves, and what an output was made from. A month never does, and neither does whether it is published and committed.

mod fit;
mod row;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Committed, InputFound, OutputFound, StaleCause, Survey, SurveyedMonth};
use crate::ExitClass;
use crate::manifest::ErrorFigures;
use crate::outcome::{Failure, LIMIT};
use crate::text::is_plain;
pub use row::RowError;

/// The months of one part: as many as a termination message surely holds.
pub const MONTHS_PER_PART: usize = 48;
/// Digits of an identity, and the most characters of what an output was made from.
const SHORT: usize = 12;
/// Significant digits of an error figure.
const DIGITS: usize = 8;

/// Into how many parts a survey of so many months is cut: the completions of its Job.
pub fn parts(months: usize) -> u32 {
    u32::try_from(months.div_ceil(MONTHS_PER_PART)).unwrap_or(u32::MAX)
}

/// What one part of a survey has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurveyReport {
    /// What was found, by month; at most [`MONTHS_PER_PART`] of them.
    Found(BTreeMap<String, ReportedMonth>),
    /// Why nothing was.
    Failed {
        /// The class of the exit code.
        class: ExitClass,
        /// The cause, for the person who can mend it.
        error: Failure,
    },
}

/// What is published and what is committed of one month, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedMonth {
    /// The month's file.
    pub input: ReportedInput,
    /// The month's output.
    pub output: ReportedOutput,
}

/// Whether a month's file is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedInput {
    /// It is not there.
    NotPublished,
    /// The store does not say: the caller may not look.
    Denied {
        /// Which permission is missing, and where.
        message: String,
    },
    /// It is there.
    Available {
        /// The first 12 hex digits of the SHA-256 over its tag and size: others mean other rows.
        identity: String,
    },
}

/// Whether a month's output is there, and made from what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedOutput {
    /// Nothing is committed.
    None,
    /// Committed, and made from what is there now.
    Current(Seen),
    /// Committed, and made from something else.
    Stale {
        /// What has changed.
        cause: StaleCause,
        /// What it was made from, in at most 12 characters; empty where the line had no room for it.
        from: String,
        /// What is there now; as `from`.
        to: String,
        /// What is committed.
        seen: Seen,
    },
    /// A manifest stands there, and its output does not fit it.
    Damaged {
        /// What does not fit.
        problem: String,
    },
}

/// A committed output as a report has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The attempt that committed it.
    pub attempt: u32,
    /// Rows.
    pub rows: u64,
    /// How far its predictions were from the truth; none where that is not known, or the line had no room for it.
    pub error: Option<ErrorText>,
}

/// Error figures as decimal text of at most 8 significant digits: an API of Kubernetes holds no floats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// Mean absolute error.
    pub mae: String,
    /// Root of the mean squared error.
    pub rmse: String,
    /// Mean of prediction − truth.
    pub bias: String,
}

/// Why a line is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Longer than a report is: it is not the scorer's.
    #[error("the report has {0} bytes: at most {LIMIT} are allowed")]
    Length(usize),
    /// Not of a report's form.
    #[error("the line is no report of a survey: have the pod run a scorer of the controller's own version")]
    Form(#[source] serde_json::Error),
    /// Neither months nor a failure, or both.
    #[error("the report must hold months or a failure: have the pod run a scorer of the controller's own version")]
    Kind,
    /// More months than a part has.
    #[error("the report has {0} months: at most {MONTHS_PER_PART} are allowed")]
    Months(usize),
    /// A month's row.
    #[error("the row `{row}` cannot be read")]
    Row {
        /// The row.
        row: String,
        /// What is wrong with it.
        #[source]
        source: RowError,
    },
}

/// A report on the wire: `{"months": ["2021-01 0a1b2c3d4e5f c 1 76518", "2021-02 !0 -"], "texts": ["…"]}`, or
/// `{"class": "Denied", "error": {…}}`. What a row's words mean is in [`row`].
#[derive(Default, Serialize, Deserialize)]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    months: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    texts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class: Option<ExitClass>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

impl SurveyReport {
    /// The report of a survey, which has at most [`MONTHS_PER_PART`] months.
    pub fn of(survey: &Survey) -> Self {
        Self::Found(survey.months.iter().map(|(month, found)| (month.clone(), ReportedMonth::of(found))).collect())
    }

    /// The report of months that are too many for one.
    fn too_many(months: usize) -> Self {
        let error = Failure {
            reason: "TooManyMonths".to_owned(),
            message: format!("a report holds {MONTHS_PER_PART} months, and the survey has {months}"),
            remedy: format!("survey them in {} parts", parts(months)),
        };
        Self::Failed { class: ExitClass::BadSetting, error }
    }

    /// The class of the exit code.
    pub fn class(&self) -> ExitClass {
        match self {
            Self::Found(_) => ExitClass::Done,
            Self::Failed { class, .. } => *class,
        }
    }

    /// The report as one line, [`LIMIT`] bytes at most.
    pub fn line(&self) -> String {
        match self {
            Self::Found(months) => fit::months(months).unwrap_or_else(|| Self::too_many(months.len()).line()),
            Self::Failed { class, error } => fit::failure(*class, error),
        }
    }

    /// Reads a line that a pod left.
    pub fn parse(line: &str) -> Result<Self, ReportError> {
        if line.len() > LIMIT {
            return Err(ReportError::Length(line.len()));
        }
        let wire: Wire = serde_json::from_str(line).map_err(ReportError::Form)?;
        match (wire.months, wire.class, wire.error) {
            (Some(rows), None, None) if rows.len() > MONTHS_PER_PART => Err(ReportError::Months(rows.len())),
            (Some(rows), None, None) => {
                let read =
                    |row: String| row::read(&row, &wire.texts).map_err(|source| ReportError::Row { row, source });
                rows.into_iter().map(read).collect::<Result<_, _>>().map(Self::Found)
            }
            (None, Some(class), Some(error)) => Ok(Self::Failed { class, error }),
            _ => Err(ReportError::Kind),
        }
    }
}

impl ReportedMonth {
    fn of(found: &SurveyedMonth) -> Self {
        Self { input: ReportedInput::of(&found.input), output: ReportedOutput::of(&found.output) }
    }
}

impl ReportedInput {
    fn of(found: &InputFound) -> Self {
        match found {
            InputFound::NotPublished => Self::NotPublished,
            InputFound::Denied { message } => Self::Denied { message: message.clone() },
            InputFound::Available { etag, size } => Self::Available { identity: digest(&format!("{etag} {size}")) },
        }
    }
}

impl ReportedOutput {
    fn of(found: &OutputFound) -> Self {
        match found {
            OutputFound::None => Self::None,
            OutputFound::Current(committed) => Self::Current(Seen::of(committed)),
            OutputFound::Stale { cause, from, to, committed } => {
                let (from, to) = short(from, to);
                Self::Stale { cause: *cause, from, to, seen: Seen::of(committed) }
            }
            OutputFound::Damaged { problem } => Self::Damaged { problem: problem.clone() },
        }
    }
}

impl Seen {
    fn of(committed: &Committed) -> Self {
        let Committed { attempt, rows, error, .. } = committed;
        Self { attempt: *attempt, rows: *rows, error: error.as_ref().map(ErrorText::of) }
    }
}

impl ErrorText {
    /// The figures as text.
    pub fn of(figures: &ErrorFigures) -> Self {
        let text = |number| decimal(number, DIGITS);
        Self { mae: text(figures.mae), rmse: text(figures.rmse), bias: text(figures.bias) }
    }
}

/// A number in its shortest form after it is rounded to so many significant digits: `4.2310012`, `0.5`, `1.5e300`.
fn decimal(number: f64, digits: usize) -> String {
    let rounded: f64 = format!("{number:.*e}", digits.saturating_sub(1)).parse().unwrap_or(number);
    let (plain, scientific) = (rounded.to_string(), format!("{rounded:e}"));
    if plain.len() <= SHORT { plain } else { scientific }
}

/// What an output was made from and what is there now, in [`SHORT`] characters each that a row can hold. Two texts that
/// differ stay different.
fn short(from: &str, to: &str) -> (String, String) {
    let cut = |text: &str| -> String { text.chars().filter(|c| is_plain(*c) && *c != ' ').take(SHORT).collect() };
    let (from_cut, to_cut) = (cut(from), cut(to));
    if from_cut == to_cut && from != to { (digest(from), digest(to)) } else { (from_cut, to_cut) }
}

/// The first [`SHORT`] hex digits of the SHA-256 of a text.
fn digest(text: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(text.as_bytes()).iter().take(SHORT / 2).fold(String::with_capacity(SHORT), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
