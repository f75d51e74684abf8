//! The stand: what the end-to-end tests start, ask and compare with. The scorer and `kubectl scoring` as processes, S3
//! stores and HTTP servers on free ports, the oracle's Python, and the committed fixtures.
//!
//! Nothing in the product imports this crate, and it imports no crate of the product: it sees both programs as their
//! users do, by documents, exit codes, words and bytes.

mod bucket;
mod build;
mod error;
mod example;
mod fixtures;
mod garage;
mod http;
mod kubectl;
mod operator;
mod place;
mod port;
mod process;
mod python;
mod repository;
mod s3s_fs;
mod scorer;
mod task;
mod year;

pub use bucket::{Bucket, Credentials};
pub use error::StandError;
pub use example::{example, set};
pub use fixtures::{FixtureModel, expected, fixture, fixture_models, month_file};
pub use garage::Garage;
pub use http::{Behaviour, HttpServer};
pub use kubectl::{Kubectl, Said, interrupt};
pub use operator::operator_program;
pub use place::Place;
pub use process::Process;
pub use python::{Oracle, differences, run_python};
pub use repository::{root, shared};
pub use s3s_fs::S3sFs;
pub use scorer::{Ended, Scorer};
pub use task::{Model, Storage, TaskFile, file_uri};
pub use year::{MONTHS, RUN, Year};
