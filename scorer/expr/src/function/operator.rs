//! Operators, and the functions that choose among values. Those without argument lists here are typed by binding itself.

use arrow_array::types::{
    Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::{Form, Function, Overload, Special, function, may_fail, unchanged, works};
use crate::kernel::Plain;
use crate::kernel::{arithmetic as a, date, interval as i, like};
use crate::types::Type::{
    BigInt, Boolean, Date, Double, Float, HugeInt, Integer, Interval, SmallInt, Timestamp, TimestampTz, TinyInt,
    UBigInt, UInteger, USmallInt, UTinyInt, Varchar,
};

/// The argument lists of an operator on two integers of one type.
macro_rules! two_integers {
    ($kernel:ident) => {
        &[
            may_fail(&[BigInt, BigInt], BigInt, a::$kernel::<Int64Type>),
            may_fail(&[Integer, Integer], Integer, a::$kernel::<Int32Type>),
            may_fail(&[TinyInt, TinyInt], TinyInt, a::$kernel::<Int8Type>),
            may_fail(&[SmallInt, SmallInt], SmallInt, a::$kernel::<Int16Type>),
            may_fail(&[HugeInt, HugeInt], HugeInt, a::$kernel::<Decimal128Type>),
            may_fail(&[UTinyInt, UTinyInt], UTinyInt, a::$kernel::<UInt8Type>),
            may_fail(&[USmallInt, USmallInt], USmallInt, a::$kernel::<UInt16Type>),
            may_fail(&[UInteger, UInteger], UInteger, a::$kernel::<UInt32Type>),
            may_fail(&[UBigInt, UBigInt], UBigInt, a::$kernel::<UInt64Type>),
        ]
    };
}

/// The argument lists of an operator on two floats of one type that has a result for all.
const fn two_floats(f64: Plain, f32: Plain) -> [Overload; 2] {
    [works(&[Double, Double], Double, f64), works(&[Float, Float], Float, f32)]
}

static ADD_INTEGERS: &[Overload] = two_integers!(add);
static ADD_FLOATS: &[Overload] = &two_floats(a::add_f64, a::add_f32);
static ADD_TIMES: &[Overload] = &[
    may_fail(&[Date, Integer], Date, i::add_days),
    may_fail(&[Integer, Date], Date, i::days_added),
    may_fail(&[Interval, Interval], Interval, i::add),
    may_fail(&[Date, Interval], Timestamp, i::shift),
    may_fail(&[Interval, Date], Timestamp, i::shift_by),
    may_fail(&[Timestamp, Interval], Timestamp, i::shift),
    may_fail(&[Interval, Timestamp], Timestamp, i::shift_by),
    may_fail(&[TimestampTz, Interval], TimestampTz, i::shift),
    may_fail(&[Interval, TimestampTz], TimestampTz, i::shift_by),
];

static SUBTRACT_INTEGERS: &[Overload] = two_integers!(subtract);
static SUBTRACT_FLOATS: &[Overload] = &two_floats(a::subtract_f64, a::subtract_f32);
static SUBTRACT_TIMES: &[Overload] = &[
    works(&[Date, Date], BigInt, date::days_between),
    may_fail(&[Date, Integer], Date, i::subtract_days),
    may_fail(&[Timestamp, Timestamp], Interval, i::between),
    may_fail(&[TimestampTz, TimestampTz], Interval, i::between),
    may_fail(&[Interval, Interval], Interval, i::subtract),
    may_fail(&[Date, Interval], Timestamp, i::shift_back),
    may_fail(&[Timestamp, Interval], Timestamp, i::shift_back),
    may_fail(&[TimestampTz, Interval], TimestampTz, i::shift_back),
];
static NEGATE: &[Overload] = &[
    may_fail(&[BigInt], BigInt, a::negate::<Int64Type>),
    may_fail(&[Integer], Integer, a::negate::<Int32Type>),
    may_fail(&[TinyInt], TinyInt, a::negate::<Int8Type>),
    may_fail(&[SmallInt], SmallInt, a::negate::<Int16Type>),
    may_fail(&[HugeInt], HugeInt, a::negate::<Decimal128Type>),
    may_fail(&[UTinyInt], UTinyInt, a::negate::<UInt8Type>),
    may_fail(&[USmallInt], USmallInt, a::negate::<UInt16Type>),
    may_fail(&[UInteger], UInteger, a::negate::<UInt32Type>),
    may_fail(&[UBigInt], UBigInt, a::negate::<UInt64Type>),
    works(&[Double], Double, a::negate_f64),
    works(&[Float], Float, a::negate_f32),
    may_fail(&[Interval], Interval, i::negate),
];

static MULTIPLY_INTEGERS: &[Overload] = two_integers!(multiply);
static MULTIPLY_FLOATS: &[Overload] = &two_floats(a::multiply_f64, a::multiply_f32);
static MULTIPLY_TIMES: &[Overload] =
    &[may_fail(&[Interval, BigInt], Interval, i::multiply), may_fail(&[BigInt, Interval], Interval, i::multiplied)];

static DIVIDE_FLOATS: &[Overload] = &two_floats(a::divide_f64, a::divide_f32);

static QUOTIENT_INTEGERS: &[Overload] = two_integers!(quotient);
static QUOTIENT_FLOATS: &[Overload] =
    &[may_fail(&[Double, Double], Double, a::quotient_f64), may_fail(&[Float, Float], Float, a::quotient_f32)];

static REMAINDER_INTEGERS: &[Overload] = two_integers!(remainder);
static REMAINDER_FLOATS: &[Overload] = &two_floats(a::remainder_f64, a::remainder_f32);

static LIKE: &[Overload] =
    &[works(&[Varchar, Varchar], Boolean, like::like), may_fail(&[Varchar, Varchar, Varchar], Boolean, like::like)];

static ILIKE: &[Overload] =
    &[works(&[Varchar, Varchar], Boolean, like::ilike), may_fail(&[Varchar, Varchar, Varchar], Boolean, like::ilike)];

const SYNTAX: Form = Form::Special(Special::Syntax);

pub(super) static OPERATORS: &[Function] = &[
    function!("operators", "+", "a + b", "sum; a date and days; a timestamp and an interval", "1 + 2" => "3", Form::Overloads(&[ADD_INTEGERS, ADD_FLOATS, ADD_TIMES, unchanged::SIGNED, unchanged::UNSIGNED, unchanged::FLOATS])),
    function!("operators", "-", "a - b", "difference; days between dates; the interval between timestamps", "DATE '2021-02-03' - DATE '2021-01-31'" => "3", Form::Overloads(&[SUBTRACT_INTEGERS, SUBTRACT_FLOATS, SUBTRACT_TIMES, NEGATE])),
    function!("operators", "*", "a * b", "product; an interval a number of times", "6 * 7" => "42", Form::Overloads(&[MULTIPLY_INTEGERS, MULTIPLY_FLOATS, MULTIPLY_TIMES])),
    function!("operators", "/", "a / b", "quotient as a float, infinite or NaN by zero", "7 / 2" => "3.5", Form::Overloads(&[DIVIDE_FLOATS])),
    function!("operators", "//", "a // b", "integer quotient towards zero; of floats the same as `/`; an error by zero", "-7 // 2" => "-3", Form::Overloads(&[QUOTIENT_INTEGERS, QUOTIENT_FLOATS])),
    function!("operators", "%" | "mod", "a % b", "remainder with the sign of a; an error for integers by zero", "-7 % 2" => "-1", Form::Overloads(&[REMAINDER_INTEGERS, REMAINDER_FLOATS])),
    function!("operators", "||", "a || b", "the texts of both, one after the other; NULL if either is", "'a' || 1" => "a1", Form::Special(Special::ConcatOperator)),
    function!("operators", "=", "a = b, a <> b, a < b, a <= b, a > b, a >= b", "comparison; NaN equals NaN and is the greatest; a quoted text is read as what it is compared with", "DATE '2021-02-03' >= '2021-01-31'" => "true", SYNTAX),
    function!("operators", "is distinct from", "a IS [NOT] DISTINCT FROM b", "comparison to which NULL is a value like others", "1 IS DISTINCT FROM NULL" => "true", SYNTAX),
    function!("operators", "and", "a AND b, a OR b, NOT a", "logic with NULL as the third truth; a row that is decided is not looked at further", "NULL AND false" => "false", SYNTAX),
    function!("operators", "is null", "a IS [NOT] NULL", "whether there is no value", "NULL IS NULL" => "true", SYNTAX),
    function!("operators", "is true", "a IS [NOT] TRUE", "whether it is true; NULL is not", "NULL IS TRUE" => "false", SYNTAX),
    function!("operators", "is false", "a IS [NOT] FALSE", "whether it is false; NULL is not", "NULL IS FALSE" => "false", SYNTAX),
    function!("operators", "between", "a [NOT] BETWEEN low AND high", "whether it lies between, both ends included", "3 BETWEEN 1 AND 3" => "true", SYNTAX),
    function!("operators", "in", "a [NOT] IN (b, …)", "whether it is one of a list", "'b' IN ('a', 'b')" => "true", SYNTAX),
    function!("operators", "like", "a [NOT] LIKE pattern [ESCAPE c]", "`%` stands for any text, `_` for one character", "'taxi' LIKE 't%i'" => "true", Form::Overloads(&[LIKE])),
    function!("operators", "ilike", "a [NOT] ILIKE pattern [ESCAPE c]", "the same whatever the case of the letters", "'Taxi' ILIKE 't%'" => "true", Form::Overloads(&[ILIKE])),
    function!("operators", "cast", "CAST(a AS type), a::type, TRY_CAST(a AS type)", "the value as another type; TRY_CAST gives NULL where CAST fails", "TRY_CAST('x' AS INTEGER)" => "NULL", SYNTAX),
    function!("operators", "interval", "INTERVAL n unit, INTERVAL 'n unit …'", "a length of time; only inside an expression", "TIMESTAMP '2021-01-31 00:00:00' + INTERVAL 1 MONTH" => "2021-02-28 00:00:00", SYNTAX),
];

pub(super) static CONDITIONALS: &[Function] = &[
    function!("conditionals", "case", "CASE WHEN a THEN b … ELSE c END, CASE x WHEN a THEN b … END", "the result of the first condition that holds; NULL without ELSE", "CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END" => "b", SYNTAX),
    function!("conditionals", "coalesce", "coalesce(a, …)", "the first that is not NULL", "coalesce(NULL, 2, 3)" => "2", Form::Special(Special::Coalesce)),
    function!("conditionals", "ifnull", "ifnull(a, b)", "a, or b where a is NULL", "ifnull(NULL, 2)" => "2", Form::Special(Special::IfNull)),
    function!("conditionals", "nullif", "nullif(a, b)", "a, or NULL where it equals b", "nullif(0, 0)" => "NULL", Form::Special(Special::NullIf)),
    function!("conditionals", "greatest", "greatest(a, …)", "the greatest that is not NULL", "greatest(1, NULL, 3)" => "3", Form::Special(Special::Greatest)),
    function!("conditionals", "least", "least(a, …)", "the least that is not NULL", "least(1, NULL, 3)" => "1", Form::Special(Special::Least)),
    function!("conditionals", "if", "if(condition, a, b)", "a where the condition holds, else b", "if(2 > 1, 'yes', 'no')" => "yes", Form::Special(Special::If)),
];
