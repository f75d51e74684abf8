//! Values of one type as values of another, by DuckDB's rules: floats round half to even, texts are read leniently, what does not fit is
//! an error or, for `TRY_CAST`, a null.

mod moment;
mod number;
mod text;

use arrow_array::types::{Date32Type, IntervalMonthDayNanoType, TimestampMicrosecondType};
use arrow_array::{ArrayRef, new_null_array};

use crate::evaluate::Failure;
use crate::kernel::civil::{self, DAY};
use crate::kernel::{map, print};
use crate::parse::tree::CastFailure;
use crate::problem::Problem;
use crate::types::Type;
use crate::value::Value;

pub(crate) use text::read_interval;

/// Whether there is a cast at all.
pub(crate) fn is_possible(from: Type, to: Type) -> bool {
    let plain = |r#type: Type| r#type.is_number() || r#type == Type::Boolean;
    match (from, to) {
        _ if from == to => true,
        (_, Type::Decimal(..)) => false,
        (Type::Null | Type::Varchar, _) | (_, Type::Varchar) => true,
        _ if plain(from) && plain(to) => true,
        _ => from.is_time() && to.is_time(),
    }
}

/// Whether every value can be cast.
pub(crate) fn always_works(from: Type, to: Type) -> bool {
    match (from, to) {
        _ if from == to => true,
        (Type::Null, _) | (_, Type::Varchar | Type::Boolean | Type::Double) => {
            from != Type::Varchar || to == Type::Varchar
        }
        (Type::Timestamp, Type::TimestampTz) | (Type::TimestampTz, Type::Timestamp) => true,
        _ => from.integer().is_some() && crate::types::implicit_cost(from, to).is_some(),
    }
}

/// `rows` values of the second type.
pub(crate) fn cast(
    value: &Value,
    rows: usize,
    (from, to): (Type, Type),
    failure: CastFailure,
) -> Result<ArrayRef, Failure> {
    match (from, to) {
        _ if from == to => Ok(value.array().clone()),
        (Type::Null, _) => Ok(new_null_array(&to.physical(), rows)),
        (_, Type::Varchar) => print::print(from, value, rows),
        (Type::Varchar, _) => text::cast(value, rows, to, failure),
        _ if from.is_time() => between_times(value, rows, (from, to), failure),
        _ => number::cast(value, rows, (from, to), failure),
    }
}

/// Failures become nulls where that is what was asked for.
fn settle<T>(result: Result<T, Problem>, failure: CastFailure) -> Result<Option<T>, Problem> {
    match (result, failure) {
        (Ok(value), _) => Ok(Some(value)),
        (Err(_), CastFailure::Null) => Ok(None),
        (Err(problem), CastFailure::Error) => Err(problem),
    }
}

fn between_times(
    value: &Value,
    rows: usize,
    (from, to): (Type, Type),
    failure: CastFailure,
) -> Result<ArrayRef, Failure> {
    let args = std::slice::from_ref(value);
    match (from, to) {
        (Type::Date, _) => {
            let days = value.numbers::<Date32Type>();
            number::collect::<TimestampMicrosecondType>(rows, failure, |row| {
                days.get(row).map(|days| {
                    let micros = i64::from(days).checked_mul(DAY).filter(|micros| civil::is_timestamp(*micros));
                    micros.ok_or_else(|| Problem::cast(print::shown(from, value, row), to))
                })
            })
        }
        (_, Type::Date) => {
            map::number1::<TimestampMicrosecondType, Date32Type>(args, rows, |micros| micros.div_euclid(DAY) as i32)
        }
        _ => Ok(value.array().clone()),
    }
}

/// The text of a literal as a value of a type, for `DATE '…'` and for texts that are compared with something else.
pub(crate) fn read(text: &str, to: Type) -> Result<ArrayRef, Problem> {
    let value = Value::Same(std::sync::Arc::new(arrow_array::StringArray::from(vec![text])));
    cast(&value, 1, (Type::Varchar, to), CastFailure::Error).map_err(|failure| failure.problem)
}

/// An interval for each text.
fn intervals(value: &Value, rows: usize, failure: CastFailure) -> Result<ArrayRef, Failure> {
    let texts = value.text();
    number::collect::<IntervalMonthDayNanoType>(rows, failure, |row| {
        texts.get(row).map(|text| read_interval(text).ok_or_else(|| Problem::cast_text(text, Type::Interval)))
    })
}
