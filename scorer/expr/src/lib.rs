//! SQL scalar expressions over Arrow columns: a documented subset of DuckDB's dialect.

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
mod scope;
mod types;
mod value;

pub use bind::{BindError, Bound};
pub use evaluate::EvaluateError;
pub use frame::Frame;
pub use function::{FunctionDoc, functions};
pub use parse::{Expression, Name, ParseError};
pub use problem::Problem;
pub use scope::{NameError, Scope};
