//! Typing and refusals.
