//! The pickle machine: executes the opcodes of protocols 2 to 5 over an arena of values.
//! It never imports and never calls: names are looked up in the allow-list, and a call becomes a description of one.
//! Every length is checked against the file before anything is allocated for it.

mod error;
mod input;
mod literals;
mod objects;
mod opcode;
#[cfg(test)]
mod tests;

use self::input::Input;
use self::opcode::{Op, Width};
use crate::arena::{Arena, Node, NodeId};
use crate::limits;

pub use self::error::PickleError;

/// Reads a whole pickle: the arena of its values and the value that it is.
pub(crate) fn read(bytes: &[u8]) -> Result<(Arena<'_>, NodeId), PickleError> {
    let mut machine = Machine {
        input: Input::new(bytes),
        arena: Arena::new(limits::nodes(bytes.len()), bytes.len()),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
        memo_limit: limits::nodes(bytes.len()),
        at: 0,
        code: 0,
    };
    let root = machine.run()?;
    Ok((machine.arena, root))
}

struct Machine<'a> {
    input: Input<'a>,
    arena: Arena<'a>,
    stack: Vec<NodeId>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    memo: Vec<Option<NodeId>>,
    memo_limit: usize,
    /// Where the opcode being executed is, and which it is: for messages.
    at: usize,
    code: u8,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<NodeId, PickleError> {
        if self.input.byte()? != 0x80 {
            return Err(PickleError::NoProtocol);
        }
        self.protocol()?;
        for _ in 0..limits::OPCODES {
            self.at = self.input.at();
            self.code = self.input.byte()?;
            let op = Op::of(self.code);
            if op == Op::Stop {
                return self.finish();
            }
            self.step(op)?;
        }
        Err(PickleError::TooManyOpcodes { limit: limits::OPCODES })
    }

    fn finish(&mut self) -> Result<NodeId, PickleError> {
        let root = self.pop()?;
        if !self.stack.is_empty() || !self.marks.is_empty() {
            return Err(PickleError::LeftOver { at: self.at, count: self.stack.len() + self.marks.len() });
        }
        match self.input.remaining() {
            0 => Ok(root),
            count => Err(PickleError::TrailingBytes { at: self.input.at(), count }),
        }
    }

    fn step(&mut self, op: Op) -> Result<(), PickleError> {
        match op {
            Op::Proto => self.protocol(),
            Op::Frame => {
                let len = u64::from_le_bytes(self.input.array()?);
                self.input.open_frame(len)
            }
            Op::Mark => self.mark(),
            Op::Pop => self.pop().map(drop),
            Op::PopMark => self.pop_to_mark().map(drop),
            Op::Dup => self.top().and_then(|top| self.push(top)),
            Op::Constant(constant) => self.constant(constant),
            Op::Number(number) => self.number(number),
            Op::Text(width) => self.text(width),
            Op::Bytes(width) => {
                let len = self.length(width)?;
                let bytes = self.input.take(len)?;
                self.push_new(Node::Bytes(bytes))
            }
            Op::Tuple(len) => self.tuple(len),
            Op::TupleFromMark => self.pop_to_mark().and_then(|items| self.push_new(Node::Tuple(items))),
            Op::FrozenSet => self.pop_to_mark().and_then(|items| self.push_new(Node::Set(items))),
            Op::Append | Op::Appends | Op::AddItems => self.extend(op),
            Op::SetItem | Op::SetItems => self.set_items(op),
            Op::Get(width) => self.recall(width),
            Op::Put(width) => self.length(width).and_then(|index| self.remember(index)),
            Op::Memoize => self.remember(self.memo.len()),
            Op::Global => self.global(),
            Op::StackGlobal => self.stack_global(),
            Op::Reduce | Op::NewObj => {
                let args = self.pop()?;
                self.make(args)
            }
            Op::NewObjEx => self.new_with_keywords(),
            Op::Build => self.build(),
            Op::Refused(why) => Err(PickleError::Refused { at: self.at, opcode: opcode::name(self.code), why }),
            Op::Stop | Op::Unknown => Err(PickleError::UnknownOpcode { at: self.at, code: self.code }),
        }
    }

    fn protocol(&mut self) -> Result<(), PickleError> {
        match self.input.byte()? {
            2..=5 => Ok(()),
            protocol => Err(PickleError::Protocol { protocol }),
        }
    }

    fn mark(&mut self) -> Result<(), PickleError> {
        if self.marks.len() >= limits::MARKS {
            return Err(PickleError::TooDeep { at: self.at, limit: limits::MARKS });
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn tuple(&mut self, len: usize) -> Result<(), PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let start =
            self.stack.len().checked_sub(len).filter(|start| *start >= floor).ok_or_else(|| self.underflow())?;
        let items = self.stack.split_off(start);
        self.push_new(Node::Tuple(items))
    }

    fn extend(&mut self, op: Op) -> Result<(), PickleError> {
        let new = if op == Op::Append { vec![self.pop()?] } else { self.pop_to_mark()? };
        let target = self.top()?;
        match (self.arena.get_mut(target), op) {
            (Node::List(items), Op::Append | Op::Appends) | (Node::Set(items), Op::AddItems) => {
                items.extend(new);
                Ok(())
            }
            _ => Err(self.wrong_kind(target)),
        }
    }

    fn set_items(&mut self, op: Op) -> Result<(), PickleError> {
        let new = if op == Op::SetItem {
            let value = self.pop()?;
            vec![self.pop()?, value]
        } else {
            self.pop_to_mark()?
        };
        let target = self.top()?;
        match self.arena.get_mut(target) {
            Node::Dict(entries) if new.len() % 2 == 0 => {
                entries.extend(new.chunks_exact(2).map(|pair| (pair[0], pair[1])));
                Ok(())
            }
            _ => Err(self.wrong_kind(target)),
        }
    }

    fn remember(&mut self, index: usize) -> Result<(), PickleError> {
        let top = self.top()?;
        if index >= self.memo_limit {
            return Err(PickleError::TooManyMemos { at: self.at, limit: self.memo_limit });
        }
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        self.memo[index] = Some(top);
        Ok(())
    }

    fn recall(&mut self, width: Width) -> Result<(), PickleError> {
        let index = self.length(width)?;
        let id = self.memo.get(index).copied().flatten().ok_or(PickleError::NoMemo { at: self.at, index })?;
        self.push(id)
    }

    fn push(&mut self, id: NodeId) -> Result<(), PickleError> {
        if self.stack.len() >= limits::STACK {
            return Err(PickleError::TooDeep { at: self.at, limit: limits::STACK });
        }
        self.stack.push(id);
        Ok(())
    }

    fn push_new(&mut self, node: Node<'a>) -> Result<(), PickleError> {
        let id = self.arena.add(node).map_err(|source| PickleError::Values { at: self.at, source })?;
        self.push(id)
    }

    fn top(&self) -> Result<NodeId, PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack[floor..].last().copied().ok_or_else(|| self.underflow())
    }

    fn pop(&mut self) -> Result<NodeId, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_to_mark(&mut self) -> Result<Vec<NodeId>, PickleError> {
        let start = self.marks.pop().ok_or_else(|| self.underflow())?;
        Ok(self.stack.split_off(start))
    }

    fn underflow(&self) -> PickleError {
        PickleError::Underflow { at: self.at, opcode: opcode::name(self.code) }
    }

    fn wrong_kind(&self, found: NodeId) -> PickleError {
        PickleError::Kind { at: self.at, opcode: opcode::name(self.code), found: self.arena.kind(found) }
    }
}
