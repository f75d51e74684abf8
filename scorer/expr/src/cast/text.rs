//! Texts read as values: numbers, booleans, intervals. Spaces around a number and underscores between its digits do not count.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNano, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray};

use super::number::collect;
use super::{moment, settle};
use crate::column;
use crate::evaluate::Failure;
use crate::kernel::interval::span;
use crate::parse::tree::CastFailure;
use crate::problem::Problem;
use crate::types::Type;
use crate::value::Value;

/// Powers of ten up to this fit 128 bits.
const MAX_POWER: i64 = 38;

struct Reading<'a> {
    value: &'a Value,
    rows: usize,
    to: Type,
    failure: CastFailure,
}

impl Reading<'_> {
    fn each<T: ArrowPrimitiveType>(&self, read: impl Fn(&str) -> Option<T::Native>) -> Result<ArrayRef, Failure> {
        let texts = self.value.text();
        collect::<T>(self.rows, self.failure, |row| {
            texts.get(row).map(|text| read(text).ok_or_else(|| Problem::cast_text(text, self.to)))
        })
    }

    fn whole<T: ArrowPrimitiveType>(&self) -> Result<ArrayRef, Failure>
    where
        T::Native: TryFrom<i128>,
    {
        self.each::<T>(|text| T::Native::try_from(whole(text)?).ok())
    }

    fn truths(&self) -> Result<ArrayRef, Failure> {
        let texts = self.value.text();
        let mut values = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let read = |text| truth(text).ok_or_else(|| Problem::cast_text(text, self.to));
            let value = texts.get(row).map(|text| settle(read(text), self.failure)).transpose();
            values.push(value.map_err(Failure::at(row))?.flatten());
        }
        Ok(Arc::new(BooleanArray::from(values)))
    }
}

/// `rows` texts as values of a type.
pub(super) fn cast(value: &Value, rows: usize, to: Type, failure: CastFailure) -> Result<ArrayRef, Failure> {
    let reading = Reading { value, rows, to, failure };
    match to {
        Type::Boolean => reading.truths(),
        Type::TinyInt => reading.whole::<Int8Type>(),
        Type::SmallInt => reading.whole::<Int16Type>(),
        Type::Integer => reading.whole::<Int32Type>(),
        Type::BigInt => reading.whole::<Int64Type>(),
        Type::UTinyInt => reading.whole::<UInt8Type>(),
        Type::USmallInt => reading.whole::<UInt16Type>(),
        Type::UInteger => reading.whole::<UInt32Type>(),
        Type::UBigInt => reading.whole::<UInt64Type>(),
        Type::HugeInt => reading.whole::<Decimal128Type>().map(|array| column::scaled(array, to)),
        Type::Float => reading.each::<Float32Type>(|text| digits_of_float(text)?.parse().ok()),
        Type::Double => reading.each::<Float64Type>(|text| digits_of_float(text)?.parse().ok()),
        Type::Date => reading.each::<Date32Type>(moment::date),
        Type::Timestamp => {
            reading.each::<TimestampMicrosecondType>(|text| moment::timestamp(text, moment::Zone::Ignored))
        }
        Type::TimestampTz => {
            reading.each::<TimestampMicrosecondType>(|text| moment::timestamp(text, moment::Zone::Applied))
        }
        _ => super::intervals(value, rows, failure),
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// What the C library calls space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Digits without the underscores between them; `None` where there is another sign, or an underscore that is not between two digits.
fn digits(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut plain = String::with_capacity(text.len());
    for (at, byte) in bytes.iter().enumerate() {
        let between = at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => plain.push(char::from(*byte)),
            b'_' if between => {}
            _ => return None,
        }
    }
    Some(plain)
}

/// A number's sign, digits before and after the point, and exponent.
fn split(text: &str) -> Option<(bool, String, String, i64)> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if unsigned.is_empty() {
                return None;
            }
            // an exponent beyond 64 bits is as good as any beyond what a number has
            let size = digits(unsigned)?.parse().unwrap_or(i64::MAX);
            (mantissa, if exponent.starts_with('-') { -size } else { size })
        }
        None => (rest, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (before, after) = (digits(before)?, digits(after)?);
    (!before.is_empty() || !after.is_empty()).then_some((negative, before, after, exponent))
}

/// A text as a whole number, half rounded away from zero; `0x1F` and `0b101` too.
fn whole(text: &str) -> Option<i128> {
    let text = trimmed(text);
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] {
        if let Some(rest) = text.strip_prefix(prefix) {
            return i128::from_str_radix(rest, radix).ok().filter(|_| !rest.starts_with(['+', '-']));
        }
    }
    let (negative, before, after, exponent) = split(text)?;
    let all = format!("{before}{after}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let point =
        i64::try_from(significant.len()).ok()?.checked_sub(i64::try_from(after.len()).ok()?)?.checked_add(exponent)?;
    let value: i128 = if point < 0 {
        0
    } else if point > MAX_POWER + 1 {
        return None;
    } else {
        let kept = usize::try_from(point).ok()?;
        let padded = format!("{significant:0<kept$}");
        let (whole, rest) = padded.split_at(kept);
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        whole.checked_add(i128::from(rest.as_bytes().first().is_some_and(|digit| *digit >= b'5')))?
    };
    Some(if negative { -value } else { value })
}

/// A text that Rust's own reading of floats takes, if it is one that DuckDB takes.
fn digits_of_float(text: &str) -> Option<String> {
    let text = trimmed(text);
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text).to_ascii_lowercase();
    if matches!(bare.as_str(), "nan" | "inf" | "infinity") {
        return Some(text.to_ascii_lowercase());
    }
    let (negative, before, after, exponent) = split(text)?;
    let sign = if negative { "-" } else { "" };
    Some(format!("{sign}{before}.{after}e{exponent}"))
}

/// `1 year 2 months 3 days 04:05:06.5`: whole numbers of units, a clock time, `ago` at the end turns the sign.
pub(crate) fn read_interval(text: &str) -> Option<IntervalMonthDayNano> {
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    let sign = if words.last().is_some_and(|word| word.eq_ignore_ascii_case("ago")) {
        words.pop();
        -1
    } else {
        1
    };
    if words.is_empty() {
        return None;
    }
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    let mut rest = words.into_iter();
    while let Some(word) = rest.next() {
        if word.contains(':') {
            let (negative, clock) = word.strip_prefix('-').map_or((false, word), |clock| (true, clock));
            let clock = moment::clock(clock)?;
            micros = micros.checked_add(if negative { -clock } else { clock })?;
            continue;
        }
        let count: i64 = word.parse().ok()?;
        let unit = rest.next()?.to_ascii_lowercase();
        let (into, each) = match unit.as_str() {
            "year" | "years" => (&mut months, 12),
            "quarter" | "quarters" => (&mut months, 3),
            "month" | "months" => (&mut months, 1),
            "week" | "weeks" => (&mut days, 7),
            "day" | "days" => (&mut days, 1),
            "hour" | "hours" => (&mut micros, 3_600_000_000),
            "minute" | "minutes" => (&mut micros, 60_000_000),
            "second" | "seconds" => (&mut micros, 1_000_000),
            "millisecond" | "milliseconds" => (&mut micros, 1000),
            "microsecond" | "microseconds" => (&mut micros, 1),
            _ => return None,
        };
        *into = into.checked_add(count.checked_mul(each)?)?;
    }
    let months = i32::try_from(months.checked_mul(sign)?).ok()?;
    Some(span(months, i32::try_from(days.checked_mul(sign)?).ok()?, micros.checked_mul(sign)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_the_nearest_whole_number() {
        for (text, number) in [
            (" 12 ", Some(12)),
            ("1_000", Some(1000)),
            ("0x1F", Some(31)),
            ("2.5", Some(3)),
            ("-0.5", Some(-1)),
            ("1e3", Some(1000)),
            ("25e-1", Some(3)),
            ("1e-400", Some(0)),
            ("1.", Some(1)),
            (".5", Some(1)),
            (".", None),
            ("", None),
            ("12a", None),
            ("1e400", None),
            ("1__0", None),
        ] {
            assert_eq!(whole(text), number, "{text}");
        }
    }

    #[test]
    fn an_interval_adds_up_its_units() {
        assert_eq!(read_interval("1 year 2 months 3 days 04:05:06.5"), Some(span(14, 3, 14_706_500_000)));
        assert_eq!(read_interval("1 day ago"), Some(span(0, -1, 0)));
        assert_eq!(read_interval("1 fortnight"), None);
    }
}
