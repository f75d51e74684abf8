//! Functions of numbers: rounding, powers, logarithms, trigonometry, signs. What comes from the C library differs from DuckDB's by at most
//! one unit in the last place, for DuckDB brings its own.

use arrow_array::types::{ArrowPrimitiveType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int32Type};
use arrow_array::{ArrayRef, ArrowNativeTypeOp};
use std::fmt::Display;

use super::map;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

macro_rules! of_one {
    ($($name:ident: $f:expr);* $(;)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            map::number1::<Float64Type, Float64Type>(args, rows, $f)
        }
    )*};
}
of_one! {
    sqrt: f64::sqrt;
    cbrt: f64::cbrt;
    exp: f64::exp;
    ln: f64::ln;
    log10: f64::log10;
    log2: f64::log2;
    sin: f64::sin;
    cos: f64::cos;
    tan: f64::tan;
    asin: f64::asin;
    acos: f64::acos;
    atan: f64::atan;
    cot: |a: f64| 1.0 / a.tan();
    sinh: f64::sinh;
    cosh: f64::cosh;
    tanh: f64::tanh;
    radians: |a: f64| a * (std::f64::consts::PI / 180.0);
    degrees: |a: f64| a * (180.0 / std::f64::consts::PI);
    ceil: f64::ceil;
    floor: f64::floor;
    trunc: f64::trunc;
    round: f64::round;
    abs_f64: f64::abs;
}

macro_rules! of_one_f32 {
    ($($name:ident: $f:expr);* $(;)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            map::number1::<Float32Type, Float32Type>(args, rows, $f)
        }
    )*};
}
of_one_f32! {
    ceil_f32: f32::ceil;
    floor_f32: f32::floor;
    trunc_f32: f32::trunc;
    round_f32: f32::round;
    abs_f32: f32::abs;
}

macro_rules! of_two {
    ($($name:ident: $f:expr);* $(;)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            map::number2::<Float64Type, Float64Type, Float64Type>(args, rows, $f)
        }
    )*};
}
of_two! {
    pow: f64::powf;
    atan2: f64::atan2;
    log_to: |base: f64, a: f64| a.log10() / base.log10();
}

pub(crate) fn pi(_args: &[Value], _rows: usize) -> Result<ArrayRef, Failure> {
    map::numbers::<Float64Type>(&[], 1, |_| Ok(std::f64::consts::PI))
}

pub(crate) fn abs<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: ArrowNativeTypeOp + Display + PartialOrd,
{
    let a = args[0].numbers::<T>();
    map::numbers::<T>(args, rows, |row| {
        let a = a.raw(row);
        let positive = if a < T::Native::ZERO { T::Native::ZERO.sub_checked(a) } else { Ok(a) };
        positive.map_err(|_| beyond::<T>(format!("abs({a})")))
    })
}

/// -1, 0 or 1; 0 for NaN.
pub(crate) fn sign<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: ArrowNativeTypeOp + PartialOrd,
{
    let zero = T::Native::ZERO;
    map::number1::<T, Int8Type>(args, rows, |a| i8::from(a > zero) - i8::from(a < zero))
}

pub(crate) fn is_nan(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let a = args[0].numbers::<Float64Type>();
    map::truths(args, rows, |row| Ok(a.raw(row).is_nan()))
}

pub(crate) fn is_infinite(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let a = args[0].numbers::<Float64Type>();
    map::truths(args, rows, |row| Ok(a.raw(row).is_infinite()))
}

pub(crate) fn is_finite(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let a = args[0].numbers::<Float64Type>();
    map::truths(args, rows, |row| Ok(a.raw(row).is_finite()))
}

/// What 10 to the power of `digits` does to a number and back: `f` sees the number with the wanted digit before the point. The second
/// value says whether the power, or what became of the number, got infinite on the way.
fn at_digit(value: f64, digits: i32, f: impl Fn(f64) -> f64) -> (f64, bool) {
    let power = 10_f64.powf(f64::from(digits.unsigned_abs()));
    let result = if digits < 0 { f(value / power) * power } else { f(value * power) / power };
    (result, result.is_finite())
}

fn rounded(value: f64, digits: i32) -> f64 {
    match at_digit(value, digits, f64::round) {
        (result, true) => result,
        (_, false) if digits < 0 && value.is_finite() => 0.0,
        _ => value,
    }
}

fn truncated(value: f64, digits: i32) -> f64 {
    match at_digit(value, digits, f64::trunc) {
        (result, true) => result,
        _ => value,
    }
}

macro_rules! to_digit {
    ($($name:ident<$kind:ty>: $f:expr);* $(;)?) => {$(
        pub(crate) fn $name(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
            map::number2::<$kind, Int32Type, $kind>(args, rows, $f)
        }
    )*};
}
to_digit! {
    round_to<Float64Type>: rounded;
    round_to_f32<Float32Type>: |a, digits| rounded(f64::from(a), digits) as f32;
    trunc_to<Float64Type>: truncated;
    trunc_to_f32<Float32Type>: |a, digits| truncated(f64::from(a), digits) as f32;
}

/// An integer rounded to tens, hundreds and so on, half away from zero.
pub(crate) fn round_integer<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    at_tens::<T>(args, rows, |a, unit| {
        let cut = a % unit;
        let away = if cut.abs() >= unit - cut.abs() { unit * cut.signum() } else { 0 };
        (a - cut).checked_add(away)
    })
}

/// An integer cut to tens, hundreds and so on.
pub(crate) fn trunc_integer<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    at_tens::<T>(args, rows, |a, unit| Some(a - a % unit))
}

fn at_tens<T: ArrowPrimitiveType>(
    args: &[Value],
    rows: usize,
    f: impl Fn(i128, i128) -> Option<i128>,
) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    let (a, digits) = (args[0].numbers::<T>(), args[1].numbers::<Int32Type>());
    map::numbers::<T>(args, rows, |row| {
        let (a, digits) = (a.raw(row), digits.raw(row));
        let result = match digits {
            0.. => Some(a.into()),
            // beyond 38 digits nothing is left of 128 bits
            _ => 10_i128.checked_pow(digits.unsigned_abs()).map_or(Some(0), |unit| f(a.into(), unit)),
        };
        let result = result.and_then(|result| T::Native::try_from(result).ok());
        result.ok_or_else(|| beyond::<T>(format!("round({a}, {digits})")))
    })
}

fn beyond<T: ArrowPrimitiveType>(operation: String) -> Problem {
    Problem::Overflow { operation, r#type: format!("a {}-bit integer", size_of::<T::Native>() * 8) }
}

fn divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn two_whole<T: ArrowPrimitiveType>(
    args: &[Value],
    rows: usize,
    f: impl Fn(u128, u128) -> Option<u128>,
) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<u128> + Display,
{
    let (a, b) = (args[0].numbers::<T>(), args[1].numbers::<T>());
    map::numbers::<T>(args, rows, |row| {
        let (a, b): (i128, i128) = (a.raw(row).into(), b.raw(row).into());
        let result = f(a.unsigned_abs(), b.unsigned_abs()).and_then(|result| T::Native::try_from(result).ok());
        result.ok_or_else(|| beyond::<T>(format!("the divisor or multiple of {a} and {b}")))
    })
}

/// Greatest common divisor, never negative.
pub(crate) fn gcd<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<u128> + Display,
{
    two_whole::<T>(args, rows, |a, b| Some(divisor(a, b)))
}

/// Least common multiple, never negative.
pub(crate) fn lcm<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<u128> + Display,
{
    two_whole::<T>(args, rows, |a, b| if a == 0 || b == 0 { Some(0) } else { (a / divisor(a, b)).checked_mul(b) })
}

/// HUGEINT as kernels know it.
pub(crate) type Huge = Decimal128Type;
