//! Many schedules with many months each, all due at once, on one control plane: how fast they are scored, how many writes
//! and how much memory that takes, and what the control plane alone could do.
//!
//! The pods are played, so that no scorer is measured. Everything else is real.

pub mod bare;
pub mod error;
pub mod load;
pub mod operator;
pub mod requests;
pub mod stage;
pub mod table;
pub mod usage;

pub use error::CapacityError;
pub use load::Load;
pub use stage::{OPERATOR, Stage};
