//! A parsed expression in the few forms that binding knows. Nothing here has a type yet, and no name has been looked up.

use crate::function::Function;
use crate::types::Type;

/// One part of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// 1-based character in the text where the part begins.
    pub(crate) position: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Column(String),
    Null,
    Boolean(bool),
    Integer(i128),
    Double(f64),
    Text(String),
    /// `DATE '2021-02-03'`, `INTERVAL '1 day'`: a text read as a type.
    Typed(Type, String),
    /// A function and what it is applied to: as many arguments as it takes.
    Call(Called, Vec<Tree>),
    /// `a IS NULL` and its like.
    Is(Truth, Box<Tree>),
    Compare(Comparison, Box<Tree>, Box<Tree>),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    /// Value, lowest, highest.
    Between(Box<[Tree; 3]>),
    /// The first is looked for among the others.
    In(Vec<Tree>),
    Case {
        operand: Option<Box<Tree>>,
        arms: Vec<(Tree, Tree)>,
        otherwise: Option<Box<Tree>>,
    },
    Cast {
        value: Box<Tree>,
        to: Type,
        failure: CastFailure,
    },
}

/// A function as it is called.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    pub(crate) function: &'static Function,
    /// Its name as it was written, in lower case, or its sign.
    pub(crate) name: String,
}

/// What a value is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Null,
    NotNull,
    /// NULL, of a condition.
    Unknown,
    True,
    False,
}

/// What becomes of a value that a cast cannot turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastFailure {
    /// `CAST` and `::`
    Error,
    /// `TRY_CAST`
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Distinct,
    NotDistinct,
}

impl Tree {
    pub(crate) fn new(position: usize, kind: Kind) -> Self {
        Self { position, kind }
    }

    /// The same expression under NOT where `negated`.
    pub(super) fn negated(self, negated: bool) -> Self {
        if negated { Self::new(self.position, Kind::Not(Box::new(self))) } else { self }
    }

    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Column(_)
            | Kind::Null
            | Kind::Boolean(_)
            | Kind::Integer(_)
            | Kind::Double(_)
            | Kind::Text(_)
            | Kind::Typed(..) => Vec::new(),
            Kind::Call(_, children) | Kind::And(children) | Kind::Or(children) | Kind::In(children) => {
                children.iter().collect()
            }
            Kind::Compare(_, left, right) => vec![left, right],
            Kind::Not(child) | Kind::Is(_, child) | Kind::Cast { value: child, .. } => vec![child],
            Kind::Between(three) => three.iter().collect(),
            Kind::Case { operand, arms, otherwise } => {
                let arms = arms.iter().flat_map(|(when, then)| [when, then]);
                operand.iter().chain(otherwise).map(Box::as_ref).chain(arms).collect()
            }
        }
    }

    /// How many parts stand inside one another, at most; worked out without recursion, for it is what bounds the others'.
    pub(super) fn depth(&self) -> usize {
        let mut level = vec![self];
        let mut depth = 0;
        while !level.is_empty() {
            level = level.into_iter().flat_map(Self::children).collect();
            depth += 1;
        }
        depth
    }
}
