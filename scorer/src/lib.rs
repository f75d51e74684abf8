//! The scorer: one month of rows and one model in, predictions and a manifest out.
//!
//! ```text
//! task ─┬─ locate ── MLmodel, model bytes ── scoring-model ──┐
//!       └─ store ── table ── batches ── score (scoring-expr, predict) ── table ── upload ── commit
//! ```
//!
//! [`run`] is where the parts meet. [`store`] moves bytes, [`table`] turns bytes into batches and back, [`score`] turns
//! batches into batches, [`commit`] makes an output count, [`failure`] says what an error means. Nothing here knows of a
//! cluster: the task comes as a document, the outcome leaves as a line.

pub mod args;
pub mod chain;
pub mod command;
pub mod commit;
pub mod contain;
pub mod failure;
pub mod figures;
pub mod fingerprint;
pub mod locate;
pub mod pass;
pub mod progress;
pub mod run;
pub mod score;
pub mod stop;
pub mod store;
mod stores;
pub mod survey;
pub mod table;
pub mod task;
pub mod template;
pub mod uri;
mod visible;
