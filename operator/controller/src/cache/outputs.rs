//! Where every schedule writes, so that two that write the same are found without looking at all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::Key;
use crate::check::Rival;

/// What schedules write.
#[derive(Debug, Default)]
pub struct Outputs(Mutex<BTreeMap<Key, Rival>>);

impl Outputs {
    /// Notes what a schedule writes, or that it is gone; says who else writes the same as it does or did.
    pub fn note(&self, key: &Key, rival: Option<Rival>) -> BTreeSet<Key> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let after = rival.clone();
        let before = match rival {
            Some(rival) => all.insert(key.clone(), rival),
            None => all.remove(key),
        };
        if before == after {
            return BTreeSet::new();
        }
        let texts: BTreeSet<String> = before.into_iter().chain(after).filter_map(|rival| rival.outputs).collect();
        let shares = |rival: &Rival| rival.outputs.as_ref().is_some_and(|outputs| texts.contains(outputs));
        all.iter().filter(|(other, rival)| *other != key && shares(rival)).map(|(other, _)| other.clone()).collect()
    }

    /// The others that write the same.
    pub fn rivals(&self, of: &Rival) -> Vec<Rival> {
        if of.outputs.is_none() {
            return Vec::new();
        }
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().filter(|rival| rival.outputs == of.outputs && *rival != of).cloned().collect()
    }
}
