//! What is wrong with a schedule or a backfill as it was written: every fault at once, each with the path of its field
//! and what to write instead. Nothing here decides; the checks are beside the types that they make.

use std::fmt;

use crate::month::MonthError;
use crate::range::MonthRangeError;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, from the resource's `spec`: `months.exclude[2].month`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What to write where a cron expression is none.
const FIVE_FIELDS: &str = "write five fields: minute hour day month weekday, such as `0 3 2 * *`";

/// What is wrong with a field, and what to write there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A cron expression has more or fewer fields than five.
    #[error("a cron expression has 5 fields, and this one has {found}: {FIVE_FIELDS}")]
    CronFields {
        /// The fields it has.
        found: usize,
    },
    /// A cron expression says something that it cannot.
    #[error("not a cron expression: {detail}; {FIVE_FIELDS}")]
    Cron {
        /// What the cron parser says.
        detail: String,
    },
    /// A cron expression matches no time at all.
    #[error("this never fires: no year has such a day; choose a day that exists")]
    NeverFires,
    /// A time zone has no such name.
    #[error("no time zone is called {name:?}: write an IANA name such as Europe/Berlin or UTC")]
    Zone {
        /// The name, cut to a few characters.
        name: String,
    },
    /// A month is not one.
    #[error(transparent)]
    Month(MonthError),
    /// A range is none.
    #[error(transparent)]
    Range(MonthRangeError),
    /// A month lies where nothing is scheduled.
    #[error("this month is not one of {months}: take it out or change the range")]
    Outside {
        /// The schedule's months, in words.
        months: String,
    },
    /// A month is there twice.
    #[error("this month is excluded twice: keep one of them")]
    Twice,
    /// A number is too small or too large.
    #[error("{found} is out of bounds: write {least} to {most}")]
    Bounds {
        /// What was written.
        found: i64,
        /// The least that is taken.
        least: i64,
        /// The most that is taken.
        most: i64,
    },
    /// A text is empty that must not be.
    #[error("this is empty: say {what}")]
    Empty {
        /// What belongs there.
        what: &'static str,
    },
    /// A text or list is too long.
    #[error("this is too long: {found} of at most {most} {unit}")]
    TooLong {
        /// How long it is.
        found: usize,
        /// How long it may be.
        most: usize,
        /// What is counted.
        unit: &'static str,
    },
}

/// Everything that is wrong with a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleFaults(pub Vec<Fault>);

/// Everything that is wrong with a backfill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillFaults(pub Vec<Fault>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

impl fmt::Display for ScheduleFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, "schedule", &self.0)
    }
}

impl fmt::Display for BackfillFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, "backfill", &self.0)
    }
}

impl std::error::Error for ScheduleFaults {}
impl std::error::Error for BackfillFaults {}

fn list(f: &mut fmt::Formatter<'_>, what: &str, faults: &[Fault]) -> fmt::Result {
    write!(f, "the {what} is not valid")?;
    for (index, fault) in faults.iter().enumerate() {
        write!(f, "{} {fault}", if index == 0 { ":" } else { ";" })?;
    }
    Ok(())
}

/// Collects faults while a value is being checked.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, path: impl Into<String>, problem: Problem) {
        self.0.push(Fault { path: path.into(), problem });
    }

    /// A number within bounds, or a fault.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self, path: &str, found: i64, (least, most): (i64, i64)) -> Option<T> {
        let value = if (least..=most).contains(&found) { T::try_from(found).ok() } else { None };
        if value.is_none() {
            self.add(path, Problem::Bounds { found, least, most });
        }
        value
    }

    /// A month, or a fault.
    pub(crate) fn month(&mut self, path: impl Into<String>, text: &str) -> Option<crate::Month> {
        match text.parse() {
            Ok(month) => Some(month),
            Err(error) => {
                self.add(path, Problem::Month(error));
                None
            }
        }
    }

    /// A text of bounded length that is not empty, or a fault.
    pub(crate) fn text(
        &mut self,
        path: impl Into<String>,
        text: &str,
        what: &'static str,
        most: usize,
    ) -> Option<String> {
        let found = text.chars().count();
        if text.trim().is_empty() {
            self.add(path, Problem::Empty { what });
            None
        } else if found > most {
            self.add(path, Problem::TooLong { found, most, unit: "characters" });
            None
        } else {
            Some(text.to_owned())
        }
    }
}
