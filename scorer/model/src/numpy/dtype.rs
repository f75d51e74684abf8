//! Element types of numpy arrays, as far as models use them: little-endian numbers, and records of them with the offsets
//! that the file gives. It reads no file format.

use std::fmt;

use super::ArrayError;

/// A number of fixed size, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) scalar: Scalar,
    pub(crate) offset: usize,
}

/// An element type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DType {
    Plain(Scalar),
    Record {
        itemsize: usize,
        fields: Vec<Field>,
    },
    /// Known by name and size only: texts, dates, complex numbers.
    Opaque {
        name: String,
        itemsize: usize,
    },
}

impl Scalar {
    /// The type that numpy spells so, as in `f8`, `|u1` or `<i4`; none for big-endian and all other types.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let known = match text.strip_prefix(['<', '|', '=']).unwrap_or(text) {
            "b1" => Self::Bool,
            "i1" => Self::I8,
            "i2" => Self::I16,
            "i4" => Self::I32,
            "i8" => Self::I64,
            "u1" => Self::U8,
            "u2" => Self::U16,
            "u4" => Self::U32,
            "u8" => Self::U64,
            "f4" => Self::F32,
            "f8" => Self::F64,
            _ => return None,
        };
        Some(known)
    }

    pub(crate) fn size(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}

impl DType {
    /// Bytes of one element.
    pub(crate) fn itemsize(&self) -> usize {
        match self {
            Self::Plain(scalar) => scalar.size(),
            Self::Record { itemsize, .. } | Self::Opaque { itemsize, .. } => *itemsize,
        }
    }

    /// A record type, if every field lies within it.
    pub(crate) fn record(itemsize: usize, fields: Vec<Field>) -> Option<Self> {
        let inside = |f: &Field| f.offset.checked_add(f.scalar.size()).is_some_and(|end| end <= itemsize);
        fields.iter().all(inside).then_some(Self::Record { itemsize, fields })
    }

    /// Where a record's field begins, if it has the type asked for.
    pub(crate) fn field(&self, name: &'static str, scalar: Scalar) -> Result<usize, ArrayError> {
        let Self::Record { fields, .. } = self else {
            return Err(ArrayError::Type { dtype: self.to_string(), expected: "a record" });
        };
        let field = fields.iter().find(|f| f.name == name).ok_or(ArrayError::NoField { field: name })?;
        if field.scalar != scalar {
            let dtype = format!("{:?} in field `{name}`", field.scalar);
            return Err(ArrayError::Type { dtype, expected: "the type that scikit-learn writes there" });
        }
        Ok(field.offset)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(scalar) => write!(f, "{scalar:?}"),
            Self::Record { itemsize, fields } => write!(f, "record of {} fields, {itemsize} bytes", fields.len()),
            Self::Opaque { name, .. } => write!(f, "`{name}`"),
        }
    }
}

/// The float32 at the start of an element, like [`f64_at_start`].
pub(crate) fn f32_at_start(bytes: &[u8]) -> f32 {
    bytes.first_chunk().map_or(f32::NAN, |b| f32::from_le_bytes(*b))
}

/// The float at the start of an element; NaN if the element is too short, which its type rules out.
pub(crate) fn f64_at_start(bytes: &[u8]) -> f64 {
    bytes.first_chunk().map_or(f64::NAN, |b| f64::from_le_bytes(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_not_reach_beyond_its_record() {
        let field = |offset| vec![Field { name: "threshold".into(), scalar: Scalar::F64, offset }];
        assert!(DType::record(16, field(8)).is_some());
        assert!(DType::record(16, field(9)).is_none());
        assert!(DType::record(16, field(usize::MAX)).is_none());
    }

    #[test]
    fn big_endian_numbers_are_not_taken_for_little_endian_ones() {
        assert_eq!(Scalar::parse(">f8"), None);
        assert_eq!(Scalar::parse("<f8"), Some(Scalar::F64));
        assert_eq!(Scalar::parse("|b1"), Some(Scalar::Bool));
    }
}
