//! Arrays as model files hold them: shape, element type and raw bytes, checked against each other once.
//! Nothing is converted until an estimator asks for numbers.

mod decode;
mod dtype;
mod npy;

use std::borrow::Cow;

pub(crate) use self::decode::{array, scalar};
#[cfg(test)]
pub(crate) use self::dtype::Field;
pub(crate) use self::dtype::{DType, Scalar};
pub(crate) use self::npy::read_npy;
use crate::limits;

/// Why an array was not read.
#[derive(Debug, thiserror::Error)]
pub enum ArrayError {
    /// The value is not an array at all.
    #[error("is {found}, where an array is expected")]
    NotAnArray {
        /// What it is.
        found: String,
    },
    /// The description of the array has parts of the wrong kind.
    #[error("is an array whose {part} cannot be read")]
    Malformed {
        /// Which part.
        part: &'static str,
    },
    /// An element type that is not supported.
    #[error("has elements of type {dtype}, where {expected} is expected")]
    Type {
        /// numpy's name of the type.
        dtype: String,
        /// What is.
        expected: &'static str,
    },
    /// The shape and the number of bytes disagree.
    #[error("has the shape {shape:?} but {bytes} bytes of elements of {itemsize} bytes")]
    Size {
        /// The shape.
        shape: Vec<usize>,
        /// Bytes of data.
        bytes: usize,
        /// Bytes of one element.
        itemsize: usize,
    },
    /// Another shape is needed.
    #[error("has the shape {shape:?}, where {expected} is expected")]
    Shape {
        /// The shape.
        shape: Vec<usize>,
        /// What is.
        expected: String,
    },
    /// A structured array lacks a field.
    #[error("has no field `{field}`")]
    NoField {
        /// The field.
        field: &'static str,
    },
}

/// How many bits a number was computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    /// float32.
    Single,
    /// float64.
    Double,
}

/// An array whose bytes fit its shape. Which index runs fastest is not kept: no supported estimator has an array with two
/// dimensions longer than 1.
#[derive(Clone, Debug)]
pub(crate) struct Array<'a> {
    pub(crate) dtype: DType,
    pub(crate) shape: Vec<usize>,
    data: Cow<'a, [u8]>,
}

impl<'a> Array<'a> {
    /// An array over `data`, if that is exactly what `shape` and `dtype` need.
    pub(crate) fn new(dtype: DType, shape: Vec<usize>, data: Cow<'a, [u8]>) -> Result<Self, ArrayError> {
        let itemsize = dtype.itemsize();
        let bytes = shape.iter().try_fold(itemsize, |product, n| product.checked_mul(*n));
        if shape.len() > limits::DIMENSIONS || itemsize == 0 || bytes != Some(data.len()) {
            return Err(ArrayError::Size { bytes: data.len(), itemsize, shape });
        }
        Ok(Self { dtype, shape, data })
    }

    /// The elements' bytes, one chunk each, in the order of storage.
    pub(crate) fn elements(&self) -> std::slice::ChunksExact<'_, u8> {
        self.data.chunks_exact(self.dtype.itemsize())
    }

    /// The elements as floats, in the order of storage, and the precision that they have.
    pub(crate) fn floats(&self) -> Result<(Vec<f64>, Precision), ArrayError> {
        match self.dtype {
            DType::Plain(Scalar::F32) => {
                Ok((self.elements().map(dtype::f32_at_start).map(f64::from).collect(), Precision::Single))
            }
            _ => Ok((self.f64s()?, Precision::Double)),
        }
    }

    /// The elements as floats, in the order of storage, if they are float64.
    pub(crate) fn f64s(&self) -> Result<Vec<f64>, ArrayError> {
        match self.dtype {
            DType::Plain(Scalar::F64) => Ok(self.elements().map(dtype::f64_at_start).collect()),
            _ => Err(ArrayError::Type { dtype: self.dtype.to_string(), expected: "float64" }),
        }
    }

    /// The one-dimensional length, or an error that says what was expected.
    pub(crate) fn vector_len(&self) -> Result<usize, ArrayError> {
        match self.shape[..] {
            [len] => Ok(len),
            _ => Err(ArrayError::Shape { shape: self.shape.clone(), expected: "one dimension".to_owned() }),
        }
    }
}
