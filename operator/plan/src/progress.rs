//! How far a backfill has come, a row for each of its months. Worked out anew at every decision: there is no phase that
//! could get stuck.

use crate::month::Month;
use crate::reason::Reason;

/// How a backfill stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillProgress {
    /// Its name.
    pub name: String,
    /// How it stands as a whole.
    pub phase: BackfillPhase,
    /// How many rows stand how.
    pub counts: RowCounts,
    /// Every month that it names, the oldest first.
    pub rows: Vec<BackfillRow>,
}

/// How one month of a backfill stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillRow {
    /// The month.
    pub month: Month,
    /// How it stands, in one word.
    pub state: RowState,
    /// Why.
    pub reason: Reason,
}

/// How one month of a backfill stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowState {
    /// Committed since the backfill was asked for.
    Done,
    /// Nothing to do.
    Skipped,
    /// An attempt runs or starts now.
    Running,
    /// It will be started.
    Pending,
    /// Its input is not there, or nobody knows.
    Waiting,
    /// It failed, and needs somebody to change something.
    Failed,
    /// Called off before it started.
    Cancelled,
}

/// How many rows of a backfill stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// [`RowState::Done`].
    pub done: usize,
    /// [`RowState::Skipped`].
    pub skipped: usize,
    /// [`RowState::Running`].
    pub running: usize,
    /// [`RowState::Pending`].
    pub pending: usize,
    /// [`RowState::Waiting`].
    pub waiting: usize,
    /// [`RowState::Failed`].
    pub failed: usize,
    /// [`RowState::Cancelled`].
    pub cancelled: usize,
}

/// How a backfill stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackfillPhase {
    /// Something of it runs or is to start.
    Running,
    /// Nothing of it runs, and what is left waits for input.
    Waiting,
    /// It is suspended, or its schedule is, with something left to do.
    Suspended,
    /// Every month is done or needed nothing.
    Succeeded,
    /// Nothing runs, and the months that are left failed: somebody must change something.
    Stalled,
    /// It was called off, and nothing of it runs.
    Cancelled,
}

impl BackfillPhase {
    /// Whether nothing more comes of it, so that it may be recorded as ended. A stalled one goes on when what its failed
    /// months need has changed.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Cancelled)
    }
}

impl RowCounts {
    /// Counts rows.
    pub fn of(rows: &[BackfillRow]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            *counts.slot(row.state) += 1;
        }
        counts
    }

    /// All rows.
    pub const fn total(&self) -> usize {
        self.done + self.skipped + self.running + self.pending + self.waiting + self.failed + self.cancelled
    }

    fn slot(&mut self, state: RowState) -> &mut usize {
        match state {
            RowState::Done => &mut self.done,
            RowState::Skipped => &mut self.skipped,
            RowState::Running => &mut self.running,
            RowState::Pending => &mut self.pending,
            RowState::Waiting => &mut self.waiting,
            RowState::Failed => &mut self.failed,
            RowState::Cancelled => &mut self.cancelled,
        }
    }
}
