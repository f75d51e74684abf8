//! An object of a model file as an estimator's reader sees it: a class and attributes with their kinds checked.
//! It knows the arena, not what the attributes mean.

use std::borrow::Cow;

use crate::arena::{Arena, Name, Node, NodeId};
use crate::build::BuildError;
use crate::globals::Global;
use crate::limits;
use crate::numpy::{self, Array, ArrayError, Precision};
use crate::version::{SUPPORTED, Version};

/// An object with a class and a state.
#[derive(Clone, Copy)]
pub(crate) struct Object<'v> {
    arena: &'v Arena<'v>,
    class: Name,
    args: &'v [NodeId],
    state: &'v [(NodeId, NodeId)],
}

impl<'v> Object<'v> {
    /// The object that a node is, if it is one of a class whose state, if any, is a dict of attributes.
    pub(crate) fn read(arena: &'v Arena<'v>, id: NodeId) -> Option<Self> {
        let Node::Made(made) = arena.get(id) else { return None };
        let class = arena.as_name(made.class).filter(|_| made.by == Global::Class)?;
        let state: &[_] = match made.state.map(|state| arena.get(state)) {
            Some(Node::Dict(entries)) if entries.len() <= limits::ATTRIBUTES => entries,
            None => &[],
            Some(_) => return None,
        };
        Some(Self { arena, class, args: arena.items(made.args)?, state })
    }

    pub(crate) fn arena(&self) -> &'v Arena<'v> {
        self.arena
    }

    /// `sklearn.tree._classes`.
    pub(crate) fn module(&self) -> &'v str {
        self.arena.text(self.class.module)
    }

    /// `DecisionTreeRegressor`.
    pub(crate) fn class(&self) -> &'v str {
        self.arena.text(self.class.within)
    }

    /// `sklearn.tree._classes.DecisionTreeRegressor`.
    pub(crate) fn path(&self) -> String {
        self.arena.path(self.class)
    }

    /// What the object was made from.
    pub(crate) fn args(&self) -> &'v [NodeId] {
        self.args
    }

    /// An attribute, if there is one of the name.
    pub(crate) fn find(&self, attribute: &str) -> Option<NodeId> {
        self.state.iter().rev().find(|(key, _)| self.arena.as_text(*key) == Some(attribute)).map(|(_, value)| *value)
    }

    pub(crate) fn attribute(&self, attribute: &'static str) -> Result<NodeId, BuildError> {
        self.find(attribute).ok_or_else(|| BuildError::Missing { class: self.path(), attribute })
    }

    pub(crate) fn text(&self, attribute: &'static str) -> Result<&'v str, BuildError> {
        let id = self.attribute(attribute)?;
        self.arena.as_text(id).ok_or_else(|| self.wrong(attribute, "a text"))
    }

    pub(crate) fn bool(&self, attribute: &'static str) -> Result<bool, BuildError> {
        match self.arena.get(self.attribute(attribute)?) {
            Node::Bool(value) => Ok(*value),
            _ => Err(self.wrong(attribute, "True or False")),
        }
    }

    /// A number that counts something.
    pub(crate) fn count(&self, attribute: &'static str) -> Result<usize, BuildError> {
        self.as_count(self.attribute(attribute)?).ok_or_else(|| self.wrong(attribute, "a count"))
    }

    /// The count that a node is, if it is one.
    pub(crate) fn as_count(&self, id: NodeId) -> Option<usize> {
        match self.arena.get(id) {
            Node::Int(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }

    pub(crate) fn items(&self, attribute: &'static str) -> Result<&'v [NodeId], BuildError> {
        let id = self.attribute(attribute)?;
        self.arena.items(id).ok_or_else(|| self.wrong(attribute, "a list"))
    }

    pub(crate) fn array(&self, attribute: &'static str) -> Result<Cow<'v, Array<'v>>, BuildError> {
        numpy::array(self.arena, self.attribute(attribute)?).map_err(|source| self.bad_array(attribute, source))
    }

    /// A number, however it is wrapped, and its precision if it has one of its own.
    pub(crate) fn scalar(&self, attribute: &'static str) -> Result<(f64, Option<Precision>), BuildError> {
        numpy::scalar(self.arena, self.attribute(attribute)?).map_err(|source| self.bad_array(attribute, source))
    }

    pub(crate) fn object(&self, attribute: &'static str) -> Result<Object<'v>, BuildError> {
        Object::read(self.arena, self.attribute(attribute)?).ok_or_else(|| self.wrong(attribute, "an object"))
    }

    /// The version of scikit-learn that wrote the object, as the file gives it.
    pub(crate) fn written_by(&self) -> Option<&'v str> {
        self.arena.as_text(self.find("_sklearn_version")?)
    }

    /// Refuses an object written by a version that is not read.
    pub(crate) fn check_version(&self) -> Result<(), BuildError> {
        let found = self.written_by();
        match found.and_then(Version::parse) {
            Some(version) if version.is_supported() => Ok(()),
            _ => Err(BuildError::Version {
                class: self.path(),
                found: found.map_or_else(|| "a version it does not tell".to_owned(), |v| v.chars().take(40).collect()),
                supported: SUPPORTED,
            }),
        }
    }

    /// The error for an attribute of the wrong kind.
    pub(crate) fn wrong(&self, attribute: &'static str, expected: &'static str) -> BuildError {
        let found = self.find(attribute).map_or_else(|| "nothing".to_owned(), |id| self.arena.kind(id));
        BuildError::Attribute { class: self.path(), attribute, expected, found }
    }

    /// The error for an attribute that is no usable array.
    pub(crate) fn bad_array(&self, attribute: &'static str, source: ArrayError) -> BuildError {
        BuildError::Array { class: self.path(), attribute, source }
    }
}
