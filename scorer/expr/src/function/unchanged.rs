//! The argument lists of what leaves a number as it is: the sign `+`, and rounding what is whole.

use super::{Overload, works};
use crate::kernel::arithmetic::itself;
use crate::types::Type::{
    self, BigInt, Double, Float, HugeInt, Integer, SmallInt, TinyInt, UBigInt, UInteger, USmallInt, UTinyInt,
};

pub(super) static SIGNED: &[Overload] = &[
    same(&[BigInt], BigInt),
    same(&[Integer], Integer),
    same(&[TinyInt], TinyInt),
    same(&[SmallInt], SmallInt),
    same(&[HugeInt], HugeInt),
];

pub(super) static UNSIGNED: &[Overload] = &[
    same(&[UTinyInt], UTinyInt),
    same(&[USmallInt], USmallInt),
    same(&[UInteger], UInteger),
    same(&[UBigInt], UBigInt),
];

pub(super) static FLOATS: &[Overload] = &[same(&[Double], Double), same(&[Float], Float)];

const fn same(param: &'static [Type], result: Type) -> Overload {
    works(param, result, itself)
}
