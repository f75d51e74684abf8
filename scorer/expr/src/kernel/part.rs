//! The parts of dates, timestamps and intervals: what `date_part`, `date_trunc` and `date_diff` name, and what each comes to.

use arrow_array::ArrayRef;
use arrow_array::types::{
    Date32Type, Float64Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, TimestampMicrosecondType,
};
use arrow_schema::DataType;

use super::civil::{Civil, DAY, monday};
use super::map;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Days that a year of an interval counts for, and the quarter day it has besides (DuckDB's constants).
const DAYS_PER_YEAR: i64 = 365;
const SECONDS_PER_DAY: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Quarter,
    Decade,
    Century,
    Millennium,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    Week,
    IsoYear,
    Epoch,
}

impl Part {
    /// DuckDB's names of parts, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "year" | "years" | "yr" | "yrs" | "y" => Self::Year,
            "month" | "months" | "mon" | "mons" => Self::Month,
            "day" | "days" | "d" | "dayofmonth" => Self::Day,
            "hour" | "hours" | "hr" | "hrs" | "h" => Self::Hour,
            "minute" | "minutes" | "min" | "mins" | "m" => Self::Minute,
            "second" | "seconds" | "sec" | "secs" | "s" => Self::Second,
            "millisecond" | "milliseconds" | "ms" | "msec" | "msecs" => Self::Millisecond,
            "microsecond" | "microseconds" | "us" | "usec" | "usecs" => Self::Microsecond,
            "quarter" | "quarters" => Self::Quarter,
            "decade" | "decades" => Self::Decade,
            "century" | "centuries" => Self::Century,
            "millennium" | "millennia" | "millenium" => Self::Millennium,
            "dow" | "dayofweek" | "weekday" => Self::DayOfWeek,
            "isodow" => Self::IsoDayOfWeek,
            "doy" | "dayofyear" => Self::DayOfYear,
            "week" | "weeks" | "w" | "weekofyear" => Self::Week,
            "isoyear" => Self::IsoYear,
            "epoch" => Self::Epoch,
            _ => return None,
        })
    }

    /// Whether an interval has it.
    pub(crate) fn is_of_intervals(self) -> bool {
        !matches!(self, Self::DayOfWeek | Self::IsoDayOfWeek | Self::DayOfYear | Self::Week | Self::IsoYear)
    }

    fn of_moment(self, Moment { days, clock }: Moment) -> i64 {
        let civil = || Civil::of_days(days);
        match self {
            Self::Year => civil().year,
            Self::Month => civil().month,
            Self::Day => civil().day,
            Self::Hour => clock / HOUR,
            Self::Minute => clock / MINUTE % 60,
            Self::Second => clock / SECOND % 60,
            Self::Millisecond => clock % MINUTE / 1000,
            Self::Microsecond => clock % MINUTE,
            Self::Quarter => (civil().month - 1) / 3 + 1,
            Self::Decade => civil().year / 10,
            Self::Century => grouped(civil().year, 100),
            Self::Millennium => grouped(civil().year, 1000),
            Self::DayOfWeek => civil().iso_weekday() % 7,
            Self::IsoDayOfWeek => civil().iso_weekday(),
            Self::DayOfYear => civil().day_of_year(),
            Self::Week => civil().iso_week().1,
            Self::IsoYear => civil().iso_week().0,
            Self::Epoch => days * SECONDS_PER_DAY + clock / SECOND,
        }
    }

    fn of_interval(self, interval: IntervalMonthDayNano) -> i64 {
        let (months, micros) = (i64::from(interval.months), interval.nanoseconds);
        match self {
            Self::Year => months / 12,
            Self::Month => months % 12,
            Self::Day => i64::from(interval.days),
            Self::Hour => micros / HOUR,
            Self::Minute => micros / MINUTE % 60,
            Self::Second => micros / SECOND % 60,
            Self::Millisecond => micros % MINUTE / 1000,
            Self::Microsecond => micros % MINUTE,
            Self::Quarter => months % 12 / 3 + 1,
            Self::Decade => months / 120,
            Self::Century => months / 1200,
            Self::Millennium => months / 12_000,
            _ => 0,
        }
    }

    /// The number of this part since some beginning: what `date_diff` takes the difference of; `None` beyond 64 bits.
    fn count(self, Moment { days, clock }: Moment) -> Option<i64> {
        let civil = || Civil::of_days(days);
        let units = |unit: i64| days.checked_mul(DAY / unit)?.checked_add(clock / unit);
        Some(match self {
            Self::Year => civil().year,
            Self::Month => civil().year * 12 + civil().month,
            Self::Quarter => (civil().year * 12 + civil().month - 1) / 3,
            Self::Decade => civil().year / 10,
            Self::Century => civil().year / 100,
            Self::Millennium => civil().year / 1000,
            Self::IsoYear => civil().iso_week().0,
            Self::Week | Self::Day | Self::DayOfWeek | Self::IsoDayOfWeek | Self::DayOfYear => days,
            Self::Hour => return units(HOUR),
            Self::Minute => return units(MINUTE),
            Self::Second | Self::Epoch => return units(SECOND),
            Self::Millisecond => return units(1000),
            Self::Microsecond => return units(1),
        })
    }

    /// The first moment of the part that a timestamp lies in.
    fn start(self, micros: i64) -> i64 {
        let Civil { year, month, .. } = Civil::of_micros(micros);
        let first = |year, month| Civil { year, month, day: 1 }.to_days() * DAY;
        match self {
            Self::Year => first(year, 1),
            Self::Month => first(year, month),
            Self::Quarter => first(year, (month - 1) / 3 * 3 + 1),
            Self::Decade => first(year / 10 * 10, 1),
            Self::Century => first(year / 100 * 100, 1),
            Self::Millennium => first(year / 1000 * 1000, 1),
            Self::Week => monday(micros.div_euclid(DAY)) * DAY,
            Self::IsoYear => {
                let fourth = Civil { year: Civil::of_micros(micros).iso_week().0, month: 1, day: 4 };
                monday(fourth.to_days()) * DAY
            }
            Self::Day | Self::DayOfWeek | Self::IsoDayOfWeek | Self::DayOfYear => cut(micros, DAY),
            Self::Hour => cut(micros, HOUR),
            Self::Minute => cut(micros, MINUTE),
            Self::Second | Self::Epoch => cut(micros, SECOND),
            Self::Millisecond => cut(micros, 1000),
            Self::Microsecond => micros,
        }
    }
}

/// A day since 1970-01-01 and the microseconds of its clock.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) days: i64,
    pub(super) clock: i64,
}

/// The moments of dates or timestamps, whatever they are where a row is null.
pub(super) fn moments(value: &Value) -> Box<dyn Fn(usize) -> Moment + '_> {
    if *value.array().data_type() == DataType::Date32 {
        let days = value.numbers::<Date32Type>();
        return Box::new(move |row| Moment { days: days.raw(row).into(), clock: 0 });
    }
    let micros = value.numbers::<TimestampMicrosecondType>();
    Box::new(move |row| {
        let micros = micros.raw(row);
        Moment { days: micros.div_euclid(DAY), clock: micros.rem_euclid(DAY) }
    })
}

fn cut(micros: i64, unit: i64) -> i64 {
    micros.div_euclid(unit) * unit
}

/// Centuries and millennia count from 1, and downwards from -1 before our era.
fn grouped(year: i64, size: i64) -> i64 {
    if year > 0 { (year - 1) / size + 1 } else { year / size - 1 }
}

/// The part that the first argument, a literal, names; binding has seen that it names one.
fn named(args: &[Value]) -> Part {
    args[0].text().get(0).and_then(Part::named).unwrap_or(Part::Day)
}

/// `date_part(part, date or timestamp)`, any part but the epoch.
pub(crate) fn of_time(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (part, moments) = (named(args), moments(&args[1]));
    map::numbers::<Int64Type>(&args[1..], rows, |row| Ok(part.of_moment(moments(row))))
}

/// `date_part(part, interval)`, any part but the epoch.
pub(crate) fn of_interval(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let part = named(args);
    map::number1::<IntervalMonthDayNanoType, Int64Type>(&args[1..], rows, |interval| part.of_interval(interval))
}

/// Seconds since 1970-01-01.
pub(crate) fn epoch_of_timestamp(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<TimestampMicrosecondType, Float64Type>(args, rows, |micros| micros as f64 / SECOND as f64)
}

/// Seconds since 1970-01-01 of a timestamp with a zone, which DuckDB adds up from milliseconds and the rest.
pub(crate) fn epoch_of_zoned(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<TimestampMicrosecondType, Float64Type>(args, rows, |micros| {
        micros.div_euclid(1000) as f64 / 1000.0 + micros.rem_euclid(1000) as f64 / SECOND as f64
    })
}

/// Seconds since 1970-01-01.
pub(crate) fn epoch_of_date(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<Date32Type, Float64Type>(args, rows, |days| (i64::from(days) * SECONDS_PER_DAY) as f64)
}

/// Seconds of an interval: a year has 365.25 days, a month that is none of a year 30.
pub(crate) fn epoch_of_interval(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<IntervalMonthDayNanoType, Float64Type>(args, rows, |interval| {
        let (years, months) = (i64::from(interval.months / 12), i64::from(interval.months % 12));
        let days = years * DAYS_PER_YEAR + months * super::civil::DAYS_PER_MONTH + i64::from(interval.days);
        let seconds = days * SECONDS_PER_DAY + years * (SECONDS_PER_DAY / 4);
        seconds as f64 + interval.nanoseconds as f64 / SECOND as f64
    })
}

/// `date_trunc(part, timestamp)`
pub(crate) fn truncate(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let part = named(args);
    map::number1::<TimestampMicrosecondType, TimestampMicrosecondType>(&args[1..], rows, |micros| part.start(micros))
}

/// `date_diff(part, from, to)`: how many beginnings of the part lie between.
pub(crate) fn difference(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (part, from, to) = (named(args), moments(&args[1]), moments(&args[2]));
    map::numbers::<Int64Type>(&args[1..], rows, |row| {
        let (from, to) = (part.count(from(row)), part.count(to(row)));
        let difference = from.zip(to).and_then(|(from, to)| to.checked_sub(from));
        // DuckDB counts weeks by sevens of days, not by their Mondays
        let difference = difference.map(|days| if part == Part::Week { days / 7 } else { days });
        difference.ok_or_else(|| Problem::out_of_range("the difference of two dates"))
    })
}
