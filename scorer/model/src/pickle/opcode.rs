//! The opcodes of the pickle format, protocols 2 to 5, in one table (source: `CPython` 3.13, `Lib/pickletools.py`).
//! It says what each byte means and which are refused; it executes nothing.

/// Bytes of the length or index that follows an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    One,
    Four,
    Eight,
}

/// A value that the opcode itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    None,
    True,
    False,
    List,
    Tuple,
    Dict,
    Set,
}

/// How a number that follows is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    U8,
    U16,
    I32,
    F64,
    /// Two's complement of the length that comes first.
    Long(Width),
}

/// What one opcode asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Proto,
    Frame,
    Stop,
    Mark,
    Pop,
    PopMark,
    Dup,
    Constant(Constant),
    Number(Number),
    Text(Width),
    Bytes(Width),
    /// A tuple of the top 1 to 3 values.
    Tuple(usize),
    TupleFromMark,
    FrozenSet,
    Append,
    Appends,
    SetItem,
    SetItems,
    AddItems,
    Get(Width),
    Put(Width),
    Memoize,
    Global,
    StackGlobal,
    Reduce,
    Build,
    NewObj,
    NewObjEx,
    /// Known and never accepted; the text says why.
    Refused(&'static str),
    Unknown,
}

const TEXT: &str = "a text opcode of protocols 0 and 1, which no supported writer uses";
const OLD: &str = "an opcode of protocols 0 and 1, which no supported writer uses";
const PERSISTENT: &str = "it refers to an object outside the file";
const EXTENSION: &str = "it refers to a registry outside the file";
const OUT_OF_BAND: &str = "it refers to a buffer outside the file";

/// Byte, name in `CPython`, meaning.
const TABLE: &[(u8, &str, Op)] = &[
    (0x80, "PROTO", Op::Proto),
    (0x95, "FRAME", Op::Frame),
    (b'.', "STOP", Op::Stop),
    (b'(', "MARK", Op::Mark),
    (b'0', "POP", Op::Pop),
    (b'1', "POP_MARK", Op::PopMark),
    (b'2', "DUP", Op::Dup),
    (b'N', "NONE", Op::Constant(Constant::None)),
    (0x88, "NEWTRUE", Op::Constant(Constant::True)),
    (0x89, "NEWFALSE", Op::Constant(Constant::False)),
    (b']', "EMPTY_LIST", Op::Constant(Constant::List)),
    (b')', "EMPTY_TUPLE", Op::Constant(Constant::Tuple)),
    (b'}', "EMPTY_DICT", Op::Constant(Constant::Dict)),
    (0x8f, "EMPTY_SET", Op::Constant(Constant::Set)),
    (b'J', "BININT", Op::Number(Number::I32)),
    (b'K', "BININT1", Op::Number(Number::U8)),
    (b'M', "BININT2", Op::Number(Number::U16)),
    (b'G', "BINFLOAT", Op::Number(Number::F64)),
    (0x8a, "LONG1", Op::Number(Number::Long(Width::One))),
    (0x8b, "LONG4", Op::Number(Number::Long(Width::Four))),
    (0x8c, "SHORT_BINUNICODE", Op::Text(Width::One)),
    (b'X', "BINUNICODE", Op::Text(Width::Four)),
    (0x8d, "BINUNICODE8", Op::Text(Width::Eight)),
    (b'C', "SHORT_BINBYTES", Op::Bytes(Width::One)),
    (b'B', "BINBYTES", Op::Bytes(Width::Four)),
    (0x8e, "BINBYTES8", Op::Bytes(Width::Eight)),
    (0x96, "BYTEARRAY8", Op::Bytes(Width::Eight)),
    (0x85, "TUPLE1", Op::Tuple(1)),
    (0x86, "TUPLE2", Op::Tuple(2)),
    (0x87, "TUPLE3", Op::Tuple(3)),
    (b't', "TUPLE", Op::TupleFromMark),
    (0x91, "FROZENSET", Op::FrozenSet),
    (b'a', "APPEND", Op::Append),
    (b'e', "APPENDS", Op::Appends),
    (b's', "SETITEM", Op::SetItem),
    (b'u', "SETITEMS", Op::SetItems),
    (0x90, "ADDITEMS", Op::AddItems),
    (b'h', "BINGET", Op::Get(Width::One)),
    (b'j', "LONG_BINGET", Op::Get(Width::Four)),
    (b'q', "BINPUT", Op::Put(Width::One)),
    (b'r', "LONG_BINPUT", Op::Put(Width::Four)),
    (0x94, "MEMOIZE", Op::Memoize),
    (b'c', "GLOBAL", Op::Global),
    (0x93, "STACK_GLOBAL", Op::StackGlobal),
    (b'R', "REDUCE", Op::Reduce),
    (b'b', "BUILD", Op::Build),
    (0x81, "NEWOBJ", Op::NewObj),
    (0x92, "NEWOBJ_EX", Op::NewObjEx),
    (b'I', "INT", Op::Refused(TEXT)),
    (b'L', "LONG", Op::Refused(TEXT)),
    (b'F', "FLOAT", Op::Refused(TEXT)),
    (b'S', "STRING", Op::Refused(TEXT)),
    (b'V', "UNICODE", Op::Refused(TEXT)),
    (b'g', "GET", Op::Refused(TEXT)),
    (b'p', "PUT", Op::Refused(TEXT)),
    (b'T', "BINSTRING", Op::Refused(OLD)),
    (b'U', "SHORT_BINSTRING", Op::Refused(OLD)),
    (b'l', "LIST", Op::Refused(OLD)),
    (b'd', "DICT", Op::Refused(OLD)),
    (b'i', "INST", Op::Refused(OLD)),
    (b'o', "OBJ", Op::Refused(OLD)),
    (b'P', "PERSID", Op::Refused(PERSISTENT)),
    (b'Q', "BINPERSID", Op::Refused(PERSISTENT)),
    (0x82, "EXT1", Op::Refused(EXTENSION)),
    (0x83, "EXT2", Op::Refused(EXTENSION)),
    (0x84, "EXT4", Op::Refused(EXTENSION)),
    (0x97, "NEXT_BUFFER", Op::Refused(OUT_OF_BAND)),
    (0x98, "READONLY_BUFFER", Op::Refused(OUT_OF_BAND)),
];

const MEANING: [Op; 256] = {
    let mut meaning = [Op::Unknown; 256];
    let mut i = 0;
    while i < TABLE.len() {
        meaning[TABLE[i].0 as usize] = TABLE[i].2;
        i += 1;
    }
    meaning
};

impl Op {
    /// What a byte of the stream means.
    pub(super) fn of(byte: u8) -> Self {
        MEANING[byte as usize]
    }
}

/// The name of an opcode, for messages.
pub(super) fn name(byte: u8) -> &'static str {
    TABLE.iter().find(|entry| entry.0 == byte).map_or("unknown", |entry| entry.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_of_protocol_5_is_in_the_table_once() {
        // 68 opcodes: len(pickletools.opcodes) of CPython 3.8 to 3.13
        assert_eq!(TABLE.len(), 68);
        for (i, (byte, name, _)) in TABLE.iter().enumerate() {
            assert!(TABLE[..i].iter().all(|other| other.0 != *byte && other.1 != *name), "{name}");
        }
    }
}
