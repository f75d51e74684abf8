//! When a cron expression fires in a time zone, and which month each firing makes due.
//!
//! The expression is matched against wall-clock times alone, without a zone; only then does the zone say which instant
//! that is. So every wall-clock time that matches fires exactly once, whatever the expression looks like: one that the
//! clocks skip fires at the first instant after the gap, one that they show twice fires the first time. (A cron library's
//! own walk through a zone treats `0 2 * * *` and `0 2,3 * * *` differently there: croner 4, `JobType`.)

use std::fmt;

use croner::Cron;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::month::Month;

/// One firing of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick {
    /// The instant.
    pub at: Timestamp,
    /// The wall-clock time that the expression names; it differs from what the clocks show only in a gap.
    pub local: DateTime,
}

/// A cron expression in a time zone.
#[derive(Clone)]
pub(crate) struct Ticks {
    pub(crate) cron: Cron,
    pub(crate) zone: TimeZone,
}

impl Ticks {
    /// The first tick after an instant; none beyond the years that the calendar holds.
    pub(crate) fn after(&self, now: Timestamp) -> Option<Tick> {
        let local = self.cron.find_next_occurrence(&self.latest_passed(now), false).ok()?;
        self.tick(local)
    }

    /// The last tick at or before an instant.
    pub(crate) fn until(&self, now: Timestamp) -> Option<Tick> {
        let local = self.cron.find_previous_occurrence(&self.latest_passed(now), true).ok()?;
        self.tick(local)
    }

    /// The first tick whose wall-clock time is in a month or after it.
    pub(crate) fn first_in(&self, month: Month) -> Option<Tick> {
        let local = self.cron.find_next_occurrence(&month.first_day().at(0, 0, 0, 0), true).ok()?;
        self.tick(local)
    }

    fn tick(&self, local: DateTime) -> Option<Tick> {
        Some(Tick { at: instant(local, &self.zone)?, local })
    }

    /// The latest wall-clock second whose instant is not after `now`.
    ///
    /// That is what the clocks show, but for the second pass of a repeated hour: there all of the hour has passed.
    fn latest_passed(&self, now: Timestamp) -> DateTime {
        let shown = self.zone.to_datetime(now);
        let AmbiguousOffset::Fold { before, after } = self.zone.to_ambiguous_timestamp(shown).offset() else {
            return shown;
        };
        if self.zone.to_offset(now) != after {
            return shown;
        }
        let first_shown = before.to_timestamp(shown).unwrap_or(now);
        before.to_datetime(change(&self.zone, first_shown, now)).checked_sub(1.second()).unwrap_or(shown)
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The parsed expression holds a bit for every year up to 5000.
        f.debug_struct("Ticks").field("cron", &self.cron.as_str()).field("zone", &self.zone).finish()
    }
}

/// The instant of a wall-clock time: the first one where the clocks show it twice, the first one after where they skip it.
pub(crate) fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let AmbiguousOffset::Gap { before, after } = ambiguous.offset() else { return ambiguous.compatible().ok() };
    // By the offset from after the gap the time lies before the change; by the one from before, at the change or after.
    Some(change(zone, after.to_timestamp(local).ok()?, before.to_timestamp(local).ok()?))
}

/// The one instant, after the first and up to the second, at which the clocks are changed.
///
/// Found by halving, since the transitions that jiff lists miss some: `TimeZone::preceding` leaves out the last one of the
/// zone's data where the rule for the years to come has one before it (jiff 0.2.46, `America/Ciudad_Juarez`, 2022-11-30).
fn change(zone: &TimeZone, after: Timestamp, until: Timestamp) -> Timestamp {
    let offset = zone.to_offset(until);
    let (mut earlier, mut later) = (after.as_second(), until.as_second());
    while later - earlier > 1 {
        let middle = earlier.midpoint(later);
        match Timestamp::from_second(middle) {
            Ok(instant) if zone.to_offset(instant) != offset => earlier = middle,
            _ => later = middle,
        }
    }
    Timestamp::from_second(later).unwrap_or(until)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    fn ticks(cron: &str, zone: &str) -> Ticks {
        Ticks { cron: cron.parse().unwrap(), zone: TimeZoneDatabase::bundled().get(zone).unwrap() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_tick_is_the_wall_clock_of_its_zone() {
        let ticks = ticks("0 3 2 * *", "America/New_York");
        assert_eq!(ticks.after(at("2021-03-01T00:00:00Z")).unwrap().at, at("2021-03-02T08:00:00Z"));
        assert_eq!(ticks.after(at("2021-04-01T00:00:00Z")).unwrap().at, at("2021-04-02T07:00:00Z"));
    }

    #[test]
    fn the_instant_of_a_tick_belongs_to_the_past() {
        let ticks = ticks("0 3 2 * *", "UTC");
        let tick = at("2021-03-02T03:00:00Z");
        assert_eq!(ticks.until(tick).unwrap().at, tick);
        assert_eq!(ticks.after(tick).unwrap().at, at("2021-04-02T03:00:00Z"));
        assert_eq!(ticks.until(at("2021-03-02T02:59:59.999999999Z")).unwrap().at, at("2021-02-02T03:00:00Z"));
    }

    #[test]
    fn a_time_that_the_clocks_skip_fires_when_they_go_on() {
        // 2021-03-28 in Berlin: 02:00 becomes 03:00 at 01:00 UTC.
        for cron in ["30 2 * * *", "*/30 2 * * *"] {
            let ticks = ticks(cron, "Europe/Berlin");
            let tick = ticks.after(at("2021-03-28T00:00:00Z")).unwrap();
            assert_eq!(tick.at, at("2021-03-28T01:00:00Z"), "{cron}");
            assert_eq!(ticks.until(tick.at).unwrap().local.date().to_string(), "2021-03-28", "{cron}");
            assert_eq!(ticks.after(tick.at).unwrap().local.date().to_string(), "2021-03-29", "{cron}");
        }
    }

    #[test]
    fn a_time_that_comes_twice_fires_the_first_time() {
        // 2021-10-31 in Berlin: 03:00 becomes 02:00 at 01:00 UTC.
        for cron in ["30 2 * * *", "30 2,14 * * *"] {
            let ticks = ticks(cron, "Europe/Berlin");
            let tick = ticks.after(at("2021-10-30T22:00:00Z")).unwrap();
            assert_eq!(tick.at, at("2021-10-31T00:30:00Z"), "{cron}");
            for later in ["2021-10-31T01:00:00Z", "2021-10-31T01:15:00Z", "2021-10-31T01:45:00Z"] {
                assert_eq!(ticks.until(at(later)).unwrap(), tick, "{cron} {later}");
                assert!(ticks.after(at(later)).unwrap().at > at("2021-10-31T02:00:00Z"), "{cron} {later}");
            }
        }
    }

    #[test]
    fn a_day_that_a_zone_skips_fires_as_the_next_begins() {
        // Samoa went from 2011-12-29 to 2011-12-31.
        let ticks = ticks("0 3 30 * *", "Pacific/Apia");
        let tick = ticks.after(at("2011-12-29T12:00:00Z")).unwrap();
        assert_eq!(tick.at, at("2011-12-30T10:00:00Z"));
        assert_eq!(ticks.until(tick.at), Some(tick));
        assert_eq!(ticks.until(at("2011-12-30T09:59:59Z")).unwrap().local.date().to_string(), "2011-11-30");
    }
}
