//! The scorer.
fn main() {}
