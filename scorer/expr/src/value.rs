//! What a part of an expression comes to over a batch: a value for each row, or one value for all of them; and the views
//! through which kernels read either as if it were the former. Views trust the types that binding worked out.

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, StringArray, UInt32Array, new_null_array,
};
use arrow_buffer::NullBuffer;

use crate::evaluate::Failure;
use crate::kernel::map::MAX_TEXT_BYTES;
use crate::problem::Problem;
use crate::types::Type;

/// Values of one type.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// One per row.
    Each(ArrayRef),
    /// One (an array of length 1) that holds for every row.
    Same(ArrayRef),
}

impl Value {
    pub(crate) fn null(r#type: Type) -> Self {
        Self::Same(new_null_array(&r#type.physical(), 1))
    }

    pub(crate) fn array(&self) -> &ArrayRef {
        match self {
            Self::Each(array) | Self::Same(array) => array,
        }
    }

    pub(crate) fn is_same(&self) -> bool {
        matches!(self, Self::Same(_))
    }

    fn step(&self) -> usize {
        usize::from(!self.is_same())
    }

    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.array().is_null(row * self.step())
    }

    /// The rows that are null, as a buffer of `rows` bits; `None` where none is.
    pub(crate) fn nulls(&self, rows: usize) -> Option<NullBuffer> {
        match self {
            Self::Each(array) => array.logical_nulls(),
            Self::Same(array) if array.is_null(0) || array.logical_null_count() > 0 => Some(NullBuffer::new_null(rows)),
            Self::Same(_) => None,
        }
    }

    /// One value per row.
    pub(crate) fn spread(&self, rows: usize) -> Result<ArrayRef, Failure> {
        match self {
            Self::Each(array) => Ok(array.clone()),
            Self::Same(array) => {
                let length = array.as_string_opt::<i32>().map_or(0, |text| text.value_length(0) as usize);
                if length.saturating_mul(rows) > MAX_TEXT_BYTES {
                    return Err(Failure { row: 0, problem: Problem::TooLong { limit: MAX_TEXT_BYTES } });
                }
                Ok(arrow_select::take::take(array, &UInt32Array::from(vec![0; rows]), None)?)
            }
        }
    }

    /// The values at `rows`, in their order.
    pub(crate) fn at(&self, rows: &UInt32Array) -> Result<Self, Failure> {
        match self {
            Self::Each(array) => Ok(Self::Each(arrow_select::take::take(array, rows, None)?)),
            Self::Same(_) => Ok(self.clone()),
        }
    }

    pub(crate) fn numbers<T: ArrowPrimitiveType>(&self) -> Numbers<'_, T> {
        Numbers { array: self.array().as_primitive::<T>(), step: self.step() }
    }

    pub(crate) fn text(&self) -> Text<'_> {
        Text { array: self.array().as_string::<i32>(), step: self.step() }
    }

    pub(crate) fn truths(&self) -> Truths<'_> {
        Truths { array: self.array().as_boolean(), step: self.step() }
    }
}

/// Numbers, dates and times by row.
pub(crate) struct Numbers<'a, T: ArrowPrimitiveType> {
    array: &'a PrimitiveArray<T>,
    step: usize,
}

impl<T: ArrowPrimitiveType> Numbers<'_, T> {
    /// The value of a row, whatever it is where the row is null.
    pub(crate) fn raw(&self, row: usize) -> T::Native {
        self.array.values()[row * self.step]
    }

    pub(crate) fn get(&self, row: usize) -> Option<T::Native> {
        let row = row * self.step;
        self.array.is_valid(row).then(|| self.array.values()[row])
    }
}

/// Text by row.
pub(crate) struct Text<'a> {
    array: &'a StringArray,
    step: usize,
}

impl<'a> Text<'a> {
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        let row = row * self.step;
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}

/// Booleans by row.
pub(crate) struct Truths<'a> {
    array: &'a BooleanArray,
    step: usize,
}

impl Truths<'_> {
    pub(crate) fn get(&self, row: usize) -> Option<bool> {
        let row = row * self.step;
        self.array.is_valid(row).then(|| self.array.value(row))
    }
}
