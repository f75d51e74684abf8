//! The custom resources of `batchscoring.io/v1alpha1`: what a user asks for ([`ScoringSchedule`], [`ScoringBackfill`]) and
//! what the operator says about it (their status).
//!
//! Data only: nothing here talks to a cluster, opens a file or decides what is to be done. The YAML beside this crate is
//! generated from these types (`cargo run -p scoring-crds --example generate`). What the API server checks is in the
//! schema and its rules; with the feature `admission` the same checks run here, without a server.
//!
//! The types refuse unknown fields, so that a misspelt field is never ignored. Whoever lists objects of a cluster reads
//! them through `kube`'s `DeserializeGuard`: one object that a newer version wrote then does not hide the others.

#![expect(unreachable_pub, reason = "`KubeSchema` copies every struct into a function, where `pub` reaches nobody")]

#[cfg(feature = "admission")]
pub mod admission;
pub mod backfill;
pub mod bounds;
mod check;
pub mod document;
pub mod fault;
pub mod schedule;
mod schema;
pub mod status;
pub mod task;
pub mod world;

pub use backfill::{ScoringBackfill, ScoringBackfillSpec};
pub use check::backfill as check_backfill;
pub use schedule::{ScoringSchedule, ScoringScheduleSpec};

/// The API group.
pub const GROUP: &str = "batchscoring.io";
/// The version of the API.
pub const VERSION: &str = "v1alpha1";
