//! The opcodes that are values: constants, numbers, texts, and the lengths that come before them.

use super::opcode::{Constant, Number, Width};
use super::{Machine, PickleError};
use crate::arena::{Arena, Node};
use crate::limits;

impl<'a> Machine<'a> {
    pub(super) fn constant(&mut self, constant: Constant) -> Result<(), PickleError> {
        match constant {
            Constant::None => self.push(Arena::NONE),
            Constant::True => self.push(Arena::TRUE),
            Constant::False => self.push(Arena::FALSE),
            Constant::Tuple => self.push(Arena::EMPTY_TUPLE),
            Constant::List => self.push_new(Node::List(Vec::new())),
            Constant::Dict => self.push_new(Node::Dict(Vec::new())),
            Constant::Set => self.push_new(Node::Set(Vec::new())),
        }
    }

    pub(super) fn number(&mut self, number: Number) -> Result<(), PickleError> {
        let node = match number {
            Number::U8 => Node::Int(i64::from(self.input.byte()?)),
            Number::U16 => Node::Int(i64::from(u16::from_le_bytes(self.input.array()?))),
            Number::I32 => Node::Int(i64::from(i32::from_le_bytes(self.input.array()?))),
            Number::F64 => Node::Float(f64::from_be_bytes(self.input.array()?)),
            Number::Long(width) => self.long(width)?,
        };
        self.push_new(node)
    }

    pub(super) fn long(&mut self, width: Width) -> Result<Node<'a>, PickleError> {
        let len = self.length(width)?;
        if len > limits::LONG_BYTES {
            return Err(PickleError::TooLong { at: self.at, len, limit: limits::LONG_BYTES });
        }
        let digits = self.input.take(len)?;
        if len > 8 {
            return Ok(Node::BigInt);
        }
        let fill = if digits.last().is_some_and(|top| *top >= 0x80) { 0xff } else { 0 };
        let mut value = [fill; 8];
        value[..len].copy_from_slice(digits);
        Ok(Node::Int(i64::from_le_bytes(value)))
    }

    pub(super) fn text(&mut self, width: Width) -> Result<(), PickleError> {
        let len = self.length(width)?;
        if len > limits::TEXT_BYTES {
            return Err(PickleError::TooLong { at: self.at, len, limit: limits::TEXT_BYTES });
        }
        let at = self.at;
        let text = str::from_utf8(self.input.take(len)?).map_err(|_| PickleError::Text { at })?;
        let id = self.arena.add_text(text).map_err(|source| PickleError::Values { at, source })?;
        self.push(id)
    }

    /// A length or an index; one that does not fit the address space cannot fit the file either.
    pub(super) fn length(&mut self, width: Width) -> Result<usize, PickleError> {
        let value = match width {
            Width::One => u64::from(self.input.byte()?),
            Width::Four => u64::from(u32::from_le_bytes(self.input.array()?)),
            Width::Eight => u64::from_le_bytes(self.input.array()?),
        };
        usize::try_from(value).map_err(|_| PickleError::Truncated { at: self.at, needs: usize::MAX })
    }
}
