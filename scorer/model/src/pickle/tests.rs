//! Hostile and ordinary pickles.
