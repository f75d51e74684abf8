//! A column as it comes from a table, made into the one physical form that kernels know for its SQL type.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};
use std::sync::Arc;

use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::types::Type;

/// Text as plain UTF-8 with 32-bit offsets, timestamps in microseconds without a zone, everything else as it is.
pub(crate) fn plain(column: &ArrayRef) -> Result<ArrayRef, Failure> {
    match column.data_type() {
        DataType::Dictionary(..) | DataType::LargeUtf8 | DataType::Utf8View => {
            Ok(arrow_cast::cast(column, &DataType::Utf8)?)
        }
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => microseconds::<TimestampSecondType>(column, |second| second.checked_mul(1_000_000)),
            TimeUnit::Millisecond => microseconds::<TimestampMillisecondType>(column, |milli| milli.checked_mul(1000)),
            TimeUnit::Microsecond => microseconds::<TimestampMicrosecondType>(column, Some),
            TimeUnit::Nanosecond => microseconds::<TimestampNanosecondType>(column, |nano| Some(nano.div_euclid(1000))),
        },
        _ => Ok(column.clone()),
    }
}

/// Arrow gives a new decimal array a scale of its own; that of a HUGEINT is 0.
pub(crate) fn scaled(array: ArrayRef, r#type: Type) -> ArrayRef {
    if r#type != Type::HugeInt {
        return array;
    }
    Arc::new(array.as_primitive::<Decimal128Type>().clone().with_data_type(r#type.physical()))
}

/// A column that is a whole expression by itself: text becomes plain, everything else stays as it is.
pub(crate) fn bare_type(data_type: &DataType) -> DataType {
    match Type::of_column(data_type) {
        Some(Type::Varchar) => DataType::Utf8,
        _ => data_type.clone(),
    }
}

fn microseconds<T: ArrowPrimitiveType<Native = i64>>(
    column: &ArrayRef,
    convert: impl Fn(i64) -> Option<i64>,
) -> Result<ArrayRef, Failure> {
    let column = column.as_primitive::<T>();
    let mut values = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        let value = column.value(row);
        match convert(value) {
            Some(micros) => values.push(micros),
            None if column.is_null(row) => values.push(0),
            None => return Err(Failure { row, problem: Problem::out_of_range(format!("timestamp {value}")) }),
        }
    }
    let nulls = column.nulls().cloned();
    Ok(Arc::new(PrimitiveArray::<TimestampMicrosecondType>::new(values.into(), nulls)))
}
