//! A model file taken apart: what it holds, before and whether or not it is a model that can be used.

use crate::arena::{Arena, NodeId};
use crate::build::BuildError;
use crate::description::Description;
use crate::estimators;
use crate::limits;
use crate::model::Model;
use crate::pickle::{self, PickleError};
use crate::skops::{self, SkopsError};

/// The format of a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `model.pkl`: a pickle, by `pickle` or `cloudpickle`.
    Pickle,
    /// `model.skops`.
    Skops,
}

/// Why a model file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Larger than any model that is read.
    #[error("the model file has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest read.
        limit: usize,
    },
    /// A pickle that cannot be read.
    #[error("the model cannot be read from its pickle")]
    Pickle(#[from] PickleError),
    /// A skops file that cannot be read.
    #[error("the model cannot be read from its skops file")]
    Skops(#[from] SkopsError),
}

/// A model file taken apart, not yet a model. `'a` is the file's bytes, which the arrays borrow.
#[derive(Debug)]
pub struct Artifact<'a> {
    arena: Arena<'a>,
    root: NodeId,
}

impl<'a> Artifact<'a> {
    /// Takes a file apart. Nothing in it is imported or called, and a name off the allow-list ends the reading.
    pub fn read(format: Format, bytes: &'a [u8]) -> Result<Self, ReadError> {
        if bytes.len() > limits::FILE_BYTES {
            return Err(ReadError::TooLarge { bytes: bytes.len(), limit: limits::FILE_BYTES });
        }
        let (arena, root) = match format {
            Format::Pickle => pickle::read(bytes)?,
            Format::Skops => skops::read(bytes)?,
        };
        Ok(Self { arena, root })
    }

    /// What the file holds, in words and figures, whether it is supported or not.
    pub fn describe(&self) -> Description {
        Description::of(&self.arena, self.root)
    }

    /// The model, if it is one that is supported: everything that prediction needs is checked here.
    pub fn model(&self) -> Result<Model, BuildError> {
        let steps = estimators::steps(&self.arena, self.root)?;
        let (vectorizer, regressor) = estimators::build(&steps)?;
        Ok(Model::new(vectorizer, regressor))
    }
}
