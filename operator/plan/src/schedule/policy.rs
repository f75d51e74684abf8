//! The policies that a schedule is kept by, as values. What each means for a month is decided by the rules.

use jiff::SignedDuration;

/// Whether older months are made up for without being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackfillMode {
    /// Every due month that lacks its output is scored.
    #[default]
    Automatic,
    /// Only the newest due month is scored by itself; older ones wait for a backfill that names them.
    Manual,
    /// Nothing is scored by itself, and no month is due: all that is scored is what backfills name. No resource says so;
    /// it is how a backfill with a model of its own is kept.
    OnRequest,
}

/// Which of several months goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// From the past to the present.
    #[default]
    OldestFirst,
    /// From the present to the past.
    NewestFirst,
}

/// How older months are made up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackfillPolicy {
    /// Whether they are, without being asked.
    pub mode: BackfillMode,
    /// How many older months run at once, for every backfill together; the newest due month has a slot of its own
    /// beside these.
    pub parallelism: u16,
    /// Which goes first, among those that no backfill names.
    pub order: Order,
}

/// How often and when a failed month is tried again, where trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all, the first among them.
    pub attempts: u16,
    /// From the first failure to the next try; doubled after each further failure.
    pub backoff: SignedDuration,
}

impl Retry {
    /// No wait between two tries is longer, however often they were doubled: half a day still lets a month recover on
    /// the day on which a store does.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);

    /// How long to wait after the try with this number, from 1, has failed.
    pub fn wait(self, tries: u16) -> SignedDuration {
        // 2^16 s is beyond the longest wait, so more doublings change nothing.
        let doublings = u32::from(tries.saturating_sub(1)).min(16);
        self.backoff.checked_mul(1 << doublings).map_or(Self::LONGEST, |wait| wait.min(Self::LONGEST)).max(self.backoff)
    }
}

/// What happens to an output whose input was replaced after it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInputChange {
    /// It counts as current.
    Ignore,
    /// It is shown as stale.
    Mark,
    /// It is made again.
    #[default]
    Rescore,
}

/// What happens to an output whose model, or whose features, were changed after it was made. Both are the owner's own
/// edit of the schedule, unlike an input that somebody else replaced, so they share one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnModelChange {
    /// It counts as current.
    #[default]
    Keep,
    /// It is shown as stale.
    Mark,
    /// It is made again.
    Rescore,
}
