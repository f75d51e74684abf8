//! Why an expression does not fit the columns there are. Every variant says where in the text.

use thiserror::Error;

use crate::scope::NameError;

/// Why an expression cannot be typed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BindError {
    /// A name stands for no column.
    #[error("a name at character {position} cannot be resolved")]
    Name {
        /// 1-based character where it stands.
        position: usize,
        /// What the name could be.
        source: NameError,
    },
    /// A column has a type that expressions cannot use.
    #[error("column {name:?} is {type}, which expressions cannot use (at character {position})")]
    Column {
        /// The column.
        name: String,
        /// Its Arrow type.
        r#type: String,
        /// 1-based character where it stands.
        position: usize,
    },
    /// A function does not take such arguments.
    #[error("{name} does not take ({}); it is {signature} (at character {position})", types.join(", "))]
    Arguments {
        /// The function.
        name: String,
        /// The SQL types that it was given.
        types: Vec<String>,
        /// What it takes.
        signature: String,
        /// 1-based character where it stands.
        position: usize,
    },
    /// Values of these types cannot stand together.
    #[error("{left} and {right} cannot be {together}; cast one of them (at character {position})")]
    Types {
        /// A SQL type.
        left: String,
        /// The SQL type that does not go with it.
        right: String,
        /// What was to be done with them.
        together: &'static str,
        /// 1-based character where it stands.
        position: usize,
    },
    /// There is no such cast.
    #[error("{from} cannot be cast to {to} (at character {position})")]
    Cast {
        /// A SQL type.
        from: String,
        /// A SQL type.
        to: String,
        /// 1-based character where it stands.
        position: usize,
    },
    /// A text that stands in the expression is not what it is used as.
    #[error("{what} (at character {position})")]
    Literal {
        /// What is wrong with it.
        what: String,
        /// 1-based character where it stands.
        position: usize,
    },
    /// No column can hold the result.
    #[error("the result is {type}, which no column holds; {hint} (at character {position})")]
    Result {
        /// The SQL type.
        r#type: String,
        /// What to do instead.
        hint: &'static str,
        /// 1-based character where it stands.
        position: usize,
    },
}

impl BindError {
    /// 1-based character of the expression that the error is about.
    pub fn position(&self) -> usize {
        match self {
            Self::Name { position, .. }
            | Self::Column { position, .. }
            | Self::Arguments { position, .. }
            | Self::Types { position, .. }
            | Self::Cast { position, .. }
            | Self::Literal { position, .. }
            | Self::Result { position, .. } => *position,
        }
    }
}
