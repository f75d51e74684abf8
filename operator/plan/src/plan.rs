//! What a decision says: what to start, stop and forget, whether to look at the store, and how every month and backfill
//! stands and why. It leaves no meaningful choice to whoever carries it out.

use jiff::Timestamp;

use crate::attempt::{AttemptMark, Basis};
use crate::coverage::Coverage;
use crate::month::Month;
use crate::progress::BackfillProgress;
use crate::range::MonthRange;
use crate::reason::{Cause, Limit, Reason, StopReason, SurveyReason};
use crate::ticks::Tick;

/// A decision about one schedule at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The attempts to start now, in this order; no month twice.
    pub start: Vec<Start>,
    /// The months to start once slots are free, in this order; together with `start` no month twice.
    pub queue: Vec<Queued>,
    /// The attempts to stop.
    pub stop: Vec<Stop>,
    /// The attempts that ended and whose results are kept: what ran them may be removed.
    pub forget: Vec<Forget>,
    /// Why to look at the store now, for every month of `months`; none where that is not needed or under way.
    pub survey: Option<SurveyReason>,
    /// Every month that is due, that runs, or that a backfill names, the oldest first.
    pub months: Vec<MonthState>,
    /// Every backfill, in the order in which they were asked for.
    pub backfills: Vec<BackfillProgress>,
    /// How the months stand, as few ranges.
    pub coverage: Coverage,
    /// The months that are due, excluded ones among them.
    pub due: Option<MonthRange>,
    /// The next tick; none where ticks make nothing due.
    pub next_tick: Option<Tick>,
    /// When to decide again if nothing is observed before; always later than the instant of this decision.
    pub wake_at: Option<Timestamp>,
    /// Whether the newest due month has its output in time.
    pub freshness: Freshness,
    /// What is to be done and why, as one number: see [`crate::hash`].
    pub hash: u64,
}

/// Which slots an attempt takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// The one that is kept free for the newest due month.
    Newest,
    /// Those for all other months.
    Older,
}

/// An attempt to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The month.
    pub month: Month,
    /// The number of the attempt, which was never used for this month.
    pub attempt: u32,
    /// Which try it is; to be handed back as [`crate::Attempt::tries`].
    pub tries: u16,
    /// Which slot it takes.
    pub lane: Lane,
    /// The backfill that it is for; none where the schedule itself wants it.
    pub backfill: Option<String>,
    /// What it is made from; to be handed back as [`crate::Attempt::basis`].
    pub basis: Basis,
    /// Why.
    pub reason: Cause,
}

/// A month to start once slots are free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The month.
    pub month: Month,
    /// The backfill that it is for; none where the schedule itself wants it.
    pub backfill: Option<String>,
    /// What it would be made from.
    pub basis: Basis,
    /// Why.
    pub reason: Cause,
    /// Which slots are taken.
    pub limit: Limit,
}

/// An attempt to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The month.
    pub month: Month,
    /// The attempt.
    pub attempt: u32,
    /// Why.
    pub reason: StopReason,
}

/// An attempt that ended and whose result is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget {
    /// The month.
    pub month: Month,
    /// The attempt.
    pub attempt: u32,
}

/// How a month stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthState {
    /// The month.
    pub month: Month,
    /// How it stands, in one word. A good output stays `Current` whatever happens to a later attempt.
    pub standing: Standing,
    /// Why, and what comes next.
    pub reason: Reason,
    /// The last attempt, beside the standing.
    pub attempt: Option<AttemptMark>,
}

/// How a month stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its output is committed, and counts as made from what is current.
    Current,
    /// It has no good output, and an attempt is to start now.
    Starting,
    /// It has no good output, and an attempt runs.
    Running,
    /// Its input is not published.
    Waiting,
    /// The store does not say whether its input is there.
    Denied,
    /// Nobody has looked yet.
    Unknown,
    /// It has no output; the reason says when it gets one.
    Missing,
    /// It has no output, and needs somebody to change something.
    Failed,
    /// Its output is committed, but made from something else than what is current.
    Stale,
    /// Its output is committed, but held back.
    Withheld,
    /// It is left out on purpose.
    Excluded,
}

/// Whether the newest due month has its output in time. Excluded months do not count, and no older month does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// No month is due.
    NothingDue,
    /// The newest due month has an output.
    Fresh {
        /// The month.
        month: Month,
    },
    /// It has none, and is not late.
    Pending {
        /// The month.
        month: Month,
        /// When it is late; none where the schedule has no deadline.
        until: Option<Timestamp>,
    },
    /// It has none, and is late.
    Overdue {
        /// The month.
        month: Month,
        /// Since when.
        since: Timestamp,
    },
}
