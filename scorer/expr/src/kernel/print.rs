//! Values as text, as DuckDB's CAST to VARCHAR prints them, and the joining of texts. Numbers and dates are written straight into the
//! result: `concat(pickup, '_', dropoff)` makes no text of its parts.

use std::fmt::Write;

use arrow_array::ArrayRef;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    IntervalMonthDayNano, IntervalMonthDayNanoType, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};

use super::civil::{Civil, DAY};
use super::map;
use crate::evaluate::Failure;
use crate::types::Type;
use crate::value::Value;

/// Writes the value of a row; says whether there was one.
type Printer<'a> = Box<dyn Fn(usize, &mut String) -> bool + 'a>;

/// What a null among joined texts does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// `concat`
    LeftOut,
    /// `||`
    TakeAll,
}

macro_rules! each {
    ($value:expr, $kind:ty, $write:expr) => {{
        let values = $value.numbers::<$kind>();
        Box::new(move |row, out: &mut String| {
            let Some(value) = values.get(row) else { return false };
            $write(value, out);
            true
        })
    }};
}

/// Writing to a `String` cannot fail.
macro_rules! plain {
    () => {
        |value, out: &mut String| {
            let _ = write!(out, "{value}");
        }
    };
}

fn whole(r#type: Type, value: &Value) -> Printer<'_> {
    match r#type {
        Type::TinyInt => each!(value, Int8Type, plain!()),
        Type::SmallInt => each!(value, Int16Type, plain!()),
        Type::Integer => each!(value, Int32Type, plain!()),
        Type::BigInt => each!(value, Int64Type, plain!()),
        Type::HugeInt => each!(value, Decimal128Type, plain!()),
        Type::UTinyInt => each!(value, UInt8Type, plain!()),
        Type::USmallInt => each!(value, UInt16Type, plain!()),
        Type::UInteger => each!(value, UInt32Type, plain!()),
        _ => each!(value, UInt64Type, plain!()),
    }
}

fn printer(r#type: Type, value: &Value) -> Printer<'_> {
    match r#type {
        Type::Null => Box::new(|_, _| false),
        Type::Varchar => {
            let texts = value.text();
            Box::new(move |row, out| texts.get(row).map(|text| out.push_str(text)).is_some())
        }
        Type::Boolean => {
            let truths = value.truths();
            Box::new(move |row, out| {
                truths.get(row).map(|truth| out.push_str(if truth { "true" } else { "false" })).is_some()
            })
        }
        _ if r#type.integer().is_some() => whole(r#type, value),
        Type::Float => each!(value, Float32Type, |value: f32, out: &mut String| float(
            &format!("{value:e}"),
            value.is_finite(),
            out
        )),
        Type::Double => each!(value, Float64Type, |value: f64, out: &mut String| float(
            &format!("{value:e}"),
            value.is_finite(),
            out
        )),
        Type::Decimal(_, scale) => {
            each!(value, Decimal128Type, move |value, out: &mut String| decimal(value, scale, out))
        }
        Type::Date => each!(value, Date32Type, |days: i32, out: &mut String| date(i64::from(days), out)),
        Type::Timestamp => each!(value, TimestampMicrosecondType, timestamp),
        Type::TimestampTz => each!(value, TimestampMicrosecondType, |micros, out: &mut String| {
            timestamp(micros, out);
            out.push_str("+00");
        }),
        _ => each!(value, IntervalMonthDayNanoType, interval),
    }
}

/// The shortest digits that read back as the same number, in the form that DuckDB gives them: `1.0`, `1e+20`, `1e-05`.
fn float(shortest: &str, finite: bool, out: &mut String) {
    if !finite {
        out.push_str(&shortest.to_lowercase());
        return;
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    out.push_str(sign);
    match exponent {
        -4..=-1 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
            out.push_str(&digits);
        }
        0..=15 => {
            let whole = exponent.unsigned_abs() as usize + 1;
            let padded = format!("{digits:0<whole$}");
            let (before, after) = padded.split_at(whole);
            out.push_str(before);
            out.push('.');
            out.push_str(if after.is_empty() { "0" } else { after });
        }
        _ => {
            out.push_str(mantissa);
            let sign = if exponent < 0 { '-' } else { '+' };
            let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
        }
    }
}

fn decimal(value: i128, scale: i8, out: &mut String) {
    let Some(scale) = usize::try_from(scale).ok().filter(|scale| *scale > 0) else {
        let _ = write!(out, "{value}");
        out.extend(std::iter::repeat_n('0', usize::from(scale.unsigned_abs())));
        return;
    };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (before, after) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    let _ = write!(out, "{sign}{before}.{after}");
}

fn date(days: i64, out: &mut String) {
    let Civil { year, month, day } = Civil::of_days(days);
    if year > 0 {
        let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    } else {
        let _ = write!(out, "{:04}-{month:02}-{day:02} (BC)", 1 - year);
    }
}

fn timestamp(micros: i64, out: &mut String) {
    date(micros.div_euclid(DAY), out);
    out.push(' ');
    clock(micros.rem_euclid(DAY).unsigned_abs(), out);
}

fn clock(micros: u64, out: &mut String) {
    let seconds = micros / 1_000_000;
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = micros % 1_000_000;
    if fraction > 0 {
        let digits = format!("{fraction:06}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

fn interval(interval: IntervalMonthDayNano, out: &mut String) {
    let parts = [(interval.months / 12, "year"), (interval.months % 12, "month"), (interval.days, "day")];
    let start = out.len();
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count != 0) {
        let space = if out.len() > start { " " } else { "" };
        let plural = if count.abs() == 1 { "" } else { "s" };
        let _ = write!(out, "{space}{count} {unit}{plural}");
    }
    if interval.nanoseconds != 0 || out.len() == start {
        if out.len() > start {
            out.push(' ');
        }
        if interval.nanoseconds < 0 {
            out.push('-');
        }
        clock(interval.nanoseconds.unsigned_abs(), out);
    }
}

/// Every value as text.
pub(crate) fn print(r#type: Type, value: &Value, rows: usize) -> Result<ArrayRef, Failure> {
    let printer = printer(r#type, value);
    map::written(rows, |row, out| Ok(printer(row, out)))
}

/// The text of one value, for messages.
pub(crate) fn shown(r#type: Type, value: &Value, row: usize) -> String {
    let mut text = String::new();
    printer(r#type, value)(row, &mut text);
    text
}

pub(crate) fn join(types: &[Type], nulls: Nulls, args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let printers: Vec<Printer<'_>> = types.iter().zip(args).map(|(r#type, arg)| printer(*r#type, arg)).collect();
    map::written(rows, |row, out| {
        let mut complete = true;
        for printer in &printers {
            complete &= printer(row, out);
        }
        Ok(complete || nulls == Nulls::LeftOut)
    })
}

pub(crate) fn join_with(types: &[Type], args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let separator = args[0].text();
    let printers: Vec<Printer<'_>> =
        types.iter().zip(args).skip(1).map(|(r#type, arg)| printer(*r#type, arg)).collect();
    map::written(rows, |row, out| {
        let Some(separator) = separator.get(row) else { return Ok(false) };
        let mut some = false;
        for printer in &printers {
            let end = out.len();
            if some {
                out.push_str(separator);
            }
            if printer(row, out) {
                some = true;
            } else {
                out.truncate(end);
            }
        }
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_printed_in_its_shortest_form() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e20, "1e+20"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (-0.0, "-0.0"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e300, "1e+300"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            let mut out = String::new();
            float(&format!("{value:e}"), value.is_finite(), &mut out);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn a_date_before_our_era_says_so() {
        let mut out = String::new();
        date(Civil { year: 0, month: 1, day: 1 }.to_days(), &mut out);
        assert_eq!(out, "0001-01-01 (BC)");
    }
}
