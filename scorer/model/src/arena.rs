//! The values of a model file, whichever format they came in: nodes in one vector that name each other by number.
//! Shared and even circular values cost nothing extra, and dropping them never recurses. Nothing here knows a file format
//! or an estimator, and nothing is ever called: what the file asks to be called is kept as a [`Node::Made`].

use crate::globals::Global;
use crate::numpy::Array;

/// A node's place in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

/// A text's place in the arena's text store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    len: u32,
}

/// One Python value.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 64 bits, known only to be one.
    BigInt,
    Float(f64),
    Text(Span),
    Bytes(&'a [u8]),
    List(Vec<NodeId>),
    Tuple(Vec<NodeId>),
    Set(Vec<NodeId>),
    /// Entries in the order written; of equal keys the last one counts.
    Dict(Vec<(NodeId, NodeId)>),
    /// A name from a module, never resolved.
    Global(u32),
    /// An object the file describes: what would have made it, from what, and the state it would have been given.
    Made(Made),
    /// An array that the format stores as such.
    Array(u32),
}

/// A description of an object: `by(*args)`, then `__setstate__(state)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) by: Global,
    pub(crate) class: NodeId,
    pub(crate) args: NodeId,
    pub(crate) state: Option<NodeId>,
}

/// The arena is full: the file describes more values than its size warrants.
#[derive(Debug, thiserror::Error)]
#[error("the file describes more than {limit} values, more than a model of its size has")]
pub struct TooManyValues {
    limit: usize,
}

/// A global as the file names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub(crate) module: Span,
    pub(crate) within: Span,
    pub(crate) known: Global,
}

/// All values of one model file; `'a` is the file's bytes, from which array data is borrowed.
#[derive(Debug)]
pub(crate) struct Arena<'a> {
    nodes: Vec<Node<'a>>,
    texts: String,
    names: Vec<Name>,
    arrays: Vec<Array<'a>>,
    limit: usize,
    array_bytes: usize,
}

impl<'a> Arena<'a> {
    pub(crate) const NONE: NodeId = NodeId(0);
    pub(crate) const TRUE: NodeId = NodeId(1);
    pub(crate) const FALSE: NodeId = NodeId(2);
    pub(crate) const EMPTY_TUPLE: NodeId = NodeId(3);

    /// An arena that takes at most `limit` nodes, for a file whose arrays have at most `array_bytes` bytes in all.
    pub(crate) fn new(limit: usize, array_bytes: usize) -> Self {
        let nodes = vec![Node::None, Node::Bool(true), Node::Bool(false), Node::Tuple(Vec::new())];
        let limit = limit.min(u32::MAX as usize - 1);
        Self { nodes, texts: String::new(), names: Vec::new(), arrays: Vec::new(), limit, array_bytes }
    }

    pub(crate) fn add(&mut self, node: Node<'a>) -> Result<NodeId, TooManyValues> {
        if self.nodes.len() >= self.limit {
            return Err(TooManyValues { limit: self.limit });
        }
        self.nodes.push(node);
        Ok(NodeId(self.nodes.len() as u32 - 1))
    }

    pub(crate) fn add_text(&mut self, text: &str) -> Result<NodeId, TooManyValues> {
        let span = self.intern(text)?;
        self.add(Node::Text(span))
    }

    pub(crate) fn add_name(&mut self, module: Span, within: Span, known: Global) -> Result<NodeId, TooManyValues> {
        self.names.push(Name { module, within, known });
        self.add(Node::Global(self.names.len() as u32 - 1))
    }

    pub(crate) fn add_array(&mut self, array: Array<'a>) -> Result<NodeId, TooManyValues> {
        self.arrays.push(array);
        self.add(Node::Array(self.arrays.len() as u32 - 1))
    }

    pub(crate) fn get(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: NodeId) -> &mut Node<'a> {
        &mut self.nodes[id.0 as usize]
    }

    pub(crate) fn array(&self, index: u32) -> &Array<'a> {
        &self.arrays[index as usize]
    }

    pub(crate) fn text(&self, span: Span) -> &str {
        &self.texts[span.start as usize..][..span.len as usize]
    }

    pub(crate) fn name(&self, index: u32) -> Name {
        self.names[index as usize]
    }

    /// Most bytes that the file's arrays can have in all. What is made from them is held against it, because a file may name
    /// the same array many times.
    pub(crate) fn array_bytes(&self) -> usize {
        self.array_bytes
    }

    /// The text of a node, if it is one.
    pub(crate) fn as_text(&self, id: NodeId) -> Option<&str> {
        self.as_span(id).map(|span| self.text(span))
    }

    /// The place of the text that a node is, if it is one.
    pub(crate) fn as_span(&self, id: NodeId) -> Option<Span> {
        match self.get(id) {
            Node::Text(span) => Some(*span),
            _ => None,
        }
    }

    /// The name that a node is, if it is one.
    pub(crate) fn as_name(&self, id: NodeId) -> Option<Name> {
        match self.get(id) {
            Node::Global(index) => Some(self.name(*index)),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub(crate) fn items(&self, id: NodeId) -> Option<&[NodeId]> {
        match self.get(id) {
            Node::List(items) | Node::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// What a node is, in a word, for messages.
    pub(crate) fn kind(&self, id: NodeId) -> String {
        let plain = match self.get(id) {
            Node::None => "None",
            Node::Bool(_) => "bool",
            Node::Int(_) | Node::BigInt => "int",
            Node::Float(_) => "float",
            Node::Text(_) => "str",
            Node::Bytes(_) => "bytes",
            Node::List(_) => "list",
            Node::Tuple(_) => "tuple",
            Node::Set(_) => "set",
            Node::Dict(_) => "dict",
            Node::Array(_) => "ndarray",
            Node::Global(index) => return self.path(self.name(*index)),
            Node::Made(made) => {
                return self.as_name(made.class).map_or_else(|| "object".to_owned(), |n| self.path(n));
            }
        };
        plain.to_owned()
    }

    /// `module.name`.
    pub(crate) fn path(&self, name: Name) -> String {
        format!("{}.{}", self.text(name.module), self.text(name.within))
    }

    /// Keeps a text that is not a node of its own.
    pub(crate) fn intern(&mut self, text: &str) -> Result<Span, TooManyValues> {
        let start = u32::try_from(self.texts.len()).ok();
        let len = u32::try_from(text.len()).ok();
        let (Some(start), Some(len)) = (start, len) else { return Err(TooManyValues { limit: self.limit }) };
        self.texts.push_str(text);
        Ok(Span { start, len })
    }
}
