//! Functions that make text longer. Each bounds what it will write before it writes.

use arrow_array::ArrayRef;
use arrow_array::types::{Int32Type, Int64Type};

use super::map::{self, MAX_TEXT_BYTES};
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

const TOO_LONG: Problem = Problem::TooLong { limit: MAX_TEXT_BYTES };

pub(crate) fn repeat(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let (text, count) = (args[0].text(), args[1].numbers::<Int64Type>());
    map::texts(args, rows, |row, out| {
        let text = text.get(row).unwrap_or_default();
        let count = usize::try_from(count.raw(row).max(0)).unwrap_or(usize::MAX);
        if text.is_empty() {
            return Ok(());
        }
        let bytes = text.len().checked_mul(count).filter(|bytes| *bytes <= MAX_TEXT_BYTES).ok_or(TOO_LONG)?;
        out.reserve(bytes);
        (0..count).for_each(|_| out.push_str(text));
        Ok(())
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn pad(args: &[Value], rows: usize, side: Side) -> Result<ArrayRef, Failure> {
    let (text, length, filling) = (args[0].text(), args[1].numbers::<Int32Type>(), args[2].text());
    map::texts(args, rows, |row, out| {
        let (text, filling) = (text.get(row).unwrap_or_default(), filling.get(row).unwrap_or_default());
        let wanted = usize::try_from(length.raw(row)).unwrap_or(0);
        let there = text.chars().count();
        if wanted <= there {
            out.extend(text.chars().take(wanted));
            return Ok(());
        }
        if filling.is_empty() {
            return Err(Problem::argument("there is no text to fill up with"));
        }
        // a character has at most 4 bytes
        if wanted > MAX_TEXT_BYTES / 4 {
            return Err(TOO_LONG);
        }
        if side == Side::Right {
            out.push_str(text);
        }
        out.extend(filling.chars().cycle().take(wanted - there));
        if side == Side::Left {
            out.push_str(text);
        }
        Ok(())
    })
}

pub(crate) fn lpad(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    pad(args, rows, Side::Left)
}

pub(crate) fn rpad(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    pad(args, rows, Side::Right)
}
