//! A year of months is scored again and again, each time with one fault at one point, and each time what came of it is
//! judged by the audit log, the commits and the statuses.
//!
//! Everything but the pods is real: the API server, the controllers of Kubernetes, and the operator itself.

mod bucket;
mod crew;
pub mod life;
pub mod outage;
pub mod plans;
pub mod process;
pub mod scenario;
pub mod stage;
pub mod table;
pub mod thread;
pub mod trial;
mod witness;
pub mod year;

pub use bucket::{Bucket, failure};
pub use stage::Stage;
