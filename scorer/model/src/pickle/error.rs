//! What can be wrong with a pickle, with the place in the file. No reading happens here.

use crate::arena::TooManyValues;

/// Longest part of a name that a message repeats, bytes.
const SHOWN: usize = 120;

/// Why a pickle was not read. `at` is an offset in bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum PickleError {
    /// The first byte is not `PROTO`.
    #[error("the file is not a pickle of protocol 2 to 5: it does not begin with a protocol number")]
    NoProtocol,
    /// A protocol that is not known.
    #[error("pickle protocol {protocol} is not supported; protocols 2 to 5 are")]
    Protocol {
        /// As the file gives it.
        protocol: u8,
    },
    /// The file ends within an opcode.
    #[error("the pickle ends at byte {at}, where {needs} more bytes are needed: the file is truncated or damaged")]
    Truncated {
        /// Where.
        at: usize,
        /// How many bytes should follow.
        needs: usize,
    },
    /// A frame that does not fit the file or lies within another.
    #[error("the frame at byte {at} of the pickle does not fit: the file is truncated or damaged")]
    Frame {
        /// Where.
        at: usize,
    },
    /// An opcode that reaches beyond its frame.
    #[error("the value at byte {at} of the pickle reaches beyond its frame: the file is damaged")]
    CrossesFrame {
        /// Where.
        at: usize,
    },
    /// A byte that is no opcode.
    #[error("byte {at} of the pickle, 0x{code:02x}, is no opcode: the file is damaged")]
    UnknownOpcode {
        /// Where.
        at: usize,
        /// The byte.
        code: u8,
    },
    /// An opcode that is never accepted.
    #[error("the pickle uses {opcode} at byte {at}, which is refused: {why}")]
    Refused {
        /// Where.
        at: usize,
        /// `CPython`'s name of it.
        opcode: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// A name that is not on the allow-list.
    #[error(
        "the pickle names {module}.{name} at byte {at}, which is not on the allow-list of what a scikit-learn model may \
         contain; the file was not read further"
    )]
    Global {
        /// Where.
        at: usize,
        /// The module.
        module: String,
        /// The name in it.
        name: String,
    },
    /// A call of something that does not make objects.
    #[error("the pickle calls {found} at byte {at}, which is not a constructor that a model file may use")]
    NotAConstructor {
        /// Where.
        at: usize,
        /// What would be called.
        found: String,
    },
    /// An opcode takes more from the stack than there is.
    #[error("{opcode} at byte {at} of the pickle takes more values than there are: the file is damaged")]
    Underflow {
        /// Where.
        at: usize,
        /// `CPython`'s name of it.
        opcode: &'static str,
    },
    /// An opcode meets a value of the wrong kind.
    #[error("{opcode} at byte {at} of the pickle cannot be applied to {found}: the file is damaged")]
    Kind {
        /// Where.
        at: usize,
        /// `CPython`'s name of it.
        opcode: &'static str,
        /// The kind of the value.
        found: String,
    },
    /// A reference to something not remembered.
    #[error("the pickle refers at byte {at} to value {index}, which was not remembered: the file is damaged")]
    NoMemo {
        /// Where.
        at: usize,
        /// The number referred to.
        index: usize,
    },
    /// A text that is not UTF-8.
    #[error("the text at byte {at} of the pickle is not UTF-8")]
    Text {
        /// Where.
        at: usize,
    },
    /// A value longer than is accepted.
    #[error("the value at byte {at} of the pickle has {len} bytes; at most {limit} are accepted")]
    TooLong {
        /// Where.
        at: usize,
        /// Its length.
        len: usize,
        /// The longest accepted.
        limit: usize,
    },
    /// More values or marks stacked than is accepted.
    #[error("the pickle stacks more than {limit} values at byte {at}, which no writer of models does")]
    TooDeep {
        /// Where.
        at: usize,
        /// The most accepted.
        limit: usize,
    },
    /// More opcodes than are executed.
    #[error("the pickle has more than {limit} opcodes")]
    TooManyOpcodes {
        /// The most accepted.
        limit: usize,
    },
    /// A memo index beyond what is kept.
    #[error("the pickle remembers more than {limit} values at byte {at}")]
    TooManyMemos {
        /// Where.
        at: usize,
        /// The most accepted.
        limit: usize,
    },
    /// More values than are kept.
    #[error("the pickle is too large at byte {at}")]
    Values {
        /// Where.
        at: usize,
        /// The limit.
        source: TooManyValues,
    },
    /// Values left on the stack at the end.
    #[error("the pickle ends at byte {at} with {count} values unused: the file is damaged")]
    LeftOver {
        /// Where.
        at: usize,
        /// How many.
        count: usize,
    },
    /// Bytes after the end.
    #[error("{count} bytes follow the end of the pickle at byte {at}; a model file has none")]
    TrailingBytes {
        /// Where.
        at: usize,
        /// How many.
        count: usize,
    },
}

impl PickleError {
    /// A name off the allow-list, cut to what a message can show.
    pub(super) fn global(at: usize, module: &str, name: &str) -> Self {
        Self::Global { at, module: shown(module), name: shown(name) }
    }
}

fn shown(text: &str) -> String {
    let cut = text.char_indices().map(|(i, c)| i + c.len_utf8()).take_while(|end| *end <= SHOWN).last().unwrap_or(0);
    text[..cut].escape_debug().collect()
}
