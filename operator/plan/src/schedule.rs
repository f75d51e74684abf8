//! The checked wish of a schedule: which months, when each becomes due, and by which policies they are kept scored.
//!
//! Only [`Schedule::new`] makes one, so whoever holds a `Schedule` need not check it again. What is due at an instant is
//! asked here and nowhere else; whether it is done is none of its business.

pub mod bounds;
mod check;
mod policy;
mod raw;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::month::Month;
use crate::range::MonthRange;
use crate::ticks::{Tick, Ticks};

pub use policy::{BackfillMode, BackfillPolicy, OnInputChange, OnModelChange, Order, Retry};
pub use raw::{RawExclusion, RawSchedule};

/// A month that is left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The month.
    pub month: Month,
    /// Why, in the owner's words.
    pub reason: String,
}

/// A schedule that was checked.
#[derive(Clone, Debug)]
pub struct Schedule {
    ticks: Ticks,
    first: Month,
    last: Option<Month>,
    lag: u8,
    /// By month.
    exclude: Vec<Exclusion>,
    task: String,
    suspend: bool,
    backfill: BackfillPolicy,
    retry: Retry,
    survey_interval: SignedDuration,
    on_input_change: OnInputChange,
    on_model_change: OnModelChange,
    deadline_days: Option<u16>,
}

impl Schedule {
    /// The cron expression, as it was written.
    pub fn cron(&self) -> &str {
        self.ticks.cron.as_str()
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.ticks.zone
    }

    /// The first month of the schedule.
    pub fn first(&self) -> Month {
        self.first
    }

    /// The last month of the schedule; none where it goes on.
    pub fn last(&self) -> Option<Month> {
        self.last
    }

    /// How many months before the tick's own month the newest due one lies.
    pub fn lag(&self) -> u8 {
        self.lag
    }

    /// The months that are left out on purpose, the oldest first.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclude
    }

    /// What every output is made by, as one opaque text: it changes when the model, the features, the dataset or the
    /// output does. A failure, a survey and a start each belong to one.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// Whether nothing is to be started.
    pub fn suspend(&self) -> bool {
        self.suspend
    }

    /// How older months are made up for.
    pub fn backfill(&self) -> BackfillPolicy {
        self.backfill
    }

    /// How often and when a failed month is tried again.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// How long the facts of a survey hold.
    pub fn survey_interval(&self) -> SignedDuration {
        self.survey_interval
    }

    /// What happens to an output whose input changed.
    pub fn on_input_change(&self) -> OnInputChange {
        self.on_input_change
    }

    /// What happens to an output whose model or features changed.
    pub fn on_model_change(&self) -> OnModelChange {
        self.on_model_change
    }

    /// How many days after it became due a month may lack its output; none where nobody minds.
    pub fn deadline_days(&self) -> Option<u16> {
        self.deadline_days
    }

    /// The first tick after an instant; none at the end of the calendar.
    pub fn next_tick(&self, now: Timestamp) -> Option<Tick> {
        self.ticks.after(now)
    }

    /// The last tick up to an instant, that instant among them.
    pub fn previous_tick(&self, now: Timestamp) -> Option<Tick> {
        self.ticks.until(now)
    }

    /// The newest month that a tick makes due, whatever the schedule's first and last month are.
    pub fn month_of(&self, tick: Tick) -> Option<Month> {
        Month::of(tick.local.date())?.plus(-i32::from(self.lag))
    }

    /// The newest month that the ticks have made due, whatever the schedule's first and last month are: no month after
    /// it may be scored, not even by a backfill.
    pub fn reach(&self, now: Timestamp) -> Option<Month> {
        self.month_of(self.previous_tick(now)?)
    }

    /// Whether ticks make months due. Where they do not, they only bound what a backfill may name.
    pub fn follows_ticks(&self) -> bool {
        self.backfill.mode != BackfillMode::OnRequest
    }

    /// The months that are due, excluded ones among them; none where the first is yet to come, or where ticks make none
    /// due.
    pub fn due(&self, now: Timestamp) -> Option<MonthRange> {
        self.due_up_to(self.reach(now)?)
    }

    /// The schedule's months up to one, that one among them.
    pub(crate) fn due_up_to(&self, reach: Month) -> Option<MonthRange> {
        let newest = self.last.map_or(reach, |last| last.min(reach));
        MonthRange::new(self.first, newest).ok().filter(|_| self.follows_ticks())
    }

    /// The tick at which a month became due, or will.
    pub fn due_since(&self, month: Month) -> Option<Tick> {
        self.ticks.first_in(month.plus(i32::from(self.lag))?)
    }

    /// When a month that has no output is late: the deadline's days after it became due, at the same time of day.
    pub fn deadline(&self, month: Month) -> Option<Timestamp> {
        let days = self.deadline_days?;
        let local = self.due_since(month)?.local.checked_add(jiff::Span::new().days(days)).ok()?;
        crate::ticks::instant(local, self.zone())
    }

    /// Whether a month lies between the schedule's first and last, due or not.
    pub fn holds(&self, month: Month) -> bool {
        self.first <= month && self.last.is_none_or(|last| month <= last)
    }

    /// Why a month is left out, where it is.
    pub fn exclusion(&self, month: Month) -> Option<&Exclusion> {
        let at = self.exclude.binary_search_by_key(&month, |exclusion| exclusion.month).ok()?;
        self.exclude.get(at)
    }
}
