//! Gives a parsed expression its types: names become slots, calls become kernels, casts are put in where a function wants another type,
//! and what has no column in it is computed once. Reads no row.

mod branch;
mod call;
mod error;
mod part;
mod times;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray};
use arrow_schema::DataType;
use std::sync::Arc;

pub use error::BindError;
use part::{Part, Written};

use crate::column;
use crate::evaluate::{self, EvaluateError};
use crate::frame::Frame;
use crate::kernel::{Kernel, Plain, truth};
use crate::node::{Junction, Kind as NodeKind, Node};
use crate::parse::Expression;
use crate::parse::tree::{CastFailure, Comparison, Kind, Tree, Truth};
use crate::problem::Problem;
use crate::scope::Scope;
use crate::types::Type;
use crate::value::Value;

/// An expression whose names and types are settled against a scope.
#[derive(Clone, Debug)]
pub struct Bound {
    node: Node,
    data_type: DataType,
    slots: Vec<usize>,
    /// What the scope says of the slots that are read.
    expected: Vec<DataType>,
}

impl Expression {
    /// Types the expression against the columns there are.
    pub fn bind(&self, scope: &Scope) -> Result<Bound, BindError> {
        let node = Binder { scope }.bind(self.tree())?.node;
        let bare = match node.kind {
            NodeKind::Column(slot) => Some(column::bare_type(scope.data_type(slot))),
            _ => None,
        };
        let data_type = bare.or_else(|| node.r#type.to_arrow()).ok_or_else(|| BindError::Result {
            r#type: node.r#type.to_string(),
            hint: match node.r#type {
                Type::Interval => "take a part of it, as in date_part('epoch', …)",
                _ => "cast it to BIGINT or DOUBLE",
            },
            position: node.position,
        })?;
        let mut slots = Vec::new();
        node.slots(&mut slots);
        slots.sort_unstable();
        slots.dedup();
        let expected = slots.iter().map(|slot| scope.data_type(*slot).clone()).collect();
        Ok(Bound { node, data_type, slots, expected })
    }
}

impl Bound {
    /// The type of the column that [`Bound::evaluate`] returns.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The slots that are read, in order.
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Computes one value per row of the frame. The columns in the slots that are read must have the types of the scope.
    pub fn evaluate(&self, frame: &Frame) -> Result<ArrayRef, EvaluateError> {
        for (slot, expected) in self.slots.iter().zip(&self.expected) {
            self.check(frame, *slot, expected)?;
        }
        if let NodeKind::Column(slot) = self.node.kind
            && let Some(found) = frame.get(slot)
            && *found.data_type() == self.data_type
        {
            return Ok(found.clone());
        }
        let array = evaluate::evaluate(&self.node, frame)?;
        match &self.data_type {
            DataType::Timestamp(_, Some(zone)) => {
                let naive = array.as_primitive::<TimestampMicrosecondType>().clone();
                Ok(Arc::new(naive.with_timezone(zone.clone())))
            }
            _ => Ok(array),
        }
    }

    fn check(&self, frame: &Frame, slot: usize, expected: &DataType) -> Result<(), EvaluateError> {
        let found = frame.get(slot);
        if found.is_some_and(|found| found.data_type() == expected && found.len() == frame.rows()) {
            return Ok(());
        }
        let found =
            found.map_or_else(|| "nothing".into(), |found| format!("{} rows of {}", found.len(), found.data_type()));
        let expected = format!("{} rows of {expected}", frame.rows());
        Err(EvaluateError { row: 0, position: self.node.position, problem: Problem::Column { slot, found, expected } })
    }
}

struct Binder<'a> {
    scope: &'a Scope,
}

type Binding = Result<Part, BindError>;

impl Binder<'_> {
    fn bind(&self, tree: &Tree) -> Binding {
        let at = tree.position;
        match &tree.kind {
            Kind::Column(name) => self.column(name, at),
            Kind::Null => Ok(Part::other(Node::null(Type::Null, at))),
            Kind::Boolean(truth) => Ok(literal(Type::Boolean, at, BooleanArray::from(vec![*truth]))),
            Kind::Double(number) => Ok(literal(Type::Double, at, Float64Array::from(vec![*number]))),
            Kind::Text(text) => {
                let node = Node::literal(Type::Varchar, at, Arc::new(StringArray::from(vec![text.as_str()])));
                Ok(Part { node, written: Written::Text })
            }
            Kind::Integer(number) => Ok(part::integer(*number, at)),
            Kind::Typed(r#type, text) => part::read(text, *r#type, at).map(Part::other),
            Kind::Call(called, args) => self.call(called, args, at),
            Kind::Is(wanted, value) => self.is(*wanted, value, at),
            Kind::Compare(how, left, right) => compare(*how, self.bind(left)?, self.bind(right)?, at),
            Kind::Not(inner) => {
                let inner = self.condition(inner)?;
                Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Plain(truth::not), vec![inner], false)))
            }
            Kind::And(parts) => self.logic(Junction::And, parts, at),
            Kind::Or(parts) => self.logic(Junction::Or, parts, at),
            Kind::Between(bounds) => {
                let parts = bounds.iter().map(|tree| self.bind(tree)).collect::<Result<Vec<_>, _>>()?;
                let (r#type, nodes) = part::unify(parts, "compared", at)?;
                Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Between(r#type), nodes, false)))
            }
            Kind::In(list) => {
                let parts = list.iter().map(|tree| self.bind(tree)).collect::<Result<Vec<_>, _>>()?;
                let (r#type, nodes) = part::unify(parts, "compared", at)?;
                Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::In(r#type), nodes, false)))
            }
            Kind::Case { operand, arms, otherwise } => self.case(operand.as_deref(), arms, otherwise.as_deref(), at),
            Kind::Cast { value, to, failure } => part::cast(self.bind(value)?.node, *to, *failure, at).map(Part::other),
        }
    }

    fn is(&self, wanted: Truth, value: &Tree, at: usize) -> Binding {
        let (value, kernel): (Node, Plain) = match wanted {
            Truth::Null => (self.bind(value)?.node, truth::is_null),
            Truth::NotNull => (self.bind(value)?.node, truth::is_not_null),
            Truth::Unknown => (self.condition(value)?, truth::is_null),
            Truth::True => (self.condition(value)?, truth::is_true),
            Truth::False => (self.condition(value)?, truth::is_false),
        };
        Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Plain(kernel), vec![value], false)))
    }

    fn column(&self, name: &str, position: usize) -> Binding {
        let slot = self.scope.resolve(name).map_err(|source| BindError::Name { position, source })?;
        let data_type = self.scope.data_type(slot);
        let Some(r#type) = Type::of_column(data_type) else {
            return Err(BindError::Column { name: name.into(), r#type: data_type.to_string(), position });
        };
        let fails = matches!(data_type, DataType::Timestamp(..));
        Ok(Part::other(Node { r#type, position, fails, kind: NodeKind::Column(slot) }))
    }

    fn condition(&self, tree: &Tree) -> Result<Node, BindError> {
        let node = self.bind(tree)?.node;
        part::cast(node, Type::Boolean, CastFailure::Error, tree.position)
    }

    fn logic(&self, junction: Junction, parts: &[Tree], at: usize) -> Binding {
        let nodes = parts.iter().map(|part| self.condition(part)).collect::<Result<Vec<_>, _>>()?;
        let fails = nodes.iter().any(|node| node.fails);
        Ok(Part::folded(Node { r#type: Type::Boolean, position: at, fails, kind: NodeKind::Logic(junction, nodes) }))
    }
}

fn compare(how: Comparison, left: Part, right: Part, at: usize) -> Binding {
    let (r#type, nodes) = part::unify(vec![left, right], "compared", at)?;
    Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Compare(how, r#type), nodes, false)))
}

fn literal(r#type: Type, position: usize, one: impl Array + 'static) -> Part {
    Part::other(Node::literal(r#type, position, Arc::new(one)))
}

/// A node that reads no column, computed; left as it is where that fails, for a branch that is never taken may hold it.
fn fold(node: Node) -> Node {
    let constant = match &node.kind {
        NodeKind::Call(_, args) | NodeKind::Logic(_, args) => args.iter().all(Node::is_literal),
        NodeKind::Cast(input, _) => input.is_literal(),
        _ => false,
    };
    if !constant {
        return node;
    }
    match evaluate::evaluate(&node, &Frame::new(1)) {
        Ok(one) => Node { fails: false, kind: NodeKind::Literal(Value::Same(one)), ..node },
        Err(_) => Node { fails: true, ..node },
    }
}

#[cfg(test)]
mod tests;
