//! Why a month stands as it does and why an attempt is started, stopped or skipped, as values. Their text is the same
//! wherever a user meets it: on the command line, in a status, on a page.

mod words;

use jiff::Timestamp;

use crate::attempt::FailureClass;
use crate::history::Change;
use crate::month::Month;

/// Why a month is to be scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has no output.
    Missing,
    /// Its output was there and is gone.
    Gone {
        /// The attempt that had committed it.
        attempt: u32,
    },
    /// Its output does not fit its manifest.
    Damaged {
        /// What does not fit.
        detail: String,
    },
    /// Its output was made from something else than what is current.
    Stale(Vec<Change>),
    /// An attempt was stopped before it had an output.
    Cancelled {
        /// Which.
        attempt: u32,
    },
    /// An attempt failed, and another one can help.
    Retry {
        /// Which.
        attempt: u32,
        /// How it failed.
        class: FailureClass,
    },
    /// An attempt failed, and what it was made from has changed since.
    Changed {
        /// Which.
        attempt: u32,
        /// How it failed.
        class: FailureClass,
    },
    /// A backfill asks for it, whatever there is.
    Asked,
}

/// Why a month, or a backfill's row, stands as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its output is committed and current.
    Committed,
    /// Its output is not current, and the policy keeps it.
    Kept(Vec<Change>),
    /// Its output is not current, and the policy is to say so.
    Marked(Vec<Change>),
    /// Its output is held back.
    Withheld {
        /// Why.
        detail: String,
    },
    /// It is left out on purpose.
    Excluded {
        /// Why, in the owner's words.
        reason: String,
    },
    /// An attempt at it runs.
    Running {
        /// Which.
        attempt: u32,
        /// Since when.
        since: Timestamp,
        /// For which backfill.
        backfill: Option<String>,
    },
    /// An attempt at it is to start now.
    Starting {
        /// Which.
        attempt: u32,
        /// Why.
        cause: Cause,
        /// For which backfill.
        backfill: Option<String>,
    },
    /// It is to be scored once a slot is free.
    Queued {
        /// Why.
        cause: Cause,
        /// Which slots are taken.
        limit: Limit,
    },
    /// It is to be scored once the schedule, or the backfill, is no longer suspended.
    Suspended {
        /// Why.
        cause: Cause,
        /// The suspended backfill; none where the schedule is suspended.
        backfill: Option<String>,
    },
    /// It is to be scored once a backfill asks for it.
    Manual {
        /// Why.
        cause: Cause,
    },
    /// What is known does not let it start.
    Waiting(Wait),
    /// An attempt failed; the next one waits.
    BackingOff {
        /// The failure.
        failure: Failure,
        /// Until when.
        until: Timestamp,
    },
    /// An attempt failed in a way that only a change can help.
    NeedsChange(Failure),
    /// As many attempts failed as may.
    GaveUp(Failure),
    /// It was committed since the backfill was asked for.
    Done {
        /// By which attempt.
        attempt: u32,
    },
    /// The backfill has nothing to do with it.
    Skipped(Skip),
}

/// What a month waits for before anything may start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Its input is not there yet.
    NotPublished {
        /// Since when that is known.
        since: Timestamp,
        /// When it is looked at again; none where that is now.
        again: Option<Timestamp>,
        /// Since when it is late; none where it is not.
        late: Option<Timestamp>,
    },
    /// The store does not say whether its input is there.
    Denied {
        /// The permission that is missing.
        permission: String,
        /// Since when that is known.
        since: Timestamp,
        /// When it is looked at again; none where that is now.
        again: Option<Timestamp>,
    },
    /// Nobody has looked yet.
    NotLooked {
        /// When that is done; none where that is now.
        again: Option<Timestamp>,
    },
    /// Somebody looked, and failed.
    SurveyFailed {
        /// How.
        class: FailureClass,
        /// What happened.
        detail: String,
        /// When it is tried again; none where that is now.
        again: Option<Timestamp>,
    },
}

/// Why a backfill has nothing to do with one of its months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Its output was committed before the backfill was asked for.
    AlreadyCommitted,
    /// It failed before the backfill was asked for, which takes only what is missing.
    FailedBefore(Failure),
    /// It has no output, and the backfill takes only stale ones.
    NoOutput,
    /// It was not due when the backfill was asked for.
    NotDue {
        /// The newest month that was due; none where none was.
        newest: Option<Month>,
    },
    /// The backfill was called off before it started this one.
    CalledOff,
    /// The backfill came to its end before; it starts nothing more.
    Ended,
}

/// A failed attempt, as far as a reason tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which attempt.
    pub attempt: u32,
    /// Which try it was.
    pub tries: u16,
    /// How many there may be.
    pub most: u16,
    /// What can help.
    pub class: FailureClass,
    /// What happened.
    pub detail: String,
}

/// Which slots are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Those for older months: `backfill.parallelism` of the schedule.
    Older(u16),
    /// Those of the backfill: its own `parallelism`.
    Backfill {
        /// The backfill.
        name: String,
        /// How many there are.
        slots: u16,
    },
    /// All of them.
    All(u16),
}

/// Why a running attempt is to be stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The month is left out on purpose now.
    Excluded {
        /// Why, in the owner's words.
        reason: String,
    },
    /// The month is no longer between the schedule's first and last.
    OutOfRange,
    /// A later attempt at the same month runs.
    Superseded {
        /// Which.
        by: u32,
    },
}

/// Why the store is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurveyReason {
    /// It never was.
    First,
    /// What the outputs are made by has changed since.
    TaskChanged,
    /// The schedule ticked.
    Tick {
        /// When.
        at: Timestamp,
    },
    /// An attempt ended, and only the store knows how the month stands.
    Unclear {
        /// Which month.
        month: Month,
    },
    /// A backfill names a month that nobody looked at.
    Backfill {
        /// The backfill.
        name: String,
    },
    /// A month is waited for.
    Waiting {
        /// Which.
        month: Month,
    },
    /// The last look is too long ago.
    Interval,
    /// The last look failed.
    Failed {
        /// How.
        class: FailureClass,
    },
}
