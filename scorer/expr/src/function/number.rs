//! The functions of numbers.

use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::{Form, Function, Overload, function, may_fail, unchanged, works};
use crate::kernel::Plain;
use crate::kernel::number::{self as n, Huge};
use crate::types::Type::{
    BigInt, Boolean, Double, Float, HugeInt, Integer, SmallInt, TinyInt, UBigInt, UInteger, USmallInt, UTinyInt,
};

/// The argument list of a function of one DOUBLE.
const fn double(kernel: Plain) -> Overload {
    works(&[Double], Double, kernel)
}

macro_rules! of_doubles {
    ($($name:ident: $kernel:path);* $(;)?) => {
        $(static $name: &[Overload] = &[double($kernel)];)*
    };
}
of_doubles! {
    SQRT: n::sqrt;
    CBRT: n::cbrt;
    EXP: n::exp;
    LN: n::ln;
    LOG10: n::log10;
    LOG2: n::log2;
    SIN: n::sin;
    COS: n::cos;
    TAN: n::tan;
    ASIN: n::asin;
    ACOS: n::acos;
    ATAN: n::atan;
    COT: n::cot;
    SINH: n::sinh;
    COSH: n::cosh;
    TANH: n::tanh;
    RADIANS: n::radians;
    DEGREES: n::degrees;
}

static POW: &[Overload] = &[works(&[Double, Double], Double, n::pow)];
static ATAN2: &[Overload] = &[works(&[Double, Double], Double, n::atan2)];
static LOG: &[Overload] = &[double(n::log10), works(&[Double, Double], Double, n::log_to)];
static PI: &[Overload] = &[works(&[], Double, n::pi)];
static CEIL: &[Overload] = &[double(n::ceil), works(&[Float], Float, n::ceil_f32)];
static FLOOR: &[Overload] = &[double(n::floor), works(&[Float], Float, n::floor_f32)];
static IS_NAN: &[Overload] = &[works(&[Double], Boolean, n::is_nan)];
static IS_INFINITE: &[Overload] = &[works(&[Double], Boolean, n::is_infinite)];
static IS_FINITE: &[Overload] = &[works(&[Double], Boolean, n::is_finite)];
static GCD: &[Overload] =
    &[may_fail(&[BigInt, BigInt], BigInt, n::gcd::<Int64Type>), may_fail(&[HugeInt, HugeInt], HugeInt, n::gcd::<Huge>)];
static LCM: &[Overload] =
    &[may_fail(&[BigInt, BigInt], BigInt, n::lcm::<Int64Type>), may_fail(&[HugeInt, HugeInt], HugeInt, n::lcm::<Huge>)];

static ABS_SIGNED: &[Overload] = &[
    may_fail(&[BigInt], BigInt, n::abs::<Int64Type>),
    may_fail(&[Integer], Integer, n::abs::<Int32Type>),
    may_fail(&[TinyInt], TinyInt, n::abs::<Int8Type>),
    may_fail(&[SmallInt], SmallInt, n::abs::<Int16Type>),
    may_fail(&[HugeInt], HugeInt, n::abs::<Huge>),
];
static ABS_FLOATS: &[Overload] = &[works(&[Double], Double, n::abs_f64), works(&[Float], Float, n::abs_f32)];

static SIGN: &[Overload] = &[
    works(&[Integer], TinyInt, n::sign::<Int32Type>),
    works(&[TinyInt], TinyInt, n::sign::<Int8Type>),
    works(&[SmallInt], TinyInt, n::sign::<Int16Type>),
    works(&[BigInt], TinyInt, n::sign::<Int64Type>),
    works(&[HugeInt], TinyInt, n::sign::<Huge>),
    works(&[UTinyInt], TinyInt, n::sign::<UInt8Type>),
    works(&[USmallInt], TinyInt, n::sign::<UInt16Type>),
    works(&[UInteger], TinyInt, n::sign::<UInt32Type>),
    works(&[UBigInt], TinyInt, n::sign::<UInt64Type>),
    works(&[Double], TinyInt, n::sign::<Float64Type>),
    works(&[Float], TinyInt, n::sign::<Float32Type>),
];

static ROUND_FLOATS: &[Overload] = &[works(&[Double], Double, n::round), works(&[Float], Float, n::round_f32)];
static ROUND_TO_DIGITS: &[Overload] = &[
    may_fail(&[BigInt, Integer], BigInt, n::round_integer::<Int64Type>),
    may_fail(&[Integer, Integer], Integer, n::round_integer::<Int32Type>),
    may_fail(&[TinyInt, Integer], TinyInt, n::round_integer::<Int8Type>),
    may_fail(&[SmallInt, Integer], SmallInt, n::round_integer::<Int16Type>),
    may_fail(&[HugeInt, Integer], HugeInt, n::round_integer::<Huge>),
    works(&[Double, Integer], Double, n::round_to),
    works(&[Float, Integer], Float, n::round_to_f32),
];

static TRUNC_FLOATS: &[Overload] = &[works(&[Double], Double, n::trunc), works(&[Float], Float, n::trunc_f32)];
static TRUNC_TO_DIGITS: &[Overload] = &[
    may_fail(&[BigInt, Integer], BigInt, n::trunc_integer::<Int64Type>),
    may_fail(&[Integer, Integer], Integer, n::trunc_integer::<Int32Type>),
    may_fail(&[TinyInt, Integer], TinyInt, n::trunc_integer::<Int8Type>),
    may_fail(&[SmallInt, Integer], SmallInt, n::trunc_integer::<Int16Type>),
    may_fail(&[UTinyInt, Integer], UTinyInt, n::trunc_integer::<UInt8Type>),
    may_fail(&[USmallInt, Integer], USmallInt, n::trunc_integer::<UInt16Type>),
    may_fail(&[UInteger, Integer], UInteger, n::trunc_integer::<UInt32Type>),
    may_fail(&[UBigInt, Integer], UBigInt, n::trunc_integer::<UInt64Type>),
    may_fail(&[HugeInt, Integer], HugeInt, n::trunc_integer::<Huge>),
    works(&[Double, Integer], Double, n::trunc_to),
    works(&[Float, Integer], Float, n::trunc_to_f32),
];

pub(super) static NUMBERS: &[Function] = &[
    function!("numbers", "abs", "abs(x)", "without its sign", "abs(-3)" => "3", Form::Overloads(&[ABS_SIGNED, unchanged::UNSIGNED, ABS_FLOATS])),
    function!("numbers", "sign", "sign(x)", "-1, 0 or 1", "sign(-2.5)" => "-1", Form::Overloads(&[SIGN])),
    function!("numbers", "round", "round(x[, digits])", "to the nearest, half away from zero; negative digits round to tens", "round(2.345, 2)" => "2.35", Form::Overloads(&[unchanged::SIGNED, ROUND_FLOATS, ROUND_TO_DIGITS])),
    function!("numbers", "trunc", "trunc(x[, digits])", "cut towards zero", "trunc(-1.7)" => "-1.0", Form::Overloads(&[unchanged::SIGNED, unchanged::UNSIGNED, TRUNC_FLOATS, TRUNC_TO_DIGITS])),
    function!("numbers", "ceil" | "ceiling", "ceil(x)", "the next whole number above, as a float", "ceil(1.2)" => "2.0", Form::Overloads(&[CEIL])),
    function!("numbers", "floor", "floor(x)", "the next whole number below, as a float", "floor(-1.2)" => "-2.0", Form::Overloads(&[FLOOR])),
    function!("numbers", "sqrt", "sqrt(x)", "square root; NaN below zero", "sqrt(9)" => "3.0", Form::Overloads(&[SQRT])),
    function!("numbers", "cbrt", "cbrt(x)", "cube root", "cbrt(8)" => "2.0", Form::Overloads(&[CBRT])),
    function!("numbers", "pow" | "power", "pow(x, y)", "x to the power of y", "pow(2, 10)" => "1024.0", Form::Overloads(&[POW])),
    function!("numbers", "exp", "exp(x)", "e to the power of x", "exp(0)" => "1.0", Form::Overloads(&[EXP])),
    function!("numbers", "ln", "ln(x)", "natural logarithm", "ln(1)" => "0.0", Form::Overloads(&[LN])),
    function!("numbers", "log", "log(x), log(base, x)", "logarithm to base 10, or to another", "log(2, 8)" => "3.0", Form::Overloads(&[LOG])),
    function!("numbers", "log10", "log10(x)", "logarithm to base 10", "log10(1000)" => "3.0", Form::Overloads(&[LOG10])),
    function!("numbers", "log2", "log2(x)", "logarithm to base 2", "log2(8)" => "3.0", Form::Overloads(&[LOG2])),
    function!("numbers", "gcd" | "greatest_common_divisor", "gcd(a, b)", "greatest common divisor", "gcd(12, 18)" => "6", Form::Overloads(&[GCD])),
    function!("numbers", "lcm" | "least_common_multiple", "lcm(a, b)", "least common multiple", "lcm(4, 6)" => "12", Form::Overloads(&[LCM])),
    function!("numbers", "isnan", "isnan(x)", "whether it is not a number", "isnan(0 / 0)" => "true", Form::Overloads(&[IS_NAN])),
    function!("numbers", "isinf", "isinf(x)", "whether it is infinite", "isinf(1 / 0)" => "true", Form::Overloads(&[IS_INFINITE])),
    function!("numbers", "isfinite", "isfinite(x)", "whether it is neither infinite nor NaN", "isfinite(1)" => "true", Form::Overloads(&[IS_FINITE])),
    function!("trigonometry", "pi", "pi()", "half the circumference of the unit circle", "pi()" => "3.141592653589793", Form::Overloads(&[PI])),
    function!("trigonometry", "radians", "radians(degrees)", "degrees as radians", "radians(180)" => "3.141592653589793", Form::Overloads(&[RADIANS])),
    function!("trigonometry", "degrees", "degrees(radians)", "radians as degrees", "degrees(pi())" => "180.0", Form::Overloads(&[DEGREES])),
    function!("trigonometry", "sin", "sin(x)", "sine", "sin(0)" => "0.0", Form::Overloads(&[SIN])),
    function!("trigonometry", "cos", "cos(x)", "cosine", "cos(0)" => "1.0", Form::Overloads(&[COS])),
    function!("trigonometry", "tan", "tan(x)", "tangent", "tan(0)" => "0.0", Form::Overloads(&[TAN])),
    function!("trigonometry", "cot", "cot(x)", "cotangent", "cot(0)" => "inf", Form::Overloads(&[COT])),
    function!("trigonometry", "asin", "asin(x)", "arc sine; NaN outside -1 to 1", "asin(0)" => "0.0", Form::Overloads(&[ASIN])),
    function!("trigonometry", "acos", "acos(x)", "arc cosine; NaN outside -1 to 1", "acos(1)" => "0.0", Form::Overloads(&[ACOS])),
    function!("trigonometry", "atan", "atan(x)", "arc tangent", "atan(0)" => "0.0", Form::Overloads(&[ATAN])),
    function!("trigonometry", "atan2", "atan2(y, x)", "angle of the point (x, y)", "atan2(0, 1)" => "0.0", Form::Overloads(&[ATAN2])),
    function!("trigonometry", "sinh", "sinh(x)", "hyperbolic sine", "sinh(0)" => "0.0", Form::Overloads(&[SINH])),
    function!("trigonometry", "cosh", "cosh(x)", "hyperbolic cosine", "cosh(0)" => "1.0", Form::Overloads(&[COSH])),
    function!("trigonometry", "tanh", "tanh(x)", "hyperbolic tangent", "tanh(0)" => "0.0", Form::Overloads(&[TANH])),
];
