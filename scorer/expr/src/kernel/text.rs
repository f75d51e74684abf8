//! Functions of text. Positions and lengths count code points; upper and lower case change one code point to one, as utf8proc does.

use arrow_array::ArrayRef;
use arrow_array::types::{Int32Type, Int64Type};

use super::map;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

/// Beyond this DuckDB refuses a position or length; it holds lengths in 32 bits.
const MAX_LENGTH: i64 = u32::MAX as i64;

/// The lower case of a character that has one of one character; U+0130 is the one whose full lower case is longer.
pub(crate) fn lower_char(c: char) -> char {
    if c == '\u{130}' {
        return 'i';
    }
    single(c.to_lowercase(), c)
}

/// The upper case of one character. Where the full upper case is longer it is the title case, which Rust does not have: the Greek letters
/// with an iota below.
pub(crate) fn upper_char(c: char) -> char {
    match c {
        'ß' => 'ẞ',
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(u32::from(c) + 8).unwrap_or(c)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(u32::from(c) + 9).unwrap_or(c),
        _ => single(c.to_uppercase(), c),
    }
}

fn single(mut mapped: impl Iterator<Item = char>, otherwise: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => otherwise,
    }
}

fn written(args: &[Value], rows: usize, f: impl Fn(&str, &mut String)) -> Result<ArrayRef, Failure> {
    let text = args[0].text();
    map::texts(args, rows, |row, out| {
        f(text.get(row).unwrap_or_default(), out);
        Ok(())
    })
}

pub(crate) fn lower(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    written(args, rows, |text, out| out.extend(text.chars().map(lower_char)))
}

pub(crate) fn upper(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    written(args, rows, |text, out| out.extend(text.chars().map(upper_char)))
}

pub(crate) fn reverse(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    written(args, rows, |text, out| out.extend(text.chars().rev()))
}

fn counted(args: &[Value], rows: usize, f: impl Fn(&str) -> usize) -> Result<ArrayRef, Failure> {
    let text = args[0].text();
    map::numbers::<Int64Type>(args, rows, |row| Ok(f(text.get(row).unwrap_or_default()) as i64))
}

pub(crate) fn length(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    counted(args, rows, |text| text.chars().count())
}

pub(crate) fn byte_length(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    counted(args, rows, str::len)
}

pub(crate) fn ascii(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let text = args[0].text();
    map::numbers::<Int32Type>(args, rows, |row| {
        Ok(text.get(row).and_then(|text| text.chars().next()).map_or(0, |first| u32::from(first) as i32))
    })
}

pub(crate) fn strpos(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (text, wanted) = (args[0].text(), args[1].text());
    map::numbers::<Int64Type>(args, rows, |row| {
        let (text, wanted) = (text.get(row).unwrap_or_default(), wanted.get(row).unwrap_or_default());
        Ok(text.find(wanted).map_or(0, |at| text[..at].chars().count() as i64 + 1))
    })
}

fn asked(args: &[Value], rows: usize, f: impl Fn(&str, &str) -> bool) -> Result<ArrayRef, Failure> {
    let (text, wanted) = (args[0].text(), args[1].text());
    map::truths(args, rows, |row| Ok(f(text.get(row).unwrap_or_default(), wanted.get(row).unwrap_or_default())))
}

pub(crate) fn contains(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    asked(args, rows, |text, wanted| text.contains(wanted))
}

pub(crate) fn starts_with(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    asked(args, rows, |text, wanted| text.starts_with(wanted))
}

pub(crate) fn ends_with(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    asked(args, rows, |text, wanted| text.ends_with(wanted))
}

/// The characters to cut off at a row: those of the second argument, else the space.
fn cut<'a>(args: &'a [Value], rows: usize, f: impl Fn(&'a str, &str) -> &'a str) -> Result<ArrayRef, Failure> {
    let set = args.get(1).map(Value::text);
    map::slices(args, rows, |row, text| Ok(f(text, set.as_ref().and_then(|set| set.get(row)).unwrap_or(" "))))
}

pub(crate) fn trim(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    cut(args, rows, |text, set| text.trim_matches(|c| set.contains(c)))
}

pub(crate) fn ltrim(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    cut(args, rows, |text, set| text.trim_start_matches(|c| set.contains(c)))
}

pub(crate) fn rtrim(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    cut(args, rows, |text, set| text.trim_end_matches(|c| set.contains(c)))
}

/// The characters from `from` up to `to`, counted from 0.
fn part(text: &str, from: i64, to: i64) -> &str {
    let byte = |at: i64| match usize::try_from(at) {
        Ok(at) => text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte),
        Err(_) => 0,
    };
    if from >= to { "" } else { &text[byte(from)..byte(to)] }
}

fn within(number: i64, what: &str) -> Result<i64, Problem> {
    if number.abs() > MAX_LENGTH || number == i64::MIN {
        return Err(Problem::argument(format!("the {what} {number} is beyond {MAX_LENGTH}")));
    }
    Ok(number)
}

/// `substring(text, start[, length])`: 1 is the first character, negative counts from the end, a negative length goes to the left.
pub(crate) fn substring(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let start = args[1].numbers::<Int64Type>();
    let length = args.get(2).map(|length| length.numbers::<Int64Type>());
    map::slices(args, rows, |row, text| {
        let start = within(start.raw(row), "start")?;
        let length = length.as_ref().map_or(Ok(MAX_LENGTH), |length| within(length.raw(row), "length"))?;
        let first = match start {
            1.. => start - 1,
            // a start before the first character uses up length
            0 => -1,
            _ => text.chars().count() as i64 + start,
        };
        let (from, to) = if length < 0 { (first + length, first) } else { (first, first + length) };
        Ok(part(text, from.max(0), to))
    })
}

/// `left(text, count)`: a negative count leaves out the last ones.
pub(crate) fn left(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let count = args[1].numbers::<Int64Type>();
    map::slices(args, rows, |row, text| {
        let count = count.raw(row);
        if count >= 0 {
            return Ok(part(text, 0, within(count, "count")?));
        }
        Ok(part(text, 0, (text.chars().count() as i64).saturating_add(count)))
    })
}

/// `right(text, count)`: a negative count leaves out the first ones.
pub(crate) fn right(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let count = args[1].numbers::<Int64Type>();
    map::slices(args, rows, |row, text| {
        let (count, length) = (count.raw(row), text.chars().count() as i64);
        let kept = if count >= 0 { count.min(length) } else { length.saturating_add(count).max(0) };
        Ok(part(text, length - kept, length))
    })
}

pub(crate) fn replace(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (text, old, new) = (args[0].text(), args[1].text(), args[2].text());
    map::texts(args, rows, |row, out| {
        let (text, old) = (text.get(row).unwrap_or_default(), old.get(row).unwrap_or_default());
        let new = new.get(row).unwrap_or_default();
        if old.is_empty() {
            out.push_str(text);
            return Ok(());
        }
        let longest = text.len() / old.len() * new.len();
        if longest > map::MAX_TEXT_BYTES {
            return Err(Problem::TooLong { limit: map::MAX_TEXT_BYTES });
        }
        for (at, piece) in text.split(old).enumerate() {
            if at > 0 {
                out.push_str(new);
            }
            out.push_str(piece);
        }
        Ok(())
    })
}

/// `translate(text, from, to)`: each character of `from` becomes the one at its place in `to`, or nothing.
pub(crate) fn translate(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (text, from, to) = (args[0].text(), args[1].text(), args[2].text());
    map::texts(args, rows, |row, out| {
        let (from, to) = (from.get(row).unwrap_or_default(), to.get(row).unwrap_or_default());
        for c in text.get(row).unwrap_or_default().chars() {
            match from.chars().position(|wanted| wanted == c) {
                None => out.push(c),
                Some(at) => out.extend(to.chars().nth(at)),
            }
        }
        Ok(())
    })
}

/// `split_part(text, separator, index)`: 1 is the first part, -1 the last; an empty separator cuts between all characters.
pub(crate) fn split_part(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (separator, index) = (args[1].text(), args[2].numbers::<Int64Type>());
    map::slices(args, rows, |row, text| {
        let (separator, index) = (separator.get(row).unwrap_or_default(), index.raw(row));
        if separator.is_empty() {
            let place = if index > 0 { index - 1 } else { (text.chars().count() as i64).saturating_add(index) };
            return Ok(if index == 0 || place < 0 { "" } else { part(text, place, place.saturating_add(1)) });
        }
        let place = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
        let found = match index {
            0 => None,
            1.. => text.split(separator).nth(place - 1),
            _ => text.rsplit(separator).nth(place - 1),
        };
        Ok(found.unwrap_or_default())
    })
}
