//! Plans carried out in worlds where anything may go wrong, and decisions about histories that are drawn at random. A
//! failure prints its seed; `PROPTEST_CASES=50000 cargo test -p scoring-plan --test worlds` draws more.

#![expect(clippy::panic, reason = "a world that never comes to rest is to fail its test")]

mod any;
mod decisions;
mod downtime;
mod rest;
mod world;
