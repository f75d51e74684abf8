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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn key(name: &str) -> Key {
        Key { namespace: "rides".to_owned(), name: name.to_owned() }
    }

    fn rival(name: &str, outputs: &str) -> Rival {
        let Key { namespace, name } = key(name);
        Rival { namespace, name, created: Timestamp::UNIX_EPOCH, outputs: Some(outputs.to_owned()), months: None }
    }

    #[test]
    fn whoever_writes_the_same_is_told_when_one_comes_or_goes() {
        let outputs = Outputs::default();
        assert!(outputs.note(&key("a"), Some(rival("a", "s3://x"))).is_empty());
        assert!(outputs.note(&key("b"), Some(rival("b", "s3://y"))).is_empty());
        assert_eq!(outputs.note(&key("c"), Some(rival("c", "s3://x"))), BTreeSet::from([key("a")]));
        assert_eq!(outputs.rivals(&rival("c", "s3://x")), [rival("a", "s3://x")]);
        assert_eq!(outputs.note(&key("a"), Some(rival("a", "s3://y"))), BTreeSet::from([key("b"), key("c")]));
        assert_eq!(outputs.note(&key("b"), None), BTreeSet::from([key("a")]));
    }

    #[test]
    fn a_schedule_that_writes_as_before_concerns_nobody() {
        let outputs = Outputs::default();
        outputs.note(&key("a"), Some(rival("a", "s3://x")));
        outputs.note(&key("b"), Some(rival("b", "s3://x")));
        assert!(outputs.note(&key("b"), Some(rival("b", "s3://x"))).is_empty());
    }
}
