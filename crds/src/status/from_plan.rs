//! The words of a plan as a status has them. Each word of `scoring-plan` is one here; what a status has no room for is cut.

use scoring_plan as plan;
use scoring_plan::MonthRange;

use crate::bounds;
use crate::status::{Counts, Coverage, FailureClass, Progress, RowState, StaleCause, Standing};

impl From<plan::Standing> for Standing {
    fn from(standing: plan::Standing) -> Self {
        match standing {
            plan::Standing::Current => Self::Current,
            plan::Standing::Starting => Self::Starting,
            plan::Standing::Running => Self::Running,
            plan::Standing::Waiting => Self::Waiting,
            plan::Standing::Denied => Self::Denied,
            plan::Standing::Unknown => Self::Unknown,
            plan::Standing::Missing => Self::Missing,
            plan::Standing::Failed => Self::Failed,
            plan::Standing::Stale => Self::Stale,
            plan::Standing::Withheld => Self::Withheld,
            plan::Standing::Excluded => Self::Excluded,
        }
    }
}

impl From<plan::FailureClass> for FailureClass {
    fn from(class: plan::FailureClass) -> Self {
        match class {
            plan::FailureClass::BadData => Self::BadData,
            plan::FailureClass::NotPublished => Self::NotPublished,
            plan::FailureClass::Internal => Self::Internal,
            plan::FailureClass::CannotWrite => Self::CannotWrite,
            plan::FailureClass::TryAgain => Self::TryAgain,
            plan::FailureClass::Denied => Self::Denied,
            plan::FailureClass::BadSetting => Self::BadSetting,
            plan::FailureClass::Disrupted => Self::Disrupted,
            plan::FailureClass::Lost => Self::Lost,
        }
    }
}

impl From<plan::history::Changed> for StaleCause {
    fn from(changed: plan::history::Changed) -> Self {
        match changed {
            plan::history::Changed::Input => Self::Input,
            plan::history::Changed::Model => Self::Model,
            plan::history::Changed::Features => Self::Features,
        }
    }
}

impl From<plan::RowState> for RowState {
    fn from(state: plan::RowState) -> Self {
        match state {
            plan::RowState::Done => Self::Done,
            plan::RowState::Skipped => Self::Skipped,
            plan::RowState::Running => Self::Running,
            plan::RowState::Pending => Self::Pending,
            plan::RowState::Waiting => Self::Waiting,
            plan::RowState::Failed => Self::Failed,
            plan::RowState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<plan::RowCounts> for Progress {
    fn from(counts: plan::RowCounts) -> Self {
        Self {
            total: counts.total() as i32,
            pending: counts.pending as i32,
            waiting: counts.waiting as i32,
            running: counts.running as i32,
            done: counts.done as i32,
            skipped: counts.skipped as i32,
            failed: counts.failed as i32,
            cancelled: counts.cancelled as i32,
        }
    }
}

impl From<&plan::Coverage> for Coverage {
    fn from(coverage: &plan::Coverage) -> Self {
        Self {
            current: newest(&coverage.current),
            running: newest(&coverage.running),
            waiting: newest(&coverage.waiting),
            missing: newest(&coverage.missing),
            failed: newest(&coverage.failed),
            stale: newest(&coverage.stale),
            withheld: newest(&coverage.withheld),
            excluded: newest(&coverage.excluded),
        }
    }
}

/// The ranges in words, the oldest first; the newest of them where there are more than a status takes.
fn newest(ranges: &[MonthRange]) -> Vec<String> {
    let kept = &ranges[ranges.len().saturating_sub(bounds::RANGES)..];
    kept.iter().map(MonthRange::to_string).collect()
}

impl From<&plan::Coverage> for Counts {
    fn from(coverage: &plan::Coverage) -> Self {
        let all = [
            &coverage.current,
            &coverage.running,
            &coverage.waiting,
            &coverage.missing,
            &coverage.failed,
            &coverage.stale,
            &coverage.withheld,
            &coverage.excluded,
        ]
        .map(|ranges| months(ranges));
        let [current, running, waiting, missing, failed, stale, withheld, excluded] = all;
        Self { total: all.iter().sum(), current, running, waiting, missing, failed, stale, withheld, excluded }
    }
}

fn months(ranges: &[MonthRange]) -> i32 {
    ranges.iter().map(|range| range.count() as i32).sum()
}
