//! What every rule looks at: the wish, the history and the instant, with what follows from them alone.

use jiff::Timestamp;

use crate::backfill::Backfill;
use crate::history::{History, MonthFacts};
use crate::month::Month;
use crate::range::MonthRange;
use crate::rules::survey::{self, Look};
use crate::schedule::Schedule;
use crate::ticks::Tick;

/// One schedule at one instant.
pub(crate) struct Scene<'a> {
    pub(crate) schedule: &'a Schedule,
    pub(crate) history: &'a History,
    /// In the order in which they were asked for.
    pub(crate) backfills: Vec<&'a Backfill>,
    pub(crate) now: Timestamp,
    /// The last tick; none where ticks make nothing due.
    pub(crate) tick: Option<Tick>,
    /// The newest month that the ticks have made due, whatever the schedule's first and last.
    pub(crate) reach: Option<Month>,
    /// The months that are due, excluded ones among them.
    pub(crate) due: Option<MonthRange>,
    /// The newest due month that is not excluded.
    pub(crate) newest: Option<Month>,
    /// The next look at the store.
    pub(crate) look: Look,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(schedule: &'a Schedule, backfills: &'a [Backfill], history: &'a History, now: Timestamp) -> Self {
        let mut backfills: Vec<&Backfill> = backfills.iter().collect();
        backfills.sort_by(|a, b| (a.created(), a.name()).cmp(&(b.created(), b.name())));
        let tick = schedule.previous_tick(now);
        let reach = tick.and_then(|tick| schedule.month_of(tick));
        let due = reach.and_then(|reach| schedule.due_up_to(reach));
        let tick = tick.filter(|_| schedule.follows_ticks());
        let newest = due.and_then(|due| due.months().rev().find(|&month| schedule.exclusion(month).is_none()));
        let mut scene = Self { schedule, history, backfills, now, tick, reach, due, newest, look: Look::default() };
        scene.look = survey::look(&scene);
        scene
    }

    pub(crate) fn facts(&self, month: Month) -> Option<&'a MonthFacts> {
        self.history.facts(month)
    }

    pub(crate) fn is_due(&self, month: Month) -> bool {
        self.due.is_some_and(|due| due.contains(month))
    }

    /// When the store was last looked at for what the schedule is now; none where that is yet to be done.
    pub(crate) fn surveyed(&self) -> Option<Timestamp> {
        let last = self.history.surveys.last.as_ref()?;
        (last.task == self.schedule.task()).then_some(last.at)
    }
}
