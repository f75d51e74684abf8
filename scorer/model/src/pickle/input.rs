//! The bytes of a pickle, read front to back with bounds and frames checked. It knows sizes, not meanings.

use super::PickleError;

/// A position in the file, and the end of the frame it lies in.
#[derive(Debug)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    frame_end: Option<usize>,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, frame_end: None }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `len` bytes, borrowed from the file.
    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], PickleError> {
        let taken = self.bytes[self.at..].get(..len).ok_or(PickleError::Truncated { at: self.at, needs: len })?;
        if self.frame_end.is_some_and(|end| self.at + len > end) {
            return Err(PickleError::CrossesFrame { at: self.at });
        }
        self.at += len;
        if self.frame_end == Some(self.at) {
            self.frame_end = None;
        }
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| PickleError::Truncated { at, needs: N })
    }

    pub(super) fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.array::<1>()?[0])
    }

    /// The bytes up to a line feed, which is consumed too.
    pub(super) fn line(&mut self, longest: usize) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.at..];
        let window = &rest[..rest.len().min(longest)];
        let len =
            window.iter().position(|b| *b == b'\n').ok_or(PickleError::Truncated { at: self.at, needs: longest })?;
        Ok(&self.take(len + 1)?[..len])
    }

    /// Opens a frame of `len` bytes: it must lie within the file and may not lie within another.
    pub(super) fn open_frame(&mut self, len: u64) -> Result<(), PickleError> {
        let at = self.at;
        let len = usize::try_from(len).ok().filter(|len| *len <= self.remaining());
        match (len, self.frame_end) {
            (Some(0), None) => Ok(()),
            (Some(len), None) => {
                self.frame_end = Some(at + len);
                Ok(())
            }
            _ => Err(PickleError::Frame { at }),
        }
    }
}
