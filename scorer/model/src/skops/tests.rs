//! Hostile skops files.
