//! Time in every zone there is: months partition it, and each wall-clock time that a cron expression names fires once.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use scoring_plan::{Month, RawSchedule, Schedule};

fn zones() -> Vec<(String, TimeZone)> {
    let database = TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    names.into_iter().filter_map(|name| Some((name.clone(), database.get(&name).ok()?))).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn months_partition_time_in_every_zone() {
    let zones = zones();
    assert!(zones.len() > 400, "only {} zones are bundled", zones.len());
    for (name, zone) in &zones {
        let mut month = Month::new(1970, 1).expect("a month");
        let mut start = month.start(zone).expect("an instant");
        while month.year() <= 2100 {
            assert_eq!(Month::of(zone.to_datetime(start).date()), Some(month), "{name}: {month} begins in it");
            let before = zone.to_datetime(start - 1.nanosecond());
            assert_eq!(Month::of(before.date()), month.previous(), "{name}: what comes before {month}");
            let next = month.next().and_then(|next| next.start(zone)).expect("an instant");
            assert!(next > start, "{name}: {month} ends before it begins");
            assert_eq!(
                Month::of(zone.to_datetime(next - 1.nanosecond()).date()),
                Some(month),
                "{name}: {month} ends in it"
            );
            (month, start) = (month.next().expect("a month"), next);
        }
    }
}

/// The minutes and hours of a cron expression, as text and as what they mean.
struct Fields {
    text: &'static str,
    holds: fn(i8) -> bool,
}

const MINUTES: [Fields; 5] = [
    Fields { text: "0", holds: |minute| minute == 0 },
    Fields { text: "30", holds: |minute| minute == 30 },
    Fields { text: "59", holds: |minute| minute == 59 },
    Fields { text: "*/20", holds: |minute| minute % 20 == 0 },
    Fields { text: "7-8,50", holds: |minute| matches!(minute, 7 | 8 | 50) },
];

const HOURS: [Fields; 10] = [
    Fields { text: "0", holds: |hour| hour == 0 },
    Fields { text: "1", holds: |hour| hour == 1 },
    Fields { text: "2", holds: |hour| hour == 2 },
    Fields { text: "3", holds: |hour| hour == 3 },
    Fields { text: "23", holds: |hour| hour == 23 },
    Fields { text: "*", holds: |_| true },
    Fields { text: "*/2", holds: |hour| hour % 2 == 0 },
    Fields { text: "1-3", holds: |hour| (1..=3).contains(&hour) },
    Fields { text: "2,14", holds: |hour| matches!(hour, 2 | 14) },
    Fields { text: "22-23,0-4", holds: |hour| hour >= 22 || hour <= 4 },
];

/// A few days around a change of the clocks.
struct Window {
    zone: String,
    from: Timestamp,
    to: Timestamp,
    /// Every minute that the clocks show or skip, with the instant at which they first show it or go on beyond it.
    minutes: Vec<(DateTime, Timestamp)>,
}

impl Window {
    /// Watches the clocks minute by minute: each wall-clock minute comes when they first show it, or something later.
    fn around(name: &str, zone: &TimeZone, change: Timestamp) -> Self {
        let (from, to) = (change - SignedDuration::from_hours(30), change + SignedDuration::from_hours(30));
        let mut minutes = Vec::new();
        let mut next = zone.to_datetime(from) + 1.minute();
        let mut instant = from;
        while instant < to {
            instant += 1.minute();
            let shown = zone.to_datetime(instant);
            while next <= shown {
                minutes.push((next, instant));
                next += 1.minute();
            }
        }
        Self { zone: name.to_owned(), from, to, minutes }
    }

    /// Compares one expression's ticks with what was watched.
    fn check(&self, minute: &Fields, hour: &Fields) {
        let cron = format!("{} {} * * *", minute.text, hour.text);
        let named = |local: &DateTime| (minute.holds)(local.minute()) && (hour.holds)(local.hour());
        let expected: BTreeSet<Timestamp> =
            self.minutes.iter().filter(|(local, _)| named(local)).map(|(_, instant)| *instant).collect();
        let schedule = schedule(&cron, &self.zone);
        let mut found = BTreeSet::new();
        let mut now = self.from;
        while let Some(tick) = schedule.next_tick(now).filter(|tick| tick.at <= self.to) {
            assert!(tick.at > now, "{cron} in {}: {} does not follow {now}", self.zone, tick.at);
            assert_eq!(schedule.previous_tick(tick.at).map(|tick| tick.at), Some(tick.at), "{cron} in {}", self.zone);
            let before = schedule.previous_tick(tick.at - 1.nanosecond()).expect("a tick");
            assert!(
                before.at < tick.at && (found.is_empty() || before.at == now),
                "{cron} in {} before {}",
                self.zone,
                tick.at
            );
            found.insert(tick.at);
            now = tick.at;
        }
        assert_eq!(found, expected, "{cron} in {} from {}", self.zone, self.from);
    }
}

fn schedule(cron: &str, zone: &str) -> Schedule {
    let raw = RawSchedule {
        cron: cron.to_owned(),
        zone: zone.to_owned(),
        first: "1990-01".to_owned(),
        task: "model-1".to_owned(),
        ..RawSchedule::default()
    };
    Schedule::new(&raw).expect("a schedule")
}

/// Every change of the clocks from 2000 to 2050, once for all zones that do the same at the same instant; found by
/// looking every few days, not from the zone's own list.
fn changes() -> Vec<(String, TimeZone, Timestamp)> {
    // No zone changes its clocks twice within five days.
    const DAYS: i64 = 5 * 86_400;
    let (first, last) = (at("2000-01-01T00:00:00Z").as_second(), at("2051-01-01T00:00:00Z").as_second());
    let instant = |second| Timestamp::from_second(second).expect("an instant");
    let mut seen = BTreeSet::new();
    let mut changes = Vec::new();
    for (name, zone) in zones() {
        for day in (first..last).step_by(DAYS as usize) {
            let (before, after) = (zone.to_offset(instant(day)), zone.to_offset(instant(day + DAYS)));
            if before == after {
                continue;
            }
            let first = |mut seconds: std::iter::StepBy<std::ops::RangeInclusive<i64>>| {
                seconds.find(|&second| zone.to_offset(instant(second)) == after).expect("the change")
            };
            let hour = first((day..=day + DAYS).step_by(3600));
            let change = instant(first((hour - 3600..=hour).step_by(60)));
            if seen.insert((change, before, after)) {
                changes.push((name.clone(), zone.clone(), change));
            }
        }
    }
    changes
}

fn check_every(step: usize) {
    let changes = changes();
    assert!(changes.len() > 2000, "only {} changes", changes.len());
    for (name, zone, change) in changes.iter().step_by(step) {
        let window = Window::around(name, zone, *change);
        for minute in &MINUTES {
            for hour in &HOURS {
                window.check(minute, hour);
            }
        }
    }
}

#[test]
fn each_named_time_fires_once_at_a_change_of_the_clocks() {
    check_every(100);
}

/// `cargo test --release -p scoring-plan --test time -- --ignored`
#[test]
#[ignore = "takes minutes: every change of the clocks, and 50 expressions at each"]
fn each_named_time_fires_once_at_every_change_of_the_clocks() {
    check_every(1);
}
