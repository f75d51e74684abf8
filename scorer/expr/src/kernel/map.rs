//! The loops over rows that kernels share: a null among the arguments makes a null, everything else goes through a function of values.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

/// Most bytes of text in one column of one batch; 32-bit offsets end at 2 GiB, and a batch has no use for more than this.
pub(crate) const MAX_TEXT_BYTES: usize = 256 << 20;

/// Rows where any argument is null.
pub(crate) fn nulls(args: &[Value], rows: usize) -> Option<NullBuffer> {
    args.iter().fold(None, |all, arg| NullBuffer::union(all.as_ref(), arg.nulls(rows).as_ref()))
}

fn is_live(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_none_or(|nulls| nulls.is_valid(row))
}

/// A number per row from one number, where no number fails.
#[expect(clippy::unnecessary_wraps, reason = "kernels that cannot fail stand among those that can")]
pub(crate) fn number1<A, R>(
    args: &[Value],
    rows: usize,
    f: impl Fn(A::Native) -> R::Native,
) -> Result<ArrayRef, Failure>
where
    A: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
{
    let a = args[0].numbers::<A>();
    let values: Vec<R::Native> = (0..rows).map(|row| f(a.raw(row))).collect();
    Ok(Arc::new(PrimitiveArray::<R>::new(values.into(), nulls(args, rows))))
}

/// A number per row from two numbers, where no pair fails.
#[expect(clippy::unnecessary_wraps, reason = "kernels that cannot fail stand among those that can")]
pub(crate) fn number2<A, B, R>(
    args: &[Value],
    rows: usize,
    f: impl Fn(A::Native, B::Native) -> R::Native,
) -> Result<ArrayRef, Failure>
where
    A: ArrowPrimitiveType,
    B: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
{
    let (a, b) = (args[0].numbers::<A>(), args[1].numbers::<B>());
    let values: Vec<R::Native> = (0..rows).map(|row| f(a.raw(row), b.raw(row))).collect();
    Ok(Arc::new(PrimitiveArray::<R>::new(values.into(), nulls(args, rows))))
}

/// A number per row, from the row's number: for what can fail, and for arguments of any kind. Not called where an argument is null.
pub(crate) fn numbers<R: ArrowPrimitiveType>(
    args: &[Value],
    rows: usize,
    f: impl Fn(usize) -> Result<R::Native, Problem>,
) -> Result<ArrayRef, Failure> {
    let nulls = nulls(args, rows);
    let mut values = vec![R::Native::default(); rows];
    for (row, value) in values.iter_mut().enumerate() {
        if is_live(nulls.as_ref(), row) {
            *value = f(row).map_err(Failure::at(row))?;
        }
    }
    Ok(Arc::new(PrimitiveArray::<R>::new(values.into(), nulls)))
}

/// A boolean per row. Not called where an argument is null.
pub(crate) fn truths(
    args: &[Value],
    rows: usize,
    f: impl Fn(usize) -> Result<bool, Problem>,
) -> Result<ArrayRef, Failure> {
    let nulls = nulls(args, rows);
    let mut values = vec![false; rows];
    for (row, value) in values.iter_mut().enumerate() {
        if is_live(nulls.as_ref(), row) {
            *value = f(row).map_err(Failure::at(row))?;
        }
    }
    Ok(Arc::new(BooleanArray::new(BooleanBuffer::from(values), nulls)))
}

/// A text per row, written to a buffer that is empty at the beginning of a row. Not called where an argument is null.
pub(crate) fn texts(
    args: &[Value],
    rows: usize,
    f: impl Fn(usize, &mut String) -> Result<(), Problem>,
) -> Result<ArrayRef, Failure> {
    let nulls = nulls(args, rows);
    written(rows, |row, text| {
        if !is_live(nulls.as_ref(), row) {
            return Ok(false);
        }
        f(row, text).map(|()| true)
    })
}

/// A text per row, or null where `f` says that it wrote none.
pub(crate) fn written(
    rows: usize,
    f: impl Fn(usize, &mut String) -> Result<bool, Problem>,
) -> Result<ArrayRef, Failure> {
    let mut builder = StringBuilder::with_capacity(rows, rows.saturating_mul(8).min(MAX_TEXT_BYTES));
    let mut text = String::new();
    let mut bytes = 0;
    for row in 0..rows {
        text.clear();
        if f(row, &mut text).map_err(Failure::at(row))? {
            bytes += text.len();
            if bytes > MAX_TEXT_BYTES {
                return Err(Failure { row, problem: Problem::TooLong { limit: MAX_TEXT_BYTES } });
            }
            builder.append_value(&text);
        } else {
            builder.append_null();
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// A text per row that is a part of the row's first argument. Not called where an argument is null.
pub(crate) fn slices<'a>(
    args: &'a [Value],
    rows: usize,
    f: impl Fn(usize, &'a str) -> Result<&'a str, Problem>,
) -> Result<ArrayRef, Failure> {
    let text = args[0].text();
    texts(args, rows, |row, out| {
        out.push_str(f(row, text.get(row).unwrap_or_default())?);
        Ok(())
    })
}
