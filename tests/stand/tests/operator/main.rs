//! The operator as its users see it: resources go in, and statuses, events, outputs and what the API server wrote down come
//! out. A real control plane, real stores, and the real scorer in every pod that a test does not play.

mod clock;
mod documents;
mod exposition;
mod kept;
mod lifecycle;
mod looks;
mod process;
mod recipe;
mod refused;
mod running;
mod schedule;
mod site;
mod store;
