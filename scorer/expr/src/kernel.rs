//! The operations on values, each over the rows of a batch. Kernels trust the types that binding worked out; the row that a failure
//! names is one of the rows that they were given.

pub(crate) mod arithmetic;
pub(crate) mod civil;
pub(crate) mod compare;
pub(crate) mod date;
pub(crate) mod interval;
pub(crate) mod like;
pub(crate) mod map;
pub(crate) mod number;
pub(crate) mod pad;
pub(crate) mod part;
pub(crate) mod print;
pub(crate) mod strftime;
pub(crate) mod text;
pub(crate) mod truth;

use std::cmp::Ordering;

use arrow_array::ArrayRef;

use crate::evaluate::Failure;
use crate::parse::tree::Comparison;
use crate::types::Type;
use crate::value::Value;

/// What becomes of a call's arguments.
pub(crate) type Plain = fn(&[Value], usize) -> Result<ArrayRef, Failure>;

/// An operation whose arguments have settled types.
#[derive(Clone, Debug)]
pub(crate) enum Kernel {
    Plain(Plain),
    /// Two values of one type.
    Compare(Comparison, Type),
    /// Value, lowest, highest, all of one type.
    Between(Type),
    /// A value and those it is looked for among, all of one type.
    In(Type),
    /// The greatest or the least of values of one type, nulls aside.
    Extreme(Ordering, Type),
    /// The texts of values of these types, one after another, nulls left out or taking the whole with them.
    Join(Vec<Type>, print::Nulls),
    /// The same after the first, which stands between them.
    JoinWith(Vec<Type>),
}

impl Kernel {
    /// The result of `rows` rows.
    pub(crate) fn run(&self, args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
        match self {
            Self::Plain(run) => run(args, rows),
            Self::Compare(how, r#type) => Ok(compare::compare(*how, *r#type, args, rows)),
            Self::Between(r#type) => Ok(compare::between(*r#type, args, rows)),
            Self::In(r#type) => Ok(compare::among(*r#type, args, rows)),
            Self::Extreme(wanted, r#type) => compare::extreme(*wanted, *r#type, args, rows),
            Self::Join(types, nulls) => print::join(types, *nulls, args, rows),
            Self::JoinWith(types) => print::join_with(types, args, rows),
        }
    }
}
