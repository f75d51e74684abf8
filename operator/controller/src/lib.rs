//! The controller. A watch event brings a `ScoringSchedule`; `check` turns its spec into a checked wish or a message for
//! its owner, `observe` turns its Jobs and pods into a history, `scoring_plan::decide` says what to do, `render` makes each
//! start a Job, `apply` carries it out, and `report` says how every month stands.
//!
//! It holds no data credentials and touches no bucket: what a month came to is what its pod said when it ended.

pub mod apply;
pub mod args;
pub mod cache;
pub mod check;
pub mod client;
pub mod clock;
pub mod controller;
pub mod expect;
pub mod lean;
pub mod lease;
pub mod log;
pub mod metrics;
pub mod names;
pub mod observe;
pub mod obstacle;
pub mod reconcile;
pub mod record;
pub mod render;
pub mod report;
pub mod serve;
pub mod settings;
pub mod watch;
pub mod world;
