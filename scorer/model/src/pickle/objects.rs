//! The opcodes that would import names and make objects. Names are held against the allow-list; making is only described.

use super::{Machine, PickleError};
use crate::arena::{Arena, Made, Node, NodeId, Span};
use crate::globals::{self, Global};
use crate::limits;

impl Machine<'_> {
    pub(super) fn global(&mut self) -> Result<(), PickleError> {
        let (module, name) = (self.line()?, self.line()?);
        self.push_name(module, name)
    }

    fn line(&mut self) -> Result<Span, PickleError> {
        let at = self.at;
        let line = str::from_utf8(self.input.line(limits::NAME_BYTES)?).map_err(|_| PickleError::Text { at })?;
        self.arena.intern(line).map_err(|source| PickleError::Values { at, source })
    }

    pub(super) fn stack_global(&mut self) -> Result<(), PickleError> {
        let (name, module) = (self.pop()?, self.pop()?);
        let span = |id| self.arena.as_span(id).ok_or_else(|| self.wrong_kind(id));
        self.push_name(span(module)?, span(name)?)
    }

    fn push_name(&mut self, module: Span, name: Span) -> Result<(), PickleError> {
        let at = self.at;
        let (module_text, name_text) = (self.arena.text(module), self.arena.text(name));
        let known = globals::lookup(module_text, name_text);
        let known = known.ok_or_else(|| PickleError::global(at, module_text, name_text))?;
        let id = self.arena.add_name(module, name, known).map_err(|source| PickleError::Values { at, source })?;
        self.push(id)
    }

    /// The description of a call: the name below `args` on the stack, applied to them.
    pub(super) fn make(&mut self, args: NodeId) -> Result<(), PickleError> {
        let class = self.pop()?;
        let by = self.arena.as_name(class).map(|name| name.known).filter(|known| known.makes_objects());
        let Some(by) = by else {
            return Err(PickleError::NotAConstructor { at: self.at, found: self.arena.kind(class) });
        };
        if self.arena.items(args).is_none() {
            return Err(self.wrong_kind(args));
        }
        if by == Global::OrderedDict && args == Arena::EMPTY_TUPLE {
            return self.push_new(Node::Dict(Vec::new()));
        }
        self.push_new(Node::Made(Made { by, class, args, state: None }))
    }

    pub(super) fn new_with_keywords(&mut self) -> Result<(), PickleError> {
        let (keywords, args) = (self.pop()?, self.pop()?);
        match self.arena.get(keywords) {
            Node::Dict(entries) if entries.is_empty() => self.make(args),
            _ => Err(self.wrong_kind(keywords)),
        }
    }

    pub(super) fn build(&mut self) -> Result<(), PickleError> {
        let (state, target) = (self.pop()?, self.top()?);
        match self.arena.get_mut(target) {
            Node::Made(made) if made.state.is_none() => {
                made.state = Some(state);
                Ok(())
            }
            _ => Err(self.wrong_kind(target)),
        }
    }
}
