//! What must hold of every run of an operator, whatever befell it, judged by what the API server wrote down, by what came
//! to be committed, and by the status at the end. Each rule returns everything that breaks it, with the lines that show it.
//!
//! The rules and their names are those of reliability studies of operators: I1 to I5, I7, I8, I11 and I12. Nothing here
//! asks the operator.

mod commit;
mod count;
mod evidence;
mod job;
mod limit;
mod month;
mod owner;
mod quiet;
mod reader;

use std::fmt;

pub use self::commit::{Commit, one_commit_per_month};
pub use self::count::{Counts, same_as_reference};
pub use self::evidence::{Evidence, JobLife};
pub use self::job::one_job_per_attempt;
pub use self::limit::within_limit;
pub use self::month::{coverage, every_month_stands, status_is_true};
pub use self::owner::own_objects_only;
pub use self::quiet::quiet_between;
pub use self::reader::{Reading, readers_see_whole_outputs};

/// A rule that was broken, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule: `I1` and so on.
    pub rule: &'static str,
    /// What happened.
    pub what: String,
    /// The lines of the audit log, or of other evidence, that show it.
    pub lines: Vec<String>,
}

impl Violation {
    fn new(rule: &'static str, what: String, lines: Vec<String>) -> Self {
        Self { rule, what, lines }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.rule, self.what)?;
        self.lines.iter().try_for_each(|line| write!(formatter, "\n    {line}"))
    }
}
