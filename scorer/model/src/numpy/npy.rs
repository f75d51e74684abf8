//! The `.npy` format, in which skops keeps arrays (source: numpy 2.4, `numpy/lib/_format_impl.py`; versions 1.0 to 3.0).
//! The header is a Python literal of known shape; it is matched, not evaluated.

use std::borrow::Cow;

use super::dtype::{DType, Field, Scalar};
use super::{Array, ArrayError};
use crate::limits;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The array in the bytes of a `.npy` file, which it takes over.
pub(crate) fn read_npy(mut file: Vec<u8>) -> Result<Array<'static>, ArrayError> {
    let (header, data_start) = header(&file).ok_or(ArrayError::Malformed { part: "`.npy` header" })?;
    let dtype = descr(value_of(header, "descr")?)?;
    let shape = shape(value_of(header, "shape")?).ok_or(ArrayError::Malformed { part: "shape" })?;
    file.drain(..data_start);
    Array::new(dtype, shape, Cow::Owned(file))
}

/// The header's text, and where the data begins.
fn header(file: &[u8]) -> Option<(&str, usize)> {
    let rest = file.strip_prefix(MAGIC)?;
    let (start, len) = match rest.first()? {
        1 => (10, usize::from(u16::from_le_bytes(*rest.get(2..)?.first_chunk()?))),
        2 | 3 => (12, usize::try_from(u32::from_le_bytes(*rest.get(2..)?.first_chunk()?)).ok()?),
        _ => return None,
    };
    let end = start + Some(len).filter(|len| *len <= limits::NPY_HEADER)?;
    Some((str::from_utf8(file.get(start..end)?).ok()?.trim(), end))
}

/// What follows `'key':` in the header, up to its end.
fn value_of<'h>(header: &'h str, key: &'static str) -> Result<&'h str, ArrayError> {
    let quoted = format!("'{key}':");
    let found = header.split_once(&quoted).map(|(_, value)| value.trim_start());
    found.ok_or(ArrayError::Malformed { part: key })
}

/// `'<f8'`, or a list of fields: `[('left_child', '<i8'), …, ('', '|V7')]`, packed in that order.
fn descr(text: &str) -> Result<DType, ArrayError> {
    let malformed = || ArrayError::Malformed { part: "element type" };
    let Some(list) = text.strip_prefix('[') else {
        let name = quoted(text).ok_or_else(malformed)?.0;
        return plain(name).ok_or_else(malformed);
    };
    let (mut fields, mut offset, mut rest) = (Vec::new(), 0_usize, list.trim_start());
    while let Some(tuple) = rest.strip_prefix('(') {
        let (name, after) = quoted(tuple).ok_or_else(malformed)?;
        let (format, after) = quoted(after.trim_start_matches([',', ' '])).ok_or_else(malformed)?;
        let after = after.strip_prefix(')').ok_or_else(malformed)?;
        let dtype = plain(format).ok_or_else(malformed)?;
        let size = dtype.itemsize();
        match dtype {
            DType::Plain(scalar) => fields.push(Field { name: name.to_owned(), scalar, offset }),
            // unnamed filling between fields
            _ if name.is_empty() => {}
            _ => return Err(malformed()),
        }
        offset = offset.checked_add(size).ok_or_else(malformed)?;
        rest = after.trim_start_matches([',', ' ']);
    }
    if !rest.starts_with(']') || fields.len() > limits::FIELDS {
        return Err(malformed());
    }
    DType::record(offset, fields).ok_or_else(malformed)
}

fn plain(name: &str) -> Option<DType> {
    if let Some(scalar) = Scalar::parse(name) {
        return Some(DType::Plain(scalar));
    }
    let size = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    // `<U12` counts characters of four bytes
    let unit = if name.contains('U') { 4 } else { 1 };
    let itemsize = size.parse::<usize>().ok()?.checked_mul(unit).filter(|n| *n > 0)?;
    Some(DType::Opaque { name: name.to_owned(), itemsize })
}

/// A text in single quotes at the start, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('\'')?.split_once('\'')
}

/// `(3, 1)`, `(3,)` or `()`.
fn shape(text: &str) -> Option<Vec<usize>> {
    let inside = text.strip_prefix('(')?.split_once(')')?.0;
    let sizes: Option<Vec<usize>> =
        inside.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| s.parse().ok()).collect();
    sizes.filter(|sizes| sizes.len() <= limits::DIMENSIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend([1, 0]);
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn a_record_array_takes_its_offsets_from_the_header() {
        // header as numpy 2.4 writes it
        let header =
            "{'descr': [('a', '<i8'), ('', '|V3'), ('b', '|u1')], 'fortran_order': False, 'shape': (2,), }  \n";
        let array = read_npy(file(header, &[0; 24])).unwrap();
        assert_eq!(array.dtype.field("b", Scalar::U8).unwrap(), 11);
        assert_eq!(array.shape, [2]);
    }

    #[test]
    fn a_shape_that_overflows_is_refused() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }\n";
        assert!(matches!(read_npy(file(header, &[])), Err(ArrayError::Size { .. })));
    }

    #[test]
    fn an_array_of_objects_is_refused() {
        let header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
        assert!(read_npy(file(header, &[0; 8])).is_err());
    }

    #[test]
    fn a_header_cut_anywhere_is_an_error() {
        let whole = file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", &[0; 8]);
        for len in 0..whole.len() {
            assert!(read_npy(whole[..len].to_vec()).is_err(), "{len}");
        }
    }
}
