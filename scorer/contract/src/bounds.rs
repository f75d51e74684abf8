//! How long the texts and lists of a task may be. A task comes from a tenant: nothing in it is trusted in size.
//!
//! Each bound is well above what a real schedule has, and low enough that a whole task fits an environment variable
//! (Linux refuses one string above 128 KiB: `MAX_ARG_STRLEN`, `include/uapi/linux/binfmts.h`).

/// A whole task document, in bytes.
pub const TASK: usize = 120 * 1024;
/// A URI, after its placeholders are filled in.
pub const URI: usize = 2048;
/// A column's name.
pub const NAME: usize = 128;
/// An expression.
pub const EXPRESSION: usize = 4096;
/// Columns that `features.compute` or `output.columns` or `features.inputs` may have.
pub const COLUMNS: usize = 256;
/// Months of a survey: a hundred years.
pub const MONTHS: usize = 1200;
/// Other short texts: region, run id, artifact path, schedule.
pub const TEXT: usize = 512;
