//! The names that an expression can mention: the columns of a table and, after them, the computed ones.
//! Types that expressions cannot use are welcome here; they are refused where an expression mentions them.

use arrow_schema::DataType;
use thiserror::Error;

/// At most this many names are listed in an error.
const MAX_CANDIDATES: usize = 12;

/// Names in scope, each with a slot; a later column of the same exact name shadows an earlier one.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    columns: Vec<(String, DataType)>,
}

/// Why a name stands for no column.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// No column has this name.
    #[error("no column is named {name:?}; {}", listed(candidates))]
    Unknown {
        /// The name as it was asked for.
        name: String,
        /// Close names first, then the other columns in order; at most twelve.
        candidates: Vec<String>,
    },
    /// Several columns have this name when upper and lower case count as one, and none has it exactly.
    #[error("{name:?} could be any of {}; write the one that is meant exactly, in double quotes", candidates.join(", "))]
    Ambiguous {
        /// The name as it was asked for.
        name: String,
        /// The columns that it could be.
        candidates: Vec<String>,
    },
}

fn listed(candidates: &[String]) -> String {
    if candidates.is_empty() { "there are no columns".into() } else { format!("there are {}", candidates.join(", ")) }
}

impl Scope {
    /// A scope without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column and returns its slot, counted from 0.
    pub fn push(&mut self, name: &str, data_type: DataType) -> usize {
        self.columns.push((name.into(), data_type));
        self.columns.len() - 1
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The slot of a name: matched exactly, else without regard to case if only one name fits.
    pub fn resolve(&self, name: &str) -> Result<usize, NameError> {
        if let Some(slot) = self.columns.iter().rposition(|(known, _)| known == name) {
            return Ok(slot);
        }
        let lower = name.to_lowercase();
        let mut fitting: Vec<&str> = Vec::new();
        for (known, _) in &self.columns {
            if known.to_lowercase() == lower && !fitting.contains(&known.as_str()) {
                fitting.push(known);
            }
        }
        match fitting.as_slice() {
            [] => Err(NameError::Unknown { name: name.into(), candidates: self.candidates(&lower) }),
            [only] => self.resolve(only),
            several => Err(NameError::Ambiguous {
                name: name.into(),
                candidates: several.iter().take(MAX_CANDIDATES).map(|known| format!("{known:?}")).collect(),
            }),
        }
    }

    /// The type of a slot, as it was pushed.
    ///
    /// # Panics
    /// When no column was pushed under this slot.
    pub fn data_type(&self, slot: usize) -> &DataType {
        &self.columns[slot].1
    }

    /// The name of a slot, as it was pushed.
    ///
    /// # Panics
    /// When no column was pushed under this slot.
    pub fn name(&self, slot: usize) -> &str {
        &self.columns[slot].0
    }

    fn candidates(&self, lower: &str) -> Vec<String> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        nearest(lower, &names)
    }
}

/// The names nearest to `wanted` (lower case), then the others in their order, without doubles and at most twelve.
pub(crate) fn nearest(wanted: &str, names: &[&str]) -> Vec<String> {
    let mut ranked: Vec<(usize, &str)> = Vec::new();
    for name in names {
        if ranked.iter().all(|(_, known)| known != name) {
            let far = distance(wanted, &name.to_lowercase());
            let close = far <= 2.min(wanted.chars().count() / 2) || name.to_lowercase().contains(wanted);
            ranked.push((if close { far } else { usize::MAX }, name));
        }
    }
    ranked.sort_by_key(|(far, _)| *far);
    ranked.into_iter().take(MAX_CANDIDATES).map(|(_, name)| name.to_owned()).collect()
}

/// Levenshtein distance in characters, of the first 64 characters of each.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(names: &[&str]) -> Scope {
        let mut scope = Scope::new();
        for name in names {
            scope.push(name, DataType::Int64);
        }
        scope
    }

    #[test]
    fn an_exact_name_wins_over_one_of_another_case() {
        assert_eq!(scope(&["Fare", "fare"]).resolve("fare"), Ok(1));
    }

    #[test]
    fn a_later_column_of_the_same_name_shadows_an_earlier_one() {
        assert_eq!(scope(&["fare", "tip", "fare"]).resolve("fare"), Ok(2));
        assert_eq!(scope(&["fare", "tip", "fare"]).resolve("FARE"), Ok(2));
    }

    #[test]
    fn a_name_that_fits_several_columns_is_ambiguous() {
        let error = scope(&["Fare", "fare"]).resolve("FARE").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"FARE\" could be any of \"Fare\", \"fare\"; write the one that is meant exactly, in double quotes"
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_close_names_first() {
        let error = scope(&["trip_distance", "tip", "PULocationID"]).resolve("PULocatonID").unwrap_err();
        assert_eq!(error.to_string(), "no column is named \"PULocatonID\"; there are PULocationID, trip_distance, tip");
    }

    #[test]
    fn the_list_of_candidates_is_bounded() {
        let names: Vec<String> = (0..100).map(|i| format!("c{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let Err(NameError::Unknown { candidates, .. }) = scope(&names).resolve("zzz") else { panic!("zzz is unknown") };
        assert_eq!(candidates.len(), MAX_CANDIDATES);
    }
}
