//! The notation of scenarios: how a person writes a history and a plan.

#![expect(
    clippy::panic,
    reason = "a scenario that is written wrongly is to fail its test with the words that are wrong"
)]

pub(crate) mod document;
pub(crate) mod facts;
pub(crate) mod found;
pub(crate) mod wish;
