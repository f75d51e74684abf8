//! The skops format: a zip archive of `schema.json`, a tree of nodes, and one `.npy` file per array (source: skops 0.16,
//! `skops/io/_audit.py` `get_tree`, `_general.py`, `_numpy.py`, `_sklearn.py`).
//! The nodes become the same values that a pickle gives; names are held against the same allow-list, and nothing is called.

mod archive;
mod json;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::archive::Archive;
use self::json::{Document, Json, ValueId};
use crate::arena::{Arena, Made, Node, NodeId, TooManyValues};
use crate::globals::{self, Global};
use crate::limits;
use crate::numpy::{self, ArrayError};

pub use self::archive::ArchiveError;

/// The newest format that is known (skops 0.8 to 0.16 write it).
const PROTOCOL: i64 = 2;

/// Why a skops file was not read.
#[derive(Debug, thiserror::Error)]
pub enum SkopsError {
    /// The archive or a member of it.
    #[error("the skops file cannot be unpacked")]
    Archive(#[from] ArchiveError),
    /// The schema is not UTF-8.
    #[error("`schema.json` of the skops file is not UTF-8")]
    Encoding(#[source] std::str::Utf8Error),
    /// The schema is not JSON, too deep or too large.
    #[error("`schema.json` of the skops file cannot be parsed")]
    Schema(#[source] serde_json::Error),
    /// A newer format.
    #[error("the skops file has format {found}; formats up to {PROTOCOL} are supported")]
    Protocol {
        /// As the file gives it.
        found: i64,
    },
    /// A node that lacks something or has it in the wrong form.
    #[error("a {loader} of the skops file has no readable `{part}`")]
    Node {
        /// The kind of node.
        loader: String,
        /// What it lacks.
        part: &'static str,
    },
    /// A name that is not on the allow-list.
    #[error(
        "the skops file names {module}.{name} ({loader}), which is not on the allow-list of what a scikit-learn model may \
         contain; the file was not read further"
    )]
    Global {
        /// The module.
        module: String,
        /// The name in it.
        name: String,
        /// The kind of node.
        loader: String,
    },
    /// Nodes nested deeper than any model has.
    #[error("the nodes of the skops file are nested more than {limit} deep")]
    TooDeep {
        /// The deepest accepted.
        limit: usize,
    },
    /// More values than are kept.
    #[error("the skops file is too large")]
    Values(#[from] TooManyValues),
    /// An array's file.
    #[error("the array `{file}` of the skops file cannot be read")]
    Array {
        /// The member's name.
        file: String,
        /// What is wrong with it.
        #[source]
        source: ArrayError,
    },
}

/// Reads a whole skops file: the arena of its values and the value that it is.
pub(crate) fn read(bytes: &[u8]) -> Result<(Arena<'_>, NodeId), SkopsError> {
    let mut archive = Archive::open(bytes)?;
    let schema = archive.read("schema.json")?;
    let text = str::from_utf8(&schema).map_err(SkopsError::Encoding)?;
    let limit = limits::nodes(schema.len());
    let (document, root) = Document::parse(text, limit).map_err(SkopsError::Schema)?;
    drop(schema);
    if let Some(Json::Int(found)) = document.member(root, "protocol").map(|id| document.get(id))
        && *found > PROTOCOL
    {
        return Err(SkopsError::Protocol { found: *found });
    }
    let mut reader = Reader {
        archive,
        document: &document,
        arena: Arena::new(limit, limits::unpacked(bytes.len())),
        seen: HashMap::new(),
    };
    let root = reader.node(root, 0)?;
    Ok((reader.arena, root))
}

struct Reader<'d, 'a> {
    archive: Archive<'a>,
    document: &'d Document,
    arena: Arena<'a>,
    /// Values by `__id__`: a second node of the same number is the same object, as skops itself has it.
    seen: HashMap<i64, NodeId>,
}

impl Reader<'_, '_> {
    fn node(&mut self, at: ValueId, depth: usize) -> Result<NodeId, SkopsError> {
        if depth > limits::DEPTH {
            return Err(SkopsError::TooDeep { limit: limits::DEPTH });
        }
        let number = match self.document.member(at, "__id__").map(|id| self.document.get(id)) {
            Some(Json::Int(number)) => Some(*number),
            _ => None,
        };
        if let Some(known) = number.and_then(|number| self.seen.get(&number)) {
            return Ok(*known);
        }
        let id = self.unseen(at, depth)?;
        if let Some(number) = number {
            self.seen.insert(number, id);
        }
        Ok(id)
    }

    fn unseen(&mut self, at: ValueId, depth: usize) -> Result<NodeId, SkopsError> {
        match self.document.text_member(at, "__loader__").unwrap_or_default() {
            "JsonNode" => self.primitive(at),
            "DictNode" => self.dict(at, depth),
            "ListNode" => self.items(at, depth).and_then(|items| Ok(self.arena.add(Node::List(items))?)),
            "TupleNode" => self.items(at, depth).and_then(|items| Ok(self.arena.add(Node::Tuple(items))?)),
            "SetNode" => self.items(at, depth).and_then(|items| Ok(self.arena.add(Node::Set(items))?)),
            "TypeNode" => self.name(at).map(|(id, _)| id),
            "NdArrayNode" => self.array(at, depth),
            "ObjectNode" => {
                let state = self.content(at, depth)?;
                self.object(at, Arena::EMPTY_TUPLE, state)
            }
            "TreeNode" | "ReduceNode" => self.reduced(at, depth),
            // generators, loss functions, sparse matrices: no supported estimator reads them
            _ => self.object(at, Arena::EMPTY_TUPLE, None),
        }
    }

    /// A text, number, truth value or None: JSON within JSON. Integers beyond 64 bits are not needed.
    fn primitive(&mut self, at: ValueId) -> Result<NodeId, SkopsError> {
        let text = self.document.text_member(at, "content").ok_or_else(|| self.lacks(at, "content"))?;
        let node = match text {
            "null" => return Ok(Arena::NONE),
            "true" => return Ok(Arena::TRUE),
            "false" => return Ok(Arena::FALSE),
            "NaN" => Node::Float(f64::NAN),
            "Infinity" => Node::Float(f64::INFINITY),
            "-Infinity" => Node::Float(f64::NEG_INFINITY),
            quoted if quoted.starts_with('"') => {
                let text: String = serde_json::from_str(quoted).map_err(|_| self.lacks(at, "content"))?;
                return Ok(self.arena.add_text(&text)?);
            }
            digits if digits.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
                digits.parse().map_or(Node::BigInt, Node::Int)
            }
            number => Node::Float(number.parse().map_err(|_| self.lacks(at, "content"))?),
        };
        Ok(self.arena.add(node)?)
    }

    /// A dict. Keys are taken as the texts that JSON has them as; attributes and vocabularies are such.
    fn dict(&mut self, at: ValueId, depth: usize) -> Result<NodeId, SkopsError> {
        let document = self.document;
        let content = document.member(at, "content").map(|id| document.get(id));
        let Some(Json::Object(members)) = content else { return Err(self.lacks(at, "content")) };
        let mut entries = Vec::with_capacity(members.len());
        for (key, value) in members {
            let key = self.arena.add_text(document.text(*key))?;
            entries.push((key, self.node(*value, depth + 1)?));
        }
        Ok(self.arena.add(Node::Dict(entries))?)
    }

    fn items(&mut self, at: ValueId, depth: usize) -> Result<Vec<NodeId>, SkopsError> {
        let document = self.document;
        let content = document.member(at, "content").map(|id| document.get(id));
        let Some(Json::Array(items)) = content else { return Err(self.lacks(at, "content")) };
        items.iter().map(|item| self.node(*item, depth + 1)).collect()
    }

    /// The node under `content`, if there is one.
    fn content(&mut self, at: ValueId, depth: usize) -> Result<Option<NodeId>, SkopsError> {
        match self.document.member(at, "content") {
            Some(content) if matches!(self.document.get(content), Json::Object(_)) => {
                self.node(content, depth + 1).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// An object made from arguments and a state: `__reduce__.args` and `content`.
    fn reduced(&mut self, at: ValueId, depth: usize) -> Result<NodeId, SkopsError> {
        let args = self.document.member(at, "__reduce__").and_then(|reduce| self.document.member(reduce, "args"));
        let args = args.ok_or_else(|| self.lacks(at, "__reduce__"))?;
        let args = self.node(args, depth + 1)?;
        let state = self.content(at, depth)?;
        self.object(at, args, state)
    }

    fn object(&mut self, at: ValueId, args: NodeId, state: Option<NodeId>) -> Result<NodeId, SkopsError> {
        let (class, by) = self.name(at)?;
        if !by.makes_objects() || self.arena.items(args).is_none() {
            return Err(self.lacks(at, "__class__"));
        }
        Ok(self.arena.add(Node::Made(Made { by, class, args, state }))?)
    }

    /// An array in a file of its own, or one of objects as a list.
    fn array(&mut self, at: ValueId, depth: usize) -> Result<NodeId, SkopsError> {
        if self.document.text_member(at, "type") == Some("json") {
            let items = self.items(at, depth)?;
            return Ok(self.arena.add(Node::List(items))?);
        }
        let file = self.document.text_member(at, "file").ok_or_else(|| self.lacks(at, "file"))?;
        let array = numpy::read_npy(self.archive.read(file)?);
        let array = array.map_err(|source| SkopsError::Array { file: file.to_owned(), source })?;
        Ok(self.arena.add_array(array)?)
    }

    fn name(&mut self, at: ValueId) -> Result<(NodeId, Global), SkopsError> {
        let part = |key| self.document.text_member(at, key);
        let module = part("__module__").ok_or_else(|| self.lacks(at, "__module__"))?;
        let name = part("__class__").ok_or_else(|| self.lacks(at, "__class__"))?;
        let known = globals::lookup(module, name).ok_or_else(|| SkopsError::Global {
            module: module.escape_debug().take(120).collect(),
            name: name.escape_debug().take(120).collect(),
            loader: self.loader(at),
        })?;
        let (module, name) = (self.arena.intern(module)?, self.arena.intern(name)?);
        Ok((self.arena.add_name(module, name, known)?, known))
    }

    fn loader(&self, at: ValueId) -> String {
        self.document.text_member(at, "__loader__").unwrap_or("node").escape_debug().take(120).collect()
    }

    fn lacks(&self, at: ValueId, part: &'static str) -> SkopsError {
        SkopsError::Node { loader: self.loader(at), part }
    }
}
