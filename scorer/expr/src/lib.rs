//! SQL scalar expressions over Arrow columns: a documented subset of DuckDB's dialect.
//!
//! Text to column in three steps, none of which touches the outside:
//! [`Expression::parse`] checks bounds and shape, [`Expression::bind`] settles names and types against a [`Scope`] before a row is read, and
//! [`Bound::evaluate`] computes a column over the rows of a [`Frame`]. What is in the subset gives what DuckDB 2.0.0 gives, value for value and
//! error for error; FUNCTIONS.md beside this crate ([`reference`]) lists it and says where it differs.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Int64Array, StringArray};
//! use arrow_schema::DataType;
//! use scoring_expr::{Expression, Frame, Scope};
//!
//! let mut scope = Scope::new();
//! let pickup = scope.push("PULocationID", DataType::Int64);
//! let dropoff = scope.push("DOLocationID", DataType::Int64);
//! let pair = Expression::parse("concat(PULocationID, '_', DOLocationID)")?.bind(&scope)?;
//!
//! let mut frame = Frame::new(2);
//! frame.set(pickup, Arc::new(Int64Array::from(vec![43, 166])));
//! frame.set(dropoff, Arc::new(Int64Array::from(vec![151, 239])));
//! let expected: ArrayRef = Arc::new(StringArray::from(vec!["43_151", "166_239"]));
//! assert_eq!(&pair.evaluate(&frame)?, &expected);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bind;
mod cast;
mod column;
mod evaluate;
mod frame;
mod function;
mod kernel;
mod node;
mod parse;
mod problem;
mod reference;
mod scope;
mod types;
mod value;

pub use bind::{BindError, Bound};
pub use evaluate::EvaluateError;
pub use frame::Frame;
pub use function::{FunctionDoc, functions};
pub use parse::{Expression, Name, ParseError};
pub use problem::Problem;
pub use reference::reference;
pub use scope::{NameError, Scope};
