//! The functions of text.

use super::{Form, Function, Overload, Special, function, may_fail, works};
use crate::kernel::{pad, text as t};
use crate::types::Type::{BigInt, Boolean, Integer, Varchar};

/// A table of argument lists, under the names of functions.
macro_rules! overloads {
    ($($name:ident: $($overload:expr),+);* $(;)?) => {
        $(static $name: &[Overload] = &[$($overload),+];)*
    };
}

overloads! {
    LOWER: works(&[Varchar], Varchar, t::lower);
    UPPER: works(&[Varchar], Varchar, t::upper);
    LENGTH: works(&[Varchar], BigInt, t::length);
    STRLEN: works(&[Varchar], BigInt, t::byte_length);
    TRIM: works(&[Varchar], Varchar, t::trim), works(&[Varchar, Varchar], Varchar, t::trim);
    LTRIM: works(&[Varchar], Varchar, t::ltrim), works(&[Varchar, Varchar], Varchar, t::ltrim);
    RTRIM: works(&[Varchar], Varchar, t::rtrim), works(&[Varchar, Varchar], Varchar, t::rtrim);
    SUBSTRING: may_fail(&[Varchar, BigInt], Varchar, t::substring), may_fail(&[Varchar, BigInt, BigInt], Varchar, t::substring);
    LEFT: may_fail(&[Varchar, BigInt], Varchar, t::left);
    RIGHT: may_fail(&[Varchar, BigInt], Varchar, t::right);
    REPLACE: may_fail(&[Varchar, Varchar, Varchar], Varchar, t::replace);
    TRANSLATE: works(&[Varchar, Varchar, Varchar], Varchar, t::translate);
    LPAD: may_fail(&[Varchar, Integer, Varchar], Varchar, pad::lpad);
    RPAD: may_fail(&[Varchar, Integer, Varchar], Varchar, pad::rpad);
    REPEAT: may_fail(&[Varchar, BigInt], Varchar, pad::repeat);
    REVERSE: works(&[Varchar], Varchar, t::reverse);
    CONTAINS: works(&[Varchar, Varchar], Boolean, t::contains);
    STARTS_WITH: works(&[Varchar, Varchar], Boolean, t::starts_with);
    ENDS_WITH: works(&[Varchar, Varchar], Boolean, t::ends_with);
    STRPOS: works(&[Varchar, Varchar], BigInt, t::strpos);
    SPLIT_PART: works(&[Varchar, Varchar, BigInt], Varchar, t::split_part);
    ASCII: works(&[Varchar], Integer, t::ascii);
}

pub(super) static TEXT: &[Function] = &[
    function!("text", "concat", "concat(a, …)", "the texts of all, one after the other; NULL is left out", "concat(43, '_', NULL, 151)" => "43_151", Form::Special(Special::Concat)),
    function!("text", "concat_ws", "concat_ws(separator, a, …)", "the texts of all with the separator between; NULL is left out", "concat_ws('-', 1, NULL, 2)" => "1-2", Form::Special(Special::ConcatWith)),
    function!("text", "lower" | "lcase", "lower(text)", "in small letters", "lower('PU')" => "pu", Form::Overloads(&[LOWER])),
    function!("text", "upper" | "ucase", "upper(text)", "in capital letters", "upper('pu')" => "PU", Form::Overloads(&[UPPER])),
    function!("text", "length" | "len" | "char_length" | "character_length", "length(text)", "number of code points", "length('Zoë')" => "3", Form::Overloads(&[LENGTH])),
    function!("text", "strlen", "strlen(text)", "number of bytes", "strlen('Zoë')" => "4", Form::Overloads(&[STRLEN])),
    function!("text", "trim", "trim(text[, characters])", "without spaces, or these characters, at both ends", "trim('  a ')" => "a", Form::Overloads(&[TRIM])),
    function!("text", "ltrim", "ltrim(text[, characters])", "without them at the beginning", "ltrim('xxa', 'x')" => "a", Form::Overloads(&[LTRIM])),
    function!("text", "rtrim", "rtrim(text[, characters])", "without them at the end", "rtrim('axx', 'x')" => "a", Form::Overloads(&[RTRIM])),
    function!("text", "substring" | "substr", "substring(text, start[, length])", "a part; 1 is the first character, a negative start counts from the end", "substring('hello', 2, 3)" => "ell", Form::Overloads(&[SUBSTRING])),
    function!("text", "left", "left(text, count)", "the first characters; a negative count leaves out the last ones", "left('hello', 2)" => "he", Form::Overloads(&[LEFT])),
    function!("text", "right", "right(text, count)", "the last characters; a negative count leaves out the first ones", "right('hello', 2)" => "lo", Form::Overloads(&[RIGHT])),
    function!("text", "replace", "replace(text, old, new)", "every old text replaced by the new", "replace('a-b-c', '-', '/')" => "a/b/c", Form::Overloads(&[REPLACE])),
    function!("text", "translate", "translate(text, from, to)", "each character of from replaced by the one at its place in to", "translate('abc', 'ab', 'xy')" => "xyc", Form::Overloads(&[TRANSLATE])),
    function!("text", "lpad", "lpad(text, length, filling)", "filled up, or cut, to a length, at the beginning", "lpad('7', 3, '0')" => "007", Form::Overloads(&[LPAD])),
    function!("text", "rpad", "rpad(text, length, filling)", "filled up, or cut, to a length, at the end", "rpad('7', 3, '0')" => "700", Form::Overloads(&[RPAD])),
    function!("text", "repeat", "repeat(text, count)", "the text a number of times", "repeat('ab', 2)" => "abab", Form::Overloads(&[REPEAT])),
    function!("text", "reverse", "reverse(text)", "its code points from last to first", "reverse('abc')" => "cba", Form::Overloads(&[REVERSE])),
    function!("text", "contains", "contains(text, part)", "whether the part is in it", "contains('taxi', 'ax')" => "true", Form::Overloads(&[CONTAINS])),
    function!("text", "starts_with" | "prefix", "starts_with(text, part)", "whether it begins with the part", "starts_with('taxi', 'ta')" => "true", Form::Overloads(&[STARTS_WITH])),
    function!("text", "ends_with" | "suffix", "ends_with(text, part)", "whether it ends with the part", "ends_with('taxi', 'xi')" => "true", Form::Overloads(&[ENDS_WITH])),
    function!("text", "strpos" | "instr", "strpos(text, part), position(part IN text)", "where the part begins, from 1; 0 where it is not", "strpos('taxi', 'x')" => "3", Form::Overloads(&[STRPOS])),
    function!("text", "split_part", "split_part(text, separator, index)", "the part between separators, from 1, or from the end by -1", "split_part('a,b,c', ',', 2)" => "b", Form::Overloads(&[SPLIT_PART])),
    function!("text", "ascii", "ascii(text)", "the code point of its first character", "ascii('A')" => "65", Form::Overloads(&[ASCII])),
];
