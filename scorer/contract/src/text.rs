//! Texts made short, and characters that JSON keeps as they are: what a line of bounded length needs. No line is made
//! here.

const MARK: char = '…';

/// Cuts a text to `most` bytes, at a character's end, and shows that it was cut.
pub(crate) fn cut(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let room = most.checked_sub(MARK.len_utf8());
    text.truncate(text.floor_char_boundary(room.unwrap_or_default()));
    text.extend(room.map(|_| MARK));
}

/// Whether a character stands for itself in JSON and in a terminal.
pub(crate) fn is_plain(character: char) -> bool {
    (character.is_ascii_graphic() || character == ' ') && character != '"' && character != '\\'
}
