//! The columns of one batch of rows, by slot: what a bound expression is evaluated over. It holds columns and checks nothing;
//! evaluation does.

use arrow_array::ArrayRef;

/// One batch of rows. Slots that no expression reads may stay empty.
#[derive(Clone, Debug)]
pub struct Frame {
    rows: usize,
    columns: Vec<Option<ArrayRef>>,
}

impl Frame {
    /// A batch of `rows` rows without columns.
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// Puts a column of `rows` rows into a slot.
    pub fn set(&mut self, slot: usize, column: ArrayRef) {
        if self.columns.len() <= slot {
            self.columns.resize(slot + 1, None);
        }
        self.columns[slot] = Some(column);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The column in a slot, if there is one.
    pub fn get(&self, slot: usize) -> Option<&ArrayRef> {
        self.columns.get(slot).and_then(Option::as_ref)
    }
}
