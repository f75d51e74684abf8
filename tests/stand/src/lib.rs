//! A real control plane for tests: etcd, the API server and its controllers as processes, a namespace for each test, the
//! audit log as a witness, and a node that runs pods as processes or plays what a test wants to see.
//!
//! No mock of the API is in it, and no crate of the product: it sees an operator as a cluster does.

mod assets;
mod audit;
mod control_plane;
mod definitions;
mod error;
mod eventually;
mod farewell;
pub mod fault;
pub mod invariant;
mod keys;
mod kubeconfig;
mod kubectl;
mod namespace;
mod node;
mod options;
pub mod pod;
mod port;
mod program;
mod servers;
mod watchdog;

pub use audit::{AuditEvent, AuditLog, AuditUser, ObjectRef, ResponseStatus};
pub use control_plane::ControlPlane;
pub use error::StandError;
pub use eventually::{eventually, until};
pub use kubectl::{Kubectl, Said};
pub use namespace::Namespace;
pub use node::{Behaviour, Node, NodeOptions, PodFacts};
pub use options::{ADMIN, NODE, Options, User};
pub use program::Running;
pub use rustix::process::Signal;
