//! I5: whoever reads while months are scored never sees a committed manifest beside an output that does not fit it.

use jiff::Timestamp;

use super::Violation;

/// A look at one month's output through its manifest, as a reader takes it: the manifest first, then the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// The month.
    pub month: String,
    /// The size that the committed manifest names.
    pub promised: u64,
    /// The size of the output that was found; none where there was none.
    pub found: Option<u64>,
    /// Whether the output ends as a whole file of its format does.
    pub whole: bool,
}

/// Every reading whose output is missing, of another size, or not whole.
pub fn readers_see_whole_outputs(readings: &[Reading]) -> Vec<Violation> {
    let wrong = readings.iter().filter(|reading| reading.found != Some(reading.promised) || !reading.whole);
    let violation = |reading: &Reading| {
        let what = format!("a reader of {} saw a manifest and no output that fits it", reading.month);
        Violation::new("I5", what, vec![format!("{reading:?}")])
    };
    wrong.map(violation).collect()
}
