//! Refusals and bounds.
