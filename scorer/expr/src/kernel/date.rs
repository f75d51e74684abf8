//! Functions that make dates and timestamps, and those that ask of a date what has a name: its last day, its weekday, its month.

use arrow_array::ArrayRef;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};

use super::civil::{Civil, DAY, days_in_month, is_date, is_timestamp};
use super::map;
use super::part::moments;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `make_date(year, month, day)`
pub(crate) fn make_date(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let parts: Vec<_> = args.iter().map(Value::numbers::<Int64Type>).collect();
    map::numbers::<Date32Type>(args, rows, |row| {
        let (year, month, day) = (parts[0].raw(row), parts[1].raw(row), parts[2].raw(row));
        Civil::checked(year, month, day)
            .and_then(|date| i32::try_from(date.to_days()).ok())
            .ok_or_else(|| Problem::out_of_range(format!("date {year}-{month}-{day}")))
    })
}

/// `make_timestamp(year, month, day, hour, minute, seconds)`: 24:00:00 is the next day's beginning, a second is rounded to microseconds.
pub(crate) fn make_timestamp(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let parts: Vec<_> = args[..5].iter().map(Value::numbers::<Int64Type>).collect();
    let seconds = args[5].numbers::<Float64Type>();
    map::numbers::<TimestampMicrosecondType>(args, rows, |row| {
        let [year, month, day, hour, minute] = [0, 1, 2, 3, 4].map(|part: usize| parts[part].raw(row));
        let seconds = seconds.raw(row);
        let wrong = || Problem::out_of_range(format!("timestamp {year}-{month}-{day} {hour}:{minute}:{seconds}"));
        let date = Civil::checked(year, month, day).ok_or_else(wrong)?;
        let midnight = hour == 24 && minute == 0 && seconds == 0.0;
        let inside = (0..24).contains(&hour) && (0..60).contains(&minute) && (0.0..61.0).contains(&seconds);
        if !inside && !midnight {
            return Err(wrong());
        }
        let clock = (hour * 60 + minute) * 60_000_000 + (seconds * 1e6).round() as i64;
        date.to_days()
            .checked_mul(DAY)
            .and_then(|micros| micros.checked_add(clock))
            .filter(|micros| is_timestamp(*micros))
            .ok_or_else(wrong)
    })
}

/// `make_timestamp(microseconds)`
pub(crate) fn of_microseconds(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<Int64Type, TimestampMicrosecondType>(args, rows, |micros| micros)
}

pub(crate) fn to_microseconds(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<TimestampMicrosecondType, Int64Type>(args, rows, |micros| micros)
}

/// Days from the second date to the first.
pub(crate) fn days_between(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number2::<Date32Type, Date32Type, Int64Type>(args, rows, |a, b| i64::from(a) - i64::from(b))
}

/// `last_day(timestamp)`: the last day of the month.
pub(crate) fn last_day(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let moments = moments(&args[0]);
    map::numbers::<Date32Type>(args, rows, |row| {
        let date = Civil::of_days(moments(row).days);
        let last = Civil { day: days_in_month(date.year, date.month), ..date }.to_days();
        i32::try_from(last)
            .ok()
            .filter(|days| is_date(i64::from(*days)))
            .ok_or_else(|| Problem::out_of_range("last_day"))
    })
}

fn named(args: &[Value], rows: usize, name: impl Fn(Civil) -> &'static str) -> Result<ArrayRef, Failure> {
    let moments = moments(&args[0]);
    map::texts(args, rows, |row, out| {
        out.push_str(name(Civil::of_days(moments(row).days)));
        Ok(())
    })
}

pub(crate) fn dayname(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    named(args, rows, |date| WEEKDAYS[(date.iso_weekday() % 7) as usize])
}

pub(crate) fn monthname(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    named(args, rows, |date| MONTHS[(date.month - 1) as usize])
}
