//! The crate over real model files: those that the project commits under `tests/fixtures/models`.

mod damage;
mod fixture;
mod parity;
mod prepare;
mod refusals;
