//! `+ - * / // %` and the sign: integers fail where the result leaves their type, `//` and `%` of integers and `//` of floats fail at
//! zero, `/` and the rest of float arithmetic go on with infinities and NaN.

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use arrow_array::{ArrayRef, ArrowNativeTypeOp};
use std::fmt::Display;

use super::map;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

/// Where a result does not fit, with the name DuckDB has for integers of this width.
fn overflow<N: Display>(a: N, sign: &str, b: N, bytes: usize) -> Problem {
    Problem::Overflow { operation: format!("{a} {sign} {b}"), r#type: format!("a {}-bit integer", bytes * 8) }
}

macro_rules! checked {
    ($($name:ident, $sign:literal, $method:ident);* $(;)?) => {$(
        pub(crate) fn $name<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
        where
            T::Native: ArrowNativeTypeOp + Display,
        {
            let (a, b) = (args[0].numbers::<T>(), args[1].numbers::<T>());
            map::numbers::<T>(args, rows, |row| {
                let (a, b) = (a.raw(row), b.raw(row));
                a.$method(b).map_err(|_| overflow(a, $sign, b, size_of::<T::Native>()))
            })
        }
    )*};
}
checked! {
    add, "+", add_checked;
    subtract, "-", sub_checked;
    multiply, "*", mul_checked;
}

macro_rules! divided {
    ($($name:ident, $sign:literal, $method:ident);* $(;)?) => {$(
        pub(crate) fn $name<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
        where
            T::Native: ArrowNativeTypeOp + Display,
        {
            let (a, b) = (args[0].numbers::<T>(), args[1].numbers::<T>());
            map::numbers::<T>(args, rows, |row| {
                let (a, b) = (a.raw(row), b.raw(row));
                if b.is_zero() {
                    return Err(Problem::DivisionByZero);
                }
                a.$method(b).map_err(|_| overflow(a, $sign, b, size_of::<T::Native>()))
            })
        }
    )*};
}
divided! {
    quotient, "//", div_checked;
    remainder, "%", mod_checked;
}

pub(crate) fn negate<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: ArrowNativeTypeOp + Display,
{
    let a = args[0].numbers::<T>();
    map::numbers::<T>(args, rows, |row| {
        let a = a.raw(row);
        T::Native::ZERO.sub_checked(a).map_err(|_| Problem::Overflow {
            operation: format!("-({a})"),
            r#type: format!("a {}-bit integer", size_of::<T::Native>() * 8),
        })
    })
}

/// The argument itself.
#[expect(clippy::unnecessary_wraps, reason = "it stands among kernels that can fail")]
pub(crate) fn itself(args: &[Value], _rows: usize) -> Result<ArrayRef, Failure> {
    Ok(args[0].array().clone())
}

macro_rules! float {
    ($($name:ident<$kind:ty>: $f:expr);* $(;)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            map::number2::<$kind, $kind, $kind>(args, rows, $f)
        }
    )*};
}
float! {
    add_f32<Float32Type>: |a, b| a + b;
    add_f64<Float64Type>: |a, b| a + b;
    subtract_f32<Float32Type>: |a, b| a - b;
    subtract_f64<Float64Type>: |a, b| a - b;
    multiply_f32<Float32Type>: |a, b| a * b;
    multiply_f64<Float64Type>: |a, b| a * b;
    divide_f32<Float32Type>: |a, b| a / b;
    divide_f64<Float64Type>: |a, b| a / b;
    remainder_f32<Float32Type>: |a, b| a % b;
    remainder_f64<Float64Type>: |a, b| a % b;
}

macro_rules! float_quotient {
    ($($name:ident<$kind:ty>);* $(;)?) => {$(
        /// DuckDB 2.0.0 divides floats by `//` as by `/`, but for zero.
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            let (a, b) = (args[0].numbers::<$kind>(), args[1].numbers::<$kind>());
            map::numbers::<$kind>(args, rows, |row| {
                if b.raw(row) == 0.0 { Err(Problem::DivisionByZero) } else { Ok(a.raw(row) / b.raw(row)) }
            })
        }
    )*};
}
float_quotient! {
    quotient_f32<Float32Type>;
    quotient_f64<Float64Type>;
}

pub(crate) fn negate_f32(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<Float32Type, Float32Type>(args, rows, |a| -a)
}

pub(crate) fn negate_f64(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    map::number1::<Float64Type, Float64Type>(args, rows, |a| -a)
}
