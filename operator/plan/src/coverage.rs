//! How all months of a schedule stand, as few ranges: what a status of bounded size can hold.

use crate::month::Month;
use crate::plan::{MonthState, Standing};
use crate::range::MonthRange;

/// The months by how they stand. Every month is in one of the lists, and in one only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// A good output.
    pub current: Vec<MonthRange>,
    /// No good output, and an attempt runs or starts now.
    pub running: Vec<MonthRange>,
    /// Not published, denied, or not looked at yet.
    pub waiting: Vec<MonthRange>,
    /// No output.
    pub missing: Vec<MonthRange>,
    /// No output, and somebody must change something.
    pub failed: Vec<MonthRange>,
    /// An output that is not current.
    pub stale: Vec<MonthRange>,
    /// An output that is held back.
    pub withheld: Vec<MonthRange>,
    /// Left out on purpose.
    pub excluded: Vec<MonthRange>,
}

impl Coverage {
    /// Sums up months, the oldest first.
    pub fn of(months: &[MonthState]) -> Self {
        let list = |standings: &[Standing]| MonthRange::covering(with(months, standings));
        Self {
            current: list(&[Standing::Current]),
            running: list(&[Standing::Running, Standing::Starting]),
            waiting: list(&[Standing::Waiting, Standing::Denied, Standing::Unknown]),
            missing: list(&[Standing::Missing]),
            failed: list(&[Standing::Failed]),
            stale: list(&[Standing::Stale]),
            withheld: list(&[Standing::Withheld]),
            excluded: list(&[Standing::Excluded]),
        }
    }
}

fn with(months: &[MonthState], standings: &[Standing]) -> impl Iterator<Item = Month> {
    months.iter().filter(|state| standings.contains(&state.standing)).map(|state| state.month)
}
