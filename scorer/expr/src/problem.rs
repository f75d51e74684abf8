//! What can go wrong with a value while an expression is computed. Row and place are added by evaluation.

use arrow_schema::ArrowError;
use thiserror::Error;

use crate::types::Type;

/// Longest text that is quoted in a message, in characters.
const MAX_QUOTED: usize = 60;

/// What is wrong with the values of one row.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// A result that its type cannot hold.
    #[error("{operation} leaves the range of {type}; cast to a wider type first")]
    Overflow {
        /// The operation, with its values.
        operation: String,
        /// The SQL type of the result.
        r#type: String,
    },
    /// A division by zero, of integers or by `//`.
    #[error("division by zero; divide by nullif(…, 0) to get NULL there")]
    DivisionByZero,
    /// A value that the type of a cast cannot be made of.
    #[error("{value} cannot become {type}; TRY_CAST gives NULL there")]
    Cast {
        /// The value, texts in quotes and shortened.
        value: String,
        /// The SQL type that was asked for.
        r#type: String,
    },
    /// A date or time that there is not.
    #[error("{what} is out of range")]
    OutOfRange {
        /// The date or time.
        what: String,
    },
    /// An argument that a function does not take.
    #[error("{what}")]
    Argument {
        /// What is wrong with it.
        what: String,
    },
    /// Text that would not fit a column of a batch.
    #[error("the column of text gets longer than {limit} bytes")]
    TooLong {
        /// Most bytes that the texts of one batch may have together.
        limit: usize,
    },
    /// A frame without the column of a slot, or with another one than the scope says.
    #[error("slot {slot} holds {found}, the scope says {expected}")]
    Column {
        /// The slot.
        slot: usize,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A kernel of arrow failed.
    #[error("a column could not be rearranged")]
    Arrange(#[from] ArrowError),
}

impl Problem {
    pub(crate) fn overflow(operation: impl Into<String>, r#type: Type) -> Self {
        Self::Overflow { operation: operation.into(), r#type: r#type.to_string() }
    }

    pub(crate) fn cast(value: impl Into<String>, to: Type) -> Self {
        Self::Cast { value: value.into(), r#type: to.to_string() }
    }

    pub(crate) fn cast_text(text: &str, to: Type) -> Self {
        let short: String = text.chars().take(MAX_QUOTED).collect();
        let dots = if short.len() < text.len() { "…" } else { "" };
        Self::cast(format!("{short:?}{dots}"), to)
    }

    pub(crate) fn argument(what: impl Into<String>) -> Self {
        Self::Argument { what: what.into() }
    }

    pub(crate) fn out_of_range(what: impl Into<String>) -> Self {
        Self::OutOfRange { what: what.into() }
    }
}
