//! A typed expression: what binding makes and evaluation walks. Types are settled here, every value a kernel sees has the type
//! that its node says.

use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::kernel::Kernel;
use crate::parse::tree::CastFailure;
use crate::types::Type;
use crate::value::Value;

/// One typed part of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) r#type: Type,
    /// 1-based character in the text where the part begins.
    pub(crate) position: usize,
    /// Whether some row could raise an error in here.
    pub(crate) fails: bool,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Column(usize),
    /// The same value for every row.
    Literal(Value),
    /// The operand of the CASE that this node is a part of.
    Operand,
    Call(Kernel, Vec<Node>),
    Cast(Box<Node>, CastFailure),
    /// Conditions from left to right; rows that are decided are not looked at again.
    Logic(Junction, Vec<Node>),
    /// Conditions and results; a row is looked at until one of its conditions holds.
    Case {
        operand: Option<Box<Node>>,
        arms: Vec<(Node, Node)>,
        otherwise: Box<Node>,
    },
    /// The first value that is not null; a row is looked at until it has one.
    Coalesce(Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Junction {
    And,
    Or,
}

impl Junction {
    /// The truth that decides the whole.
    pub(crate) fn decisive(self) -> bool {
        self == Self::Or
    }
}

impl Node {
    pub(crate) fn null(r#type: Type, position: usize) -> Self {
        Self { r#type, position, fails: false, kind: Kind::Literal(Value::null(r#type)) }
    }

    pub(crate) fn literal(r#type: Type, position: usize, one: ArrayRef) -> Self {
        Self { r#type, position, fails: false, kind: Kind::Literal(Value::Same(one)) }
    }

    pub(crate) fn call(r#type: Type, position: usize, kernel: Kernel, args: Vec<Self>, fails: bool) -> Self {
        let fails = fails || args.iter().any(|arg| arg.fails);
        Self { r#type, position, fails, kind: Kind::Call(kernel, args) }
    }

    /// A text that stands in the expression itself.
    pub(crate) fn literal_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(value) if *value.array().data_type() == DataType::Utf8 => value.text().get(0),
            _ => None,
        }
    }

    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Literal(_))
    }

    pub(crate) fn is_literal_null(&self) -> bool {
        match &self.kind {
            Kind::Literal(value) => self.r#type == Type::Null || value.array().is_null(0),
            _ => false,
        }
    }

    /// Adds the slots of the columns in here.
    pub(crate) fn slots(&self, into: &mut Vec<usize>) {
        match &self.kind {
            Kind::Column(slot) => into.push(*slot),
            Kind::Literal(_) | Kind::Operand => {}
            Kind::Call(_, nodes) | Kind::Logic(_, nodes) | Kind::Coalesce(nodes) => {
                for node in nodes {
                    node.slots(into);
                }
            }
            Kind::Cast(node, _) => node.slots(into),
            Kind::Case { operand, arms, otherwise } => {
                let ends = operand.iter().chain([otherwise]).map(Box::as_ref);
                for node in ends.chain(arms.iter().flat_map(|(when, then)| [when, then])) {
                    node.slots(into);
                }
            }
        }
    }
}
