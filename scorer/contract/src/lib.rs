//! What the controller and the scorer agree on: the task or survey that a pod is given, what it leaves, and the codes it
//! ends with.
//!
//! Data only. Nothing here reads a file, a clock or the environment, and nothing here decides what a task means: the
//! scorer checks it, the controller writes it.

pub mod bounds;
mod exit;
pub mod manifest;
pub mod outcome;
pub mod survey;
pub mod task;
mod text;

pub use exit::ExitClass;
pub use manifest::Manifest;
pub use outcome::Outcome;
pub use task::TaskDocument;

/// The environment variable that a Job sets to its document, a task or a survey, as one JSON value.
pub const TASK_VARIABLE: &str = "SCORING_TASK";
