//! The node does with pods what a kubelet does, as far as a Job and its controller can tell.

mod containers;
mod deletions;
mod ends;
mod measure;
#[path = "../objects/mod.rs"]
mod objects;
mod stage;
