//! The words of every reason: what, since when, until when, and what to do where somebody must.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;

use super::{Cause, Failure, Limit, Reason, Skip, StopReason, SurveyReason, Wait};
use crate::attempt::Remedy;
use crate::history::Change;

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it has no output"),
            Self::Gone { attempt } => write!(f, "the output of attempt {attempt} is gone"),
            Self::Damaged { detail } => write!(f, "its output is damaged ({detail})"),
            Self::Stale(changes) => write!(f, "{}", Changes(changes)),
            Self::Cancelled { attempt } => write!(f, "attempt {attempt} was cancelled"),
            Self::Retry { attempt, class } => write!(f, "attempt {attempt} failed ({class})"),
            Self::Changed { attempt, class } => {
                write!(f, "attempt {attempt} failed ({class}), and what it was made from has changed since")
            }
            Self::Asked => f.write_str("a backfill asks for it"),
        }
    }
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Committed => f.write_str("its output is committed"),
            Self::Kept(changes) => write!(f, "its output is kept although {}", Changes(changes)),
            Self::Marked(changes) => {
                write!(f, "{}; a backfill with rescore Stale makes it again", Changes(changes))
            }
            Self::Withheld { detail } => write!(f, "its output is held back: {detail}"),
            Self::Excluded { reason } => write!(f, "left out on purpose: {reason}"),
            Self::Running { attempt, since, backfill } => {
                write!(f, "attempt {attempt} runs since {since:.0}{}", For(backfill.as_deref()))
            }
            Self::Starting { attempt, cause, backfill } => {
                write!(f, "attempt {attempt} starts{}: {cause}", For(backfill.as_deref()))
            }
            Self::Queued { cause, limit } => write!(f, "{cause}; starts when {limit}"),
            Self::Suspended { cause, backfill: None } => {
                write!(f, "{cause}; starts when the schedule is no longer suspended")
            }
            Self::Suspended { cause, backfill: Some(name) } => {
                write!(f, "{cause}; starts when backfill {name} is no longer suspended")
            }
            Self::Manual { cause } => {
                write!(f, "{cause}; backfill.mode is Manual, so it starts when a backfill names it")
            }
            Self::Waiting(wait) => write!(f, "{wait}"),
            Self::BackingOff { failure, until } => {
                write!(f, "{failure}; try {} of {} starts at {until:.0}", failure.next(), failure.most)
            }
            Self::NeedsChange(failure) => write!(f, "{failure}; {UNTIL_CHANGE}"),
            Self::GaveUp(failure) => write!(f, "{failure}, the last of {} tries; {UNTIL_CHANGE}", failure.most),
            Self::Done { attempt } => write!(f, "committed by attempt {attempt}"),
            Self::Skipped(skip) => write!(f, "{skip}"),
        }
    }
}

/// What a failed month waits for, where nothing is tried by itself.
const UNTIL_CHANGE: &str = "it starts again when its input, the model or the settings change, \
                            or when a backfill with rescore MissingAndFailed names it";

impl Display for Wait {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPublished { since, again, late } => {
                write!(f, "its input is not published, known since {since:.0}; {}", Again(*again))?;
                late.map_or(Ok(()), |late| write!(f, "; it is late since {late:.0}: ask its publisher"))
            }
            Self::Denied { permission, since, again } => write!(
                f,
                "the store does not say whether its input is there, known since {since:.0}: {permission}; grant \
                 what is missing; {}",
                Again(*again)
            ),
            Self::NotLooked { again } => {
                write!(f, "not known whether its input and output are there; {}", Again(*again))
            }
            Self::SurveyFailed { class, detail, again } => {
                write!(f, "the look at the store failed ({class}): {detail}; {}", Again(*again))
            }
        }
    }
}

impl Display for Skip {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyCommitted => f.write_str("its output was committed before"),
            Self::FailedBefore(failure) => {
                write!(f, "{failure}; a backfill with rescore MissingAndFailed takes it")
            }
            Self::NoOutput => f.write_str("it has no output that could be stale; rescore Missing takes it"),
            Self::NotDue { newest: Some(newest) } => {
                write!(f, "{newest} was the newest month that was due; ask for it again when it is")
            }
            Self::NotDue { newest: None } => f.write_str("no month was due; ask for it again when it is"),
            Self::CalledOff => f.write_str("cancelled before it started"),
            Self::Ended => f.write_str("the backfill had come to its end; ask for another one"),
        }
    }
}

impl Failure {
    /// The number of the next try: a disruption does not count.
    fn next(&self) -> u16 {
        match self.class.remedy() {
            Remedy::Restart => self.tries,
            Remedy::Retry | Remedy::Change => self.tries.saturating_add(1),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "attempt {} failed ({})", self.attempt, self.class)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Older(slots) => write!(f, "one of {slots} slots for older months is free"),
            Self::Backfill { name, slots } => write!(f, "one of {slots} slots of backfill {name} is free"),
            Self::All(slots) => write!(f, "one of all {slots} slots is free"),
        }
    }
}

impl Display for StopReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Excluded { reason } => write!(f, "the month is left out on purpose: {reason}"),
            Self::OutOfRange => f.write_str("the month is no longer one of the schedule's"),
            Self::Superseded { by } => write!(f, "attempt {by} runs for the same month"),
        }
    }
}

impl Display for SurveyReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("the store was never looked at"),
            Self::TaskChanged => f.write_str("what the outputs are made by has changed"),
            Self::Tick { at } => write!(f, "the schedule ticked at {at:.0}"),
            Self::Unclear { month } => write!(f, "only the store knows how {month} stands"),
            Self::Backfill { name } => write!(f, "backfill {name} names months that nobody looked at"),
            Self::Waiting { month } => write!(f, "{month} is waited for"),
            Self::Interval => f.write_str("the last look is too long ago"),
            Self::Failed { class } => write!(f, "the last look failed ({class})"),
        }
    }
}

/// Several changes in one breath.
struct Changes<'a>(&'a [Change]);

impl Display for Changes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, change) in self.0.iter().enumerate() {
            write!(f, "{}{change}", if index == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}

/// The backfill that something happens for.
struct For<'a>(Option<&'a str>);

impl Display for For<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |name| write!(f, " for backfill {name}"))
    }
}

/// When the store is looked at again.
struct Again(Option<Timestamp>);

impl Display for Again {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => write!(f, "looked at again at {at:.0}"),
            None => f.write_str("being looked at now"),
        }
    }
}
