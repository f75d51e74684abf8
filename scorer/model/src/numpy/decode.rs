//! Arrays and scalars out of the descriptions that a pickle holds of them (sources: numpy 1.19 to 2.4,
//! `multiarray/methods.c` `array_reduce`, `array_setstate`, `descriptor.c` `arraydescr_reduce`, `_core/numeric.py` `_frombuffer`).

use std::borrow::Cow;

use super::dtype::{DType, Field, Scalar};
use super::{Array, ArrayError, Precision};
use crate::arena::{Arena, Made, Node, NodeId};
use crate::globals::Global;
use crate::limits;

/// The array that a node is.
pub(crate) fn array<'v>(arena: &'v Arena<'_>, id: NodeId) -> Result<Cow<'v, Array<'v>>, ArrayError> {
    match arena.get(id) {
        Node::Array(index) => Ok(Cow::Borrowed(arena.array(*index))),
        Node::Made(made) => match made.by {
            Global::Reconstruct => reconstructed(arena, made).map(Cow::Owned),
            Global::FromBuffer => from_buffer(arena, made).map(Cow::Owned),
            Global::Scalar => numpy_scalar(arena, made).map(Cow::Owned),
            _ => Err(ArrayError::NotAnArray { found: arena.kind(id) }),
        },
        _ => Err(ArrayError::NotAnArray { found: arena.kind(id) }),
    }
}

/// The float that a node is: a numpy scalar or an array of exactly one element, with its precision; or a Python number, which
/// has none of its own.
pub(crate) fn scalar(arena: &Arena<'_>, id: NodeId) -> Result<(f64, Option<Precision>), ArrayError> {
    match arena.get(id) {
        Node::Float(value) => Ok((*value, None)),
        Node::Int(value) => Ok((*value as f64, None)),
        _ => {
            let array = array(arena, id)?;
            let (values, precision) = array.floats()?;
            match values[..] {
                [value] => Ok((value, Some(precision))),
                _ => Err(ArrayError::Shape { shape: array.shape.clone(), expected: "one number".to_owned() }),
            }
        }
    }
}

/// `_reconstruct(ndarray, (0,), b'b')` with the state `(1, shape, dtype, is_fortran, data)`.
fn reconstructed<'v>(arena: &'v Arena<'_>, made: &Made) -> Result<Array<'v>, ArrayError> {
    let state = made.state.and_then(|id| arena.items(id)).ok_or(ArrayError::Malformed { part: "state" })?;
    let [_, shape, dtype, _, data] = *state else { return Err(ArrayError::Malformed { part: "state" }) };
    Array::new(read_dtype(arena, dtype)?, read_shape(arena, shape)?, read_bytes(arena, data)?)
}

/// `_frombuffer(buffer, dtype, shape, order)`; the order `'K'` with permuted axes (numpy 2.4) is not read.
fn from_buffer<'v>(arena: &'v Arena<'_>, made: &Made) -> Result<Array<'v>, ArrayError> {
    let args = arena.items(made.args).unwrap_or_default();
    let [buffer, dtype, shape, order] = *args else { return Err(ArrayError::Malformed { part: "arguments" }) };
    if !matches!(arena.as_text(order), Some("C" | "F")) {
        return Err(ArrayError::Malformed { part: "order" });
    }
    Array::new(read_dtype(arena, dtype)?, read_shape(arena, shape)?, read_bytes(arena, buffer)?)
}

/// `scalar(dtype, bytes)`: an array without dimensions.
fn numpy_scalar<'v>(arena: &'v Arena<'_>, made: &Made) -> Result<Array<'v>, ArrayError> {
    let args = arena.items(made.args).unwrap_or_default();
    let [dtype, data] = *args else { return Err(ArrayError::Malformed { part: "arguments" }) };
    Array::new(read_dtype(arena, dtype)?, Vec::new(), read_bytes(arena, data)?)
}

fn read_shape(arena: &Arena<'_>, id: NodeId) -> Result<Vec<usize>, ArrayError> {
    let malformed = || ArrayError::Malformed { part: "shape" };
    let items = arena.items(id).filter(|items| items.len() <= limits::DIMENSIONS).ok_or_else(malformed)?;
    let size = |id: &NodeId| match arena.get(*id) {
        Node::Int(n) => usize::try_from(*n).map_err(|_| malformed()),
        _ => Err(malformed()),
    };
    items.iter().map(size).collect()
}

/// Bytes as such, or as protocol 2 spells them: `_codecs.encode(text, 'latin1')`, or `bytes()` where there are none.
fn read_bytes<'v>(arena: &'v Arena<'_>, id: NodeId) -> Result<Cow<'v, [u8]>, ArrayError> {
    let malformed = || ArrayError::Malformed { part: "data" };
    match arena.get(id) {
        Node::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        Node::Made(made) if made.by == Global::Encode => {
            let text = arena.items(made.args).and_then(|args| args.first()).and_then(|text| arena.as_text(*text));
            let latin1 = |c: char| u8::try_from(u32::from(c)).map_err(|_| malformed());
            text.ok_or_else(malformed)?.chars().map(latin1).collect::<Result<Vec<u8>, _>>().map(Cow::Owned)
        }
        // a bytearray of protocols 2 to 4 wraps bytes once; deeper wrapping is not written by anyone
        Node::Made(made) if made.by == Global::Bytes => match arena.items(made.args) {
            Some([]) => Ok(Cow::Borrowed(&[])),
            Some([inner]) if matches!(arena.get(*inner), Node::Bytes(_)) => read_bytes(arena, *inner),
            _ => Err(malformed()),
        },
        Node::List(_) => Err(ArrayError::Type { dtype: "`object`".to_owned(), expected: "numbers" }),
        _ => Err(malformed()),
    }
}

/// `dtype(name, False, True)` with the state `(3, order, subdtype, names, fields, itemsize, alignment, flags, …)`.
fn read_dtype(arena: &Arena<'_>, id: NodeId) -> Result<DType, ArrayError> {
    let malformed = || ArrayError::Malformed { part: "element type" };
    let Node::Made(Made { by: Global::DType, args, state, .. }) = arena.get(id) else { return Err(malformed()) };
    let name = arena.items(*args).and_then(|args| args.first()).and_then(|name| arena.as_text(*name));
    let name = name.ok_or_else(malformed)?;
    let state = state.map(|id| arena.items(id).ok_or_else(malformed)).transpose()?;
    let Some([_, order, _, names, fields, itemsize, ..]) = state else {
        return plain(name, "=").ok_or_else(malformed);
    };
    match (arena.get(*names), arena.get(*fields), arena.get(*itemsize)) {
        (Node::None, Node::None, _) => plain(name, arena.as_text(*order).unwrap_or("?")).ok_or_else(malformed),
        (_, Node::Dict(fields), Node::Int(itemsize)) => {
            let itemsize = usize::try_from(*itemsize).map_err(|_| malformed())?;
            let fields = record_fields(arena, *names, fields).ok_or_else(malformed)?;
            DType::record(itemsize, fields).ok_or_else(malformed)
        }
        _ => Err(malformed()),
    }
}

/// A type that is not a record. One whose numbers are not little-endian is kept opaque.
fn plain(name: &str, order: &str) -> Option<DType> {
    let itemsize = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok().filter(|n| *n > 0);
    let scalar = Scalar::parse(name).filter(|scalar| order != ">" || scalar.size() == 1);
    match (scalar, name) {
        (Some(scalar), _) => Some(DType::Plain(scalar)),
        // objects are stored as a list, not as bytes: any size will do
        (None, "O8" | "O4" | "O") => Some(DType::Opaque { name: "object".to_owned(), itemsize: 8 }),
        (None, _) => itemsize.map(|itemsize| DType::Opaque { name: format!("{order}{name}"), itemsize }),
    }
}

/// The fields of a record: `names` gives their order, `fields` maps each to `(dtype, offset)`.
fn record_fields(arena: &Arena<'_>, names: NodeId, fields: &[(NodeId, NodeId)]) -> Option<Vec<Field>> {
    let names = arena.items(names).filter(|names| names.len() <= limits::FIELDS && fields.len() <= limits::FIELDS)?;
    let field = |name: &NodeId| {
        let name = arena.as_text(*name)?;
        let (_, value) = fields.iter().rev().find(|(key, _)| arena.as_text(*key) == Some(name))?;
        let [dtype, offset, ..] = *arena.items(*value)? else { return None };
        let (Node::Made(made), Node::Int(offset)) = (arena.get(dtype), arena.get(offset)) else { return None };
        let DType::Plain(scalar) = plain_field(arena, made)? else { return None };
        Some(Field { name: name.to_owned(), scalar, offset: usize::try_from(*offset).ok()? })
    };
    names.iter().map(field).collect()
}

/// A field's own type: never a record again, so that types do not nest.
fn plain_field(arena: &Arena<'_>, made: &Made) -> Option<DType> {
    if made.by != Global::DType {
        return None;
    }
    let name = arena.as_text(*arena.items(made.args)?.first()?)?;
    let order = match made.state {
        None => "=",
        Some(state) => arena.as_text(*arena.items(state)?.get(1)?)?,
    };
    plain(name, order)
}
