//! A typed part together with how it was written: a literal takes the type that its surroundings want, a column does not.

use std::sync::Arc;

use arrow_array::types::Decimal128Type;
use arrow_array::{Int32Array, Int64Array, PrimitiveArray};

use super::{BindError, fold};
use crate::cast as casts;
use crate::node::{Kind, Node};
use crate::parse::tree::CastFailure;
use crate::types::{Type, common_type, implicit_cost};

/// What fits costs less than any cast, but more than the literal's own type.
const LITERAL_COST: u32 = 20;

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) node: Node,
    pub(super) written: Written,
}

/// How a part stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Integer(i128),
    Text,
    Otherwise,
}

impl Part {
    pub(super) fn other(node: Node) -> Self {
        Self { node, written: Written::Otherwise }
    }

    pub(super) fn folded(node: Node) -> Self {
        Self::other(fold(node))
    }

    /// What it costs to give this where a `to` is wanted; `None` where it cannot be.
    pub(super) fn cost(&self, to: Type) -> Option<u32> {
        match self.written {
            Written::Integer(value) if self.node.r#type != to && to.holds(value) => Some(LITERAL_COST),
            _ => implicit_cost(self.node.r#type, to),
        }
    }

    /// This as a value of another type.
    pub(super) fn coerce(self, to: Type) -> Result<Node, BindError> {
        let Node { r#type, position, .. } = self.node;
        if r#type == to {
            return Ok(self.node);
        }
        if let (Written::Text, Some(text)) = (self.written, self.node.literal_text()) {
            return read(text, to, position);
        }
        cast(self.node, to, CastFailure::Error, position)
    }
}

/// An integer as it is written.
pub(super) fn integer(value: i128, position: usize) -> Part {
    let r#type = Type::of_literal(value);
    let one: arrow_array::ArrayRef = match (i32::try_from(value), i64::try_from(value)) {
        (Ok(value), _) => Arc::new(Int32Array::from(vec![value])),
        (_, Ok(value)) => Arc::new(Int64Array::from(vec![value])),
        _ => Arc::new(PrimitiveArray::<Decimal128Type>::from(vec![value]).with_data_type(Type::HugeInt.physical())),
    };
    Part { node: Node::literal(r#type, position, one), written: Written::Integer(value) }
}

/// A text of the expression as a value of a type.
pub(super) fn read(text: &str, to: Type, position: usize) -> Result<Node, BindError> {
    let one = casts::read(text, to).map_err(|problem| BindError::Literal { what: problem.to_string(), position })?;
    Ok(Node::literal(to, position, one))
}

/// A cast, if there is one; computed at once where that can be.
pub(super) fn cast(input: Node, to: Type, failure: CastFailure, position: usize) -> Result<Node, BindError> {
    let from = input.r#type;
    if from == to {
        return Ok(input);
    }
    if !casts::is_possible(from, to) {
        return Err(BindError::Cast { from: from.to_string(), to: to.to_string(), position });
    }
    let fails = input.fails || (failure == CastFailure::Error && !casts::always_works(from, to));
    Ok(fold(Node { r#type: to, position, fails, kind: Kind::Cast(Box::new(input), failure) }))
}

/// The type that the parts so far have in common, and the literal that it is of where there was nothing else.
type Common = (Type, Written);

/// The next part joins those before it: a literal takes the type of what it meets if it fits there, and has its own from then on.
fn meet(all: Common, next: &Part) -> Option<Common> {
    let own = next.node.r#type;
    let r#type = match (all, next.written) {
        (_, Written::Text) => all.0,
        ((_, Written::Integer(value)), Written::Otherwise) if own.holds(value) => own,
        ((before, Written::Otherwise), Written::Integer(value)) if before.holds(value) => before,
        ((before, _), _) => common_type(before, own)?,
    };
    Some((r#type, Written::Otherwise))
}

/// Brings parts to the type that all have in common, from left to right as DuckDB does.
pub(super) fn unify(parts: Vec<Part>, together: &'static str, position: usize) -> Result<(Type, Vec<Node>), BindError> {
    let mut all: Option<Common> = None;
    for next in &parts {
        all = match (all, next.written) {
            (None, Written::Text) => Some((Type::Null, Written::Otherwise)),
            (None, written) => Some((next.node.r#type, written)),
            (Some(before), _) => Some(meet(before, next).ok_or_else(|| BindError::Types {
                left: before.0.to_string(),
                right: next.node.r#type.to_string(),
                together,
                position,
            })?),
        };
    }
    let texts = parts.iter().any(|part| part.written == Written::Text);
    let r#type = match all {
        Some((Type::Null, _)) if texts => Type::Varchar,
        Some((r#type, _)) => r#type,
        None => Type::Null,
    };
    let nodes = parts.into_iter().map(|part| part.coerce(r#type)).collect::<Result<_, _>>()?;
    Ok((r#type, nodes))
}
