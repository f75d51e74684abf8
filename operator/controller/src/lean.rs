//! Jobs and pods as they are read from a watch: only the fields that a record needs, so that ten thousand of them cost
//! little. They become [`crate::record`]s at once; nothing is decided here, and nothing is written with these types.

mod job;
mod metadata;
mod pod;

pub use self::job::{LeanJob, OwnedJob, Owner};
pub use self::pod::LeanPod;
