//! `kubectl scoring`: keeps months scored on one machine, and says what is scored, what is not, and why.
//!
//! ```text
//! documents ── wish (checked) ──► survey ──► world ──► plan ──► local: scored in threads, and again
//!                                                        └────► calendar, status, plan, explain
//! ```
//!
//! What is to be done is decided by `scoring-plan`, what is true is in the bucket, and what is done is done by `scorer`:
//! here they only meet. Nothing is kept between two calls.

pub mod args;
pub mod calendar;
pub mod command;
pub mod documents;
pub mod local;
pub mod view;
pub mod wish;
pub mod world;
