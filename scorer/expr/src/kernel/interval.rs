//! Intervals of months, days and microseconds. Arrow's type says nanoseconds; the field holds microseconds while an expression is worked
//! on, so that it reaches over all timestamps.

use arrow_array::ArrayRef;
use arrow_array::types::{
    Date32Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, TimestampMicrosecondType,
};

use super::civil::{self, DAY, DAYS_PER_MONTH};
use super::map;
use super::part::{Moment, moments};
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::types::Type;
use crate::value::Value;

type Span = IntervalMonthDayNano;

/// Months, days and microseconds.
pub(crate) fn span(months: i32, days: i32, micros: i64) -> Span {
    Span::new(months, days, micros)
}

/// Microseconds, a month being 30 days; what comparisons go by.
pub(crate) fn length(interval: Span) -> i128 {
    let days = i128::from(interval.months) * i128::from(DAYS_PER_MONTH) + i128::from(interval.days);
    days * i128::from(DAY) + i128::from(interval.nanoseconds)
}

fn overflow(what: &str) -> Problem {
    Problem::overflow(what, Type::Interval)
}

fn sum(left: Span, right: Span) -> Option<Span> {
    Some(span(
        left.months.checked_add(right.months)?,
        left.days.checked_add(right.days)?,
        left.nanoseconds.checked_add(right.nanoseconds)?,
    ))
}

fn opposite(interval: Span) -> Option<Span> {
    Some(span(interval.months.checked_neg()?, interval.days.checked_neg()?, interval.nanoseconds.checked_neg()?))
}

fn two(args: &[Value], rows: usize, f: impl Fn(Span, Span) -> Option<Span>) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<IntervalMonthDayNanoType>(), args[1].numbers::<IntervalMonthDayNanoType>());
    map::numbers::<IntervalMonthDayNanoType>(args, rows, |row| {
        f(a.raw(row), b.raw(row)).ok_or_else(|| overflow("the sum of two intervals"))
    })
}

pub(crate) fn add(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    two(args, rows, sum)
}

pub(crate) fn subtract(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    two(args, rows, |a, b| sum(a, opposite(b)?))
}

pub(crate) fn negate(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let a = args[0].numbers::<IntervalMonthDayNanoType>();
    map::numbers::<IntervalMonthDayNanoType>(args, rows, |row| {
        opposite(a.raw(row)).ok_or_else(|| overflow("the opposite of an interval"))
    })
}

fn times(interval: Span, factor: i64) -> Option<Span> {
    let part = i32::try_from(factor).ok()?;
    Some(span(
        interval.months.checked_mul(part)?,
        interval.days.checked_mul(part)?,
        interval.nanoseconds.checked_mul(factor)?,
    ))
}

pub(crate) fn multiply(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<IntervalMonthDayNanoType>(), args[1].numbers::<Int64Type>());
    map::numbers::<IntervalMonthDayNanoType>(args, rows, |row| {
        times(a.raw(row), b.raw(row)).ok_or_else(|| overflow("the product of an interval"))
    })
}

pub(crate) fn multiplied(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    multiply(&[args[1].clone(), args[0].clone()], rows)
}

/// Days and the rest of a day between two timestamps.
pub(crate) fn between(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<TimestampMicrosecondType>(), args[1].numbers::<TimestampMicrosecondType>());
    map::numbers::<IntervalMonthDayNanoType>(args, rows, |row| {
        let micros = a.raw(row).checked_sub(b.raw(row)).ok_or_else(|| overflow("the difference of two timestamps"))?;
        let days = i32::try_from(micros / DAY).map_err(|_| overflow("the difference of two timestamps"))?;
        Ok(span(0, days, micros % DAY))
    })
}

/// A timestamp, in microseconds, moved by an interval: first its months, the day cut to the month's last, then days, then microseconds.
pub(crate) fn moved(micros: i64, interval: Span) -> Option<i64> {
    let micros = if interval.months == 0 {
        micros
    } else {
        let date = civil::add_months(micros.div_euclid(DAY), i64::from(interval.months))?;
        date.checked_mul(DAY)?.checked_add(micros.rem_euclid(DAY))?
    };
    micros.checked_add(i64::from(interval.days).checked_mul(DAY)?)?.checked_add(interval.nanoseconds)
}

fn shifted(args: &[Value], rows: usize, change: fn(Span) -> Option<Span>) -> Result<ArrayRef, Failure> {
    let (moments, b) = (moments(&args[0]), args[1].numbers::<IntervalMonthDayNanoType>());
    map::numbers::<TimestampMicrosecondType>(args, rows, |row| {
        let Moment { days, clock } = moments(row);
        let micros = days.checked_mul(DAY).and_then(|micros| micros.checked_add(clock));
        micros
            .and_then(|micros| moved(micros, change(b.raw(row))?))
            .filter(|micros| civil::is_timestamp(*micros))
            .ok_or_else(|| Problem::out_of_range("a timestamp moved by an interval"))
    })
}

/// Date or timestamp and interval.
pub(crate) fn shift(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    shifted(args, rows, Some)
}

/// Interval and date or timestamp.
pub(crate) fn shift_by(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    shift(&[args[1].clone(), args[0].clone()], rows)
}

/// Date or timestamp less interval.
pub(crate) fn shift_back(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    shifted(args, rows, opposite)
}

/// Date and whole days.
pub(crate) fn add_days(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    move_days(args, rows, i32::checked_add)
}

/// Whole days and date.
pub(crate) fn days_added(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    add_days(&[args[1].clone(), args[0].clone()], rows)
}

/// Date less whole days.
pub(crate) fn subtract_days(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    move_days(args, rows, i32::checked_sub)
}

/// The greatest and the least but one of 32 bits are DuckDB's infinite dates.
fn move_days(args: &[Value], rows: usize, f: fn(i32, i32) -> Option<i32>) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<Date32Type>(), args[1].numbers::<arrow_array::types::Int32Type>());
    map::numbers::<Date32Type>(args, rows, |row| {
        f(a.raw(row), b.raw(row))
            .filter(|days| days.unsigned_abs() != i32::MAX.unsigned_abs())
            .ok_or_else(|| Problem::out_of_range("a date moved by days"))
    })
}

fn made(args: &[Value], rows: usize, f: impl Fn(i64) -> Option<Span>) -> Result<ArrayRef, Failure> {
    let a = args[0].numbers::<Int64Type>();
    map::numbers::<IntervalMonthDayNanoType>(args, rows, |row| {
        f(a.raw(row)).ok_or_else(|| overflow(&format!("an interval of {} units", a.raw(row))))
    })
}

fn months(count: i64, each: i64) -> Option<Span> {
    Some(span(i32::try_from(count.checked_mul(each)?).ok()?, 0, 0))
}

fn days(count: i64, each: i64) -> Option<Span> {
    Some(span(0, i32::try_from(count.checked_mul(each)?).ok()?, 0))
}

fn micros(count: i64, each: i64) -> Option<Span> {
    Some(span(0, 0, count.checked_mul(each)?))
}

macro_rules! makers {
    ($($name:ident: $part:ident * $each:expr),* $(,)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            made(args, rows, |count| $part(count, $each))
        }
    )*};
}
makers! {
    to_years: months * 12,
    to_quarters: months * 3,
    to_months: months * 1,
    to_weeks: days * 7,
    to_days: days * 1,
    to_hours: micros * 3_600_000_000,
    to_minutes: micros * 60_000_000,
    to_seconds: micros * 1_000_000,
    to_milliseconds: micros * 1000,
    to_microseconds: micros * 1,
}
