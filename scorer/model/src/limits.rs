//! The limits that keep a hostile model file from taking memory or time out of proportion to its size.
//! Constants and arithmetic only; the readers apply them before they allocate.

/// Largest model file that is read, bytes. Python itself would need several times as much memory for one.
pub(crate) const FILE_BYTES: usize = 4 << 30;

/// Most opcodes of one pickle: a forest of 100 trees has 60 thousand, one of 1,000 trees half a million.
pub(crate) const OPCODES: usize = 20_000_000;

/// Most values on the machine's stack. Python writes containers in runs of 1,000, so real files stay below 3,000.
pub(crate) const STACK: usize = 100_000;

/// Most marks open at once: each is a container that is still being filled.
pub(crate) const MARKS: usize = 10_000;

/// Most bytes of an integer that is read past (the 128-bit states of numpy's generators are the longest known).
pub(crate) const LONG_BYTES: usize = 1024;

/// Longest single text, bytes.
pub(crate) const TEXT_BYTES: usize = 16 << 20;

/// Longest name of a module or of something in it, bytes; scikit-learn's longest has 60.
pub(crate) const NAME_BYTES: usize = 200;

/// Most attributes of an object; estimators have up to 40. Objects may share attributes, so that their cost must be bounded.
pub(crate) const ATTRIBUTES: usize = 200;

/// Fewest bytes that a node of a decision tree takes in a file: 56 for its record and 8 for its value.
pub(crate) const TREE_NODE_BYTES: usize = 64;

/// Most dimensions of an array (numpy's own limit, `NPY_MAXDIMS`, is 32 before 2.0 and 64 after).
pub(crate) const DIMENSIONS: usize = 64;

/// Most fields of a structured array type; scikit-learn's largest has 14.
pub(crate) const FIELDS: usize = 64;

/// Most bytes of the header of a `.npy` file.
pub(crate) const NPY_HEADER: usize = 64 << 10;

/// Most members of a skops archive: one array each, two or three per tree.
pub(crate) const MEMBERS: usize = 200_000;

/// Deepest nesting of nodes in a skops schema; a pipeline with a forest has 20.
pub(crate) const DEPTH: usize = 100;

/// Deepest decision tree, in levels: a walk costs that many steps a row.
pub(crate) const TREE_DEPTH: usize = 65_535;

/// Most features of a model: indices are kept in 31 bits.
pub(crate) const FEATURES: usize = 1 << 30;

/// Largest `MLmodel` text, bytes; wide signatures take some hundred kilobytes.
pub(crate) const MLMODEL_BYTES: usize = 4 << 20;

/// Most values that a file of this many bytes may describe. The dense case is a vocabulary, with
/// about one value in twelve bytes; a value takes 32 bytes and its place in the memo 8.
pub(crate) fn nodes(file_bytes: usize) -> usize {
    (1 << 19) + file_bytes / 6
}

/// Most bytes that an archive of this many bytes may unpack to.
pub(crate) fn unpacked(file_bytes: usize) -> usize {
    (64 << 20) + file_bytes.saturating_mul(8)
}
