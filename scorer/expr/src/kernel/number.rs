//! Functions of numbers: rounding, powers, logarithms, trigonometry, signs. What comes from the C library differs from DuckDB's by at most
//! one unit in the last place, for DuckDB brings its own.

use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int32Type, Int64Type,
};
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
        positive.map_err(|_| Problem::Overflow {
            operation: format!("abs({a})"),
            r#type: format!("a {}-bit integer", size_of::<T::Native>() * 8),
        })
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

/// What 10 to the power of `digits` does to a number and back: `f` sees the number with the wanted digit before the point.
fn at_digit(value: f64, digits: i32, f: impl Fn(f64) -> f64) -> f64 {
    let power = 10_f64.powi(digits.unsigned_abs().min(400) as i32);
    let result = if digits < 0 { f(value / power) * power } else { f(value * power) / power };
    match (result.is_finite(), digits < 0) {
        (true, _) => result,
        (false, true) => 0.0,
        (false, false) => value,
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
    round_to<Float64Type>: |a, digits| at_digit(a, digits, f64::round);
    round_to_f32<Float32Type>: |a, digits| at_digit(f64::from(a), digits, f64::round) as f32;
    trunc_to<Float64Type>: |a, digits| at_digit(a, digits, f64::trunc);
    trunc_to_f32<Float32Type>: |a, digits| at_digit(f64::from(a), digits, f64::trunc) as f32;
}

/// An integer rounded to tens, hundreds and so on, half away from zero.
pub(crate) fn round_integer<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    at_tens::<T>(args, rows, |a, unit| {
        let cut = a % unit;
        let away = if cut.abs() * 2 >= unit { unit * cut.signum() } else { 0 };
        a - cut + away
    })
}

/// An integer cut to tens, hundreds and so on.
pub(crate) fn trunc_integer<T: ArrowPrimitiveType>(args: &[Value], rows: usize) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    at_tens::<T>(args, rows, |a, unit| a - a % unit)
}

fn at_tens<T: ArrowPrimitiveType>(
    args: &[Value],
    rows: usize,
    f: impl Fn(i128, i128) -> i128,
) -> Result<ArrayRef, Failure>
where
    T::Native: Into<i128> + TryFrom<i128> + Display,
{
    let (a, digits) = (args[0].numbers::<T>(), args[1].numbers::<Int32Type>());
    map::numbers::<T>(args, rows, |row| {
        let (a, digits) = (a.raw(row), digits.raw(row));
        // 10^20 is above twice every 64-bit integer: what is left of one is 0
        let unit = if digits >= 0 { 1 } else { 10_i128.pow(digits.unsigned_abs().min(20)) };
        T::Native::try_from(f(a.into(), unit)).map_err(|_| Problem::Overflow {
            operation: format!("round({a}, {digits})"),
            r#type: format!("a {}-bit integer", size_of::<T::Native>() * 8),
        })
    })
}

fn divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Greatest common divisor, never negative.
pub(crate) fn gcd(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<Int64Type>(), args[1].numbers::<Int64Type>());
    map::numbers::<Int64Type>(args, rows, |row| {
        let (a, b) = (a.raw(row), b.raw(row));
        i64::try_from(divisor(a.unsigned_abs().into(), b.unsigned_abs().into()))
            .map_err(|_| Problem::Overflow { operation: format!("gcd({a}, {b})"), r#type: "a 64-bit integer".into() })
    })
}

/// Least common multiple, never negative.
pub(crate) fn lcm(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (a, b) = (args[0].numbers::<Int64Type>(), args[1].numbers::<Int64Type>());
    map::numbers::<Int64Type>(args, rows, |row| {
        let (a, b) = (a.raw(row), b.raw(row));
        let (x, y) = (u128::from(a.unsigned_abs()), u128::from(b.unsigned_abs()));
        let multiple = if x == 0 || y == 0 { 0 } else { x / divisor(x, y) * y };
        i64::try_from(multiple)
            .map_err(|_| Problem::Overflow { operation: format!("lcm({a}, {b})"), r#type: "a 64-bit integer".into() })
    })
}

/// HUGEINT rounded to whole numbers is itself; further is not in the subset, for 128 bits have no wider integer to work in.
pub(crate) type Huge = Decimal128Type;
