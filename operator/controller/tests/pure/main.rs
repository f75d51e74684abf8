//! The controller's pure parts, without a cluster: what Jobs look like, what is made of Jobs and pods, what a user reads,
//! and that a restart at any time starts nothing twice.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it finds something else")]

mod conditions;
mod golden;
mod refusals;
mod restart;
mod seen;
mod stage;
mod status;
