//! NOT, IS NULL, IS TRUE: what is asked of truths and nulls.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray};

use super::map;
use crate::evaluate::Failure;
use crate::value::Value;

pub(crate) fn not(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let truths = args[0].truths();
    map::truths(args, rows, |row| Ok(truths.get(row) == Some(false)))
}

#[expect(clippy::unnecessary_wraps, reason = "kernels that cannot fail stand among those that can")]
fn of(rows: usize, holds: impl Fn(usize) -> bool) -> Result<ArrayRef, Failure> {
    Ok(Arc::new(BooleanArray::from((0..rows).map(holds).collect::<Vec<_>>())))
}

pub(crate) fn is_null(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let nulls = args[0].nulls(rows);
    of(rows, |row| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)))
}

pub(crate) fn is_not_null(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let nulls = args[0].nulls(rows);
    of(rows, |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)))
}

pub(crate) fn is_true(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let truths = args[0].truths();
    of(rows, |row| truths.get(row) == Some(true))
}

pub(crate) fn is_false(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let truths = args[0].truths();
    of(rows, |row| truths.get(row) == Some(false))
}
