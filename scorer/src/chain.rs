//! What an error says with all that caused it. What it means, and what to do about it, is said elsewhere.

use std::error::Error;

use crate::visible::visible;

/// An error and all its sources, in one line that a terminal can show: names in it come from stores, files and models.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let source_text = source.to_string();
        // The SDK's errors repeat their sources.
        if !text.ends_with(&source_text) {
            text.push_str(": ");
            text.push_str(&source_text);
        }
        next = source.source();
    }
    visible(&text)
}
