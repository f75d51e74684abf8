//! Text of others, such as a column's name or a store's answer, made fit for a terminal and a log: a control character
//! could move the cursor, or begin a line that looks like another's.

/// The text with every control character, a line's end among them, written out as Rust escapes it.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out_and_all_else_is_kept() {
        assert_eq!(visible("a\nb\u{1b}[0m\u{9b}2J"), r"a\nb\u{1b}[0m\u{9b}2J");
        assert_eq!(visible("größe `x` \\n \"y\""), "größe `x` \\n \"y\"");
    }
}
