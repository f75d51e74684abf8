//! Casts among numbers and booleans.

use std::fmt::Display;
use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray};

use super::settle;
use crate::column;
use crate::evaluate::Failure;
use crate::kernel::print;
use crate::parse::tree::CastFailure;
use crate::problem::Problem;
use crate::types::Type;
use crate::value::Value;

/// A number on its way from one type to another.
#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Float(f64),
    /// A whole number of units of 10 to the power of minus the scale.
    Decimal(i128, i8),
}

type Source<'a> = Box<dyn Fn(usize) -> Option<Number> + 'a>;

/// A value per row: null where there was none, or where it failed and `failure` allows that.
pub(super) fn collect<T: ArrowPrimitiveType>(
    rows: usize,
    failure: CastFailure,
    f: impl Fn(usize) -> Option<Result<T::Native, Problem>>,
) -> Result<ArrayRef, Failure> {
    let mut values: Vec<Option<T::Native>> = Vec::with_capacity(rows);
    for row in 0..rows {
        let value = f(row).map(|result| settle(result, failure)).transpose().map_err(Failure::at(row))?;
        values.push(value.flatten());
    }
    Ok(Arc::new(PrimitiveArray::<T>::from_iter(values)))
}

fn whole<T: ArrowPrimitiveType>(value: &Value) -> Source<'_>
where
    T::Native: Into<i128>,
{
    let values = value.numbers::<T>();
    Box::new(move |row| values.get(row).map(|value| Number::Whole(value.into())))
}

fn float<T: ArrowPrimitiveType>(value: &Value) -> Source<'_>
where
    T::Native: Into<f64>,
{
    let values = value.numbers::<T>();
    Box::new(move |row| values.get(row).map(|value| Number::Float(value.into())))
}

fn source(from: Type, value: &Value) -> Source<'_> {
    match from {
        Type::Boolean => {
            let truths = value.truths();
            Box::new(move |row| truths.get(row).map(|truth| Number::Whole(truth.into())))
        }
        Type::TinyInt => whole::<Int8Type>(value),
        Type::SmallInt => whole::<Int16Type>(value),
        Type::Integer => whole::<Int32Type>(value),
        Type::BigInt => whole::<Int64Type>(value),
        Type::HugeInt => whole::<Decimal128Type>(value),
        Type::UTinyInt => whole::<UInt8Type>(value),
        Type::USmallInt => whole::<UInt16Type>(value),
        Type::UInteger => whole::<UInt32Type>(value),
        Type::UBigInt => whole::<UInt64Type>(value),
        Type::Float => float::<Float32Type>(value),
        Type::Double => float::<Float64Type>(value),
        Type::Decimal(_, scale) => {
            let values = value.numbers::<Decimal128Type>();
            Box::new(move |row| values.get(row).map(|value| Number::Decimal(value, scale)))
        }
        _ => Box::new(|_| None),
    }
}

impl Number {
    /// The nearest whole number: of floats half goes to the even one, of decimals away from zero.
    fn rounded(self) -> Option<i128> {
        match self {
            Self::Whole(value) => Some(value),
            // 2^127 is the first float that is none of 128 bits
            Self::Float(value) => (value.abs() < 2_f64.powi(127)).then(|| value.round_ties_even() as i128),
            Self::Decimal(value, scale) => {
                let unit = 10_i128.checked_pow(u32::from(scale.unsigned_abs()))?;
                if scale < 0 {
                    return value.checked_mul(unit);
                }
                let (quotient, rest) = (value / unit, value % unit);
                let away = if rest.abs() >= unit - rest.abs() { rest.signum() } else { 0 };
                Some(quotient + away)
            }
        }
    }

    fn double(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Float(value) => value,
            Self::Decimal(value, scale) => value as f64 / 10_f64.powi(scale.into()),
        }
    }

    /// `None` where a finite number would become infinite.
    fn single(self) -> Option<f32> {
        let double = self.double();
        let single = match self {
            Self::Whole(value) => value as f32,
            _ => double as f32,
        };
        (single.is_finite() || !double.is_finite()).then_some(single)
    }

    fn is_zero(self) -> bool {
        match self {
            Self::Whole(value) | Self::Decimal(value, _) => value == 0,
            Self::Float(value) => value == 0.0,
        }
    }
}

/// One cast of a column.
struct Casting<'a> {
    value: &'a Value,
    source: Source<'a>,
    rows: usize,
    from: Type,
    to: Type,
    failure: CastFailure,
}

impl Casting<'_> {
    fn run<T: ArrowPrimitiveType>(&self, f: impl Fn(Number) -> Option<T::Native>) -> Result<ArrayRef, Failure> {
        collect::<T>(self.rows, self.failure, |row| {
            let number = (self.source)(row)?;
            Some(f(number).ok_or_else(|| Problem::cast(print::shown(self.from, self.value, row), self.to)))
        })
    }

    fn whole<T: ArrowPrimitiveType>(&self) -> Result<ArrayRef, Failure>
    where
        T::Native: TryFrom<i128> + Display,
    {
        self.run::<T>(|number| T::Native::try_from(number.rounded()?).ok())
    }
}

/// `rows` values of a number's or boolean's type as values of another such type.
pub(super) fn cast(
    value: &Value,
    rows: usize,
    (from, to): (Type, Type),
    failure: CastFailure,
) -> Result<ArrayRef, Failure> {
    let widening =
        matches!(from.integer(), Some((..=64, _))) && matches!(to, Type::Double | Type::Float | Type::BigInt);
    if widening && super::always_works(from, to) {
        return Ok(arrow_cast::cast(value.array(), &to.physical())?);
    }
    let casting = Casting { value, source: source(from, value), rows, from, to, failure };
    match to {
        Type::Boolean => Ok(Arc::new(
            (0..rows).map(|row| (casting.source)(row).map(|number| !number.is_zero())).collect::<BooleanArray>(),
        )),
        Type::TinyInt => casting.whole::<Int8Type>(),
        Type::SmallInt => casting.whole::<Int16Type>(),
        Type::Integer => casting.whole::<Int32Type>(),
        Type::BigInt => casting.whole::<Int64Type>(),
        Type::UTinyInt => casting.whole::<UInt8Type>(),
        Type::USmallInt => casting.whole::<UInt16Type>(),
        Type::UInteger => casting.whole::<UInt32Type>(),
        Type::UBigInt => casting.whole::<UInt64Type>(),
        Type::HugeInt => casting.whole::<Decimal128Type>().map(|array| column::scaled(array, to)),
        Type::Float => casting.run::<Float32Type>(Number::single),
        _ => casting.run::<Float64Type>(|number| Some(number.double())),
    }
}
