//! Order and equality as DuckDB has them: NaN equals itself and is above everything, -0.0 equals 0.0, text goes by its bytes, an interval
//! counts its months as 30 days.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, TimestampMicrosecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, new_null_array};
use arrow_schema::DataType;

use super::{interval, map};
use crate::evaluate::Failure;
use crate::parse::tree::Comparison;
use crate::types::Type;
use crate::value::Value;

/// Two values of a type in order; `None` for a row where either is null.
type Order<'a> = Box<dyn Fn(usize) -> Option<Ordering> + 'a>;

trait Ordered: Copy {
    fn order(self, other: Self) -> Ordering;
}

macro_rules! ordered_by_cmp {
    ($($native:ty),*) => {$(
        impl Ordered for $native {
            fn order(self, other: Self) -> Ordering {
                self.cmp(&other)
            }
        }
    )*};
}
ordered_by_cmp!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

macro_rules! ordered_floats {
    ($($native:ty),*) => {$(
        impl Ordered for $native {
            fn order(self, other: Self) -> Ordering {
                self.partial_cmp(&other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
        }
    )*};
}
ordered_floats!(f32, f64);

impl Ordered for IntervalMonthDayNano {
    fn order(self, other: Self) -> Ordering {
        interval::length(self).cmp(&interval::length(other))
    }
}

fn primitive<'a, T: ArrowPrimitiveType>(left: &'a Value, right: &'a Value) -> Order<'a>
where
    T::Native: Ordered,
{
    let (left, right) = (left.numbers::<T>(), right.numbers::<T>());
    Box::new(move |row| Some(left.get(row)?.order(right.get(row)?)))
}

fn order<'a>(r#type: Type, left: &'a Value, right: &'a Value) -> Order<'a> {
    match r#type {
        Type::Null => Box::new(|_| None),
        Type::Boolean => {
            let (left, right) = (left.truths(), right.truths());
            Box::new(move |row| Some(left.get(row)?.cmp(&right.get(row)?)))
        }
        Type::Varchar => {
            let (left, right) = (left.text(), right.text());
            Box::new(move |row| Some(left.get(row)?.cmp(right.get(row)?)))
        }
        Type::TinyInt => primitive::<Int8Type>(left, right),
        Type::SmallInt => primitive::<Int16Type>(left, right),
        Type::Integer => primitive::<Int32Type>(left, right),
        Type::BigInt => primitive::<Int64Type>(left, right),
        Type::HugeInt | Type::Decimal(..) => primitive::<Decimal128Type>(left, right),
        Type::UTinyInt => primitive::<UInt8Type>(left, right),
        Type::USmallInt => primitive::<UInt16Type>(left, right),
        Type::UInteger => primitive::<UInt32Type>(left, right),
        Type::UBigInt => primitive::<UInt64Type>(left, right),
        Type::Float => primitive::<Float32Type>(left, right),
        Type::Double => primitive::<Float64Type>(left, right),
        Type::Date => primitive::<Date32Type>(left, right),
        Type::Timestamp | Type::TimestampTz => primitive::<TimestampMicrosecondType>(left, right),
        Type::Interval => primitive::<IntervalMonthDayNanoType>(left, right),
    }
}

fn column(rows: usize, truth: impl Fn(usize) -> Option<bool>) -> ArrayRef {
    Arc::new((0..rows).map(truth).collect::<BooleanArray>())
}

pub(crate) fn compare(how: Comparison, r#type: Type, args: &[Value], rows: usize) -> ArrayRef {
    let order = order(r#type, &args[0], &args[1]);
    let (left, right) = (args[0].nulls(rows), args[1].nulls(rows));
    let is_null =
        |nulls: &Option<arrow_buffer::NullBuffer>, row| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    let distinct = |row: usize| match (is_null(&left, row), is_null(&right, row)) {
        (true, true) => false,
        (false, false) => order(row) != Some(Ordering::Equal),
        _ => true,
    };
    match how {
        Comparison::Equal => column(rows, |row| order(row).map(Ordering::is_eq)),
        Comparison::NotEqual => column(rows, |row| order(row).map(Ordering::is_ne)),
        Comparison::Less => column(rows, |row| order(row).map(Ordering::is_lt)),
        Comparison::LessOrEqual => column(rows, |row| order(row).map(Ordering::is_le)),
        Comparison::Greater => column(rows, |row| order(row).map(Ordering::is_gt)),
        Comparison::GreaterOrEqual => column(rows, |row| order(row).map(Ordering::is_ge)),
        Comparison::Distinct => column(rows, |row| Some(distinct(row))),
        Comparison::NotDistinct => column(rows, |row| Some(!distinct(row))),
    }
}

/// Both bounds belong to it; one bound that fails decides even where the other is null.
pub(crate) fn between(r#type: Type, args: &[Value], rows: usize) -> ArrayRef {
    let (low, high) = (order(r#type, &args[0], &args[1]), order(r#type, &args[0], &args[2]));
    column(rows, |row| match (low(row).map(Ordering::is_ge), high(row).map(Ordering::is_le)) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    })
}

/// Whether the first is one of the others; unknown where it is none of them and one is null.
pub(crate) fn among(r#type: Type, args: &[Value], rows: usize) -> ArrayRef {
    let orders: Vec<Order<'_>> = args[1..].iter().map(|other| order(r#type, &args[0], other)).collect();
    column(rows, |row| {
        let mut unknown = false;
        for order in &orders {
            match order(row) {
                Some(Ordering::Equal) => return Some(true),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(false)
    })
}

/// The first of the greatest (or least) arguments that are not null; null where all are.
pub(crate) fn extreme(wanted: Ordering, r#type: Type, args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    if r#type == Type::Null {
        return Ok(new_null_array(&DataType::Null, rows));
    }
    let mut best = args[0].clone();
    for next in &args[1..] {
        let order = order(r#type, next, &best);
        let sources: Vec<(usize, usize)> = (0..rows)
            .map(|row| {
                let better = order(row).map_or(best.is_null(row), |order| order == wanted);
                (usize::from(better), row)
            })
            .collect();
        drop(order);
        let (old, new) = (best.spread(rows)?, next.spread(rows)?);
        best = Value::Each(arrow_select::interleave::interleave(&[old.as_ref(), new.as_ref()], &sources)?);
    }
    // DuckDB orders FLOATs by a key in which zero has no sign
    match r#type {
        Type::Float if args.len() > 1 => map::number1::<Float32Type, Float32Type>(&[best], rows, |float| float + 0.0),
        _ => best.spread(rows),
    }
}
