//! What goes into a prediction and what comes out: columns of a batch by position, and one number a row.
//! Data only; the columns' names are given once, to `Model::prepare`.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers: to the model a number is itself.
    Number,
    /// Texts: to the model a text is a category.
    Category,
}

/// Rows to predict.
#[derive(Clone, Debug)]
pub struct Batch {
    /// How many; every column has so many.
    pub rows: usize,
    /// In the order given to `Model::prepare`.
    pub columns: Vec<Column>,
}

/// One column of a batch.
#[derive(Clone, Debug)]
pub enum Column {
    /// Numbers; a null is NaN.
    Number(Vec<f64>),
    /// Texts, dictionary-encoded.
    Category(Category),
}

/// Texts, each kept once, and which of them each row has.
#[derive(Clone, Debug)]
pub struct Category {
    pub(crate) codes: Vec<u32>,
    pub(crate) texts: Vec<String>,
}

impl Category {
    /// The code of a row that has no text.
    pub const NULL: u32 = u32::MAX;

    /// A column whose row `i` has the text `texts[codes[i]]`, or none if the code is [`Category::NULL`].
    pub fn new(codes: Vec<u32>, texts: Vec<String>) -> Self {
        Self { codes, texts }
    }
}

/// The predictions for a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// One a row.
    pub values: Vec<f64>,
    /// Per column given: rows whose category is null or was not seen when the model was fitted. Both are to the model as if
    /// the column were not there. 0 for numbers, and for columns the model does not know.
    pub unseen: Vec<u64>,
}
