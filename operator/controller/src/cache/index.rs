//! A mirror with an index by owner.

use std::collections::{BTreeSet, HashMap};

use kube::Resource;
use kube::runtime::watcher::Event;

use super::mirror::{Change, Mirror};

/// The objects of one watch, by UID and by owner.
#[derive(Debug)]
pub(super) struct Index<V> {
    mirror: Mirror<V>,
    owned: HashMap<String, BTreeSet<String>>,
}

impl<V> Default for Index<V> {
    fn default() -> Self {
        Self { mirror: Mirror::default(), owned: HashMap::new() }
    }
}

impl<V: Clone + PartialEq> Index<V> {
    /// Notes an event; `value` says what is kept of an object, `owner` whose it is.
    pub(super) fn note<K: Resource>(
        &mut self,
        event: Event<K>,
        value: impl Fn(K) -> Option<V>,
        owner: impl Fn(&V) -> String,
    ) -> Vec<Change<V>> {
        let changes = self.mirror.note(event, value);
        for change in &changes {
            if let Some(before) = &change.before {
                self.leave(&owner(before), &change.uid);
            }
            if let Some(after) = &change.after {
                self.owned.entry(owner(after)).or_default().insert(change.uid.clone());
            }
        }
        changes
    }

    fn leave(&mut self, owner: &str, uid: &str) {
        let Some(uids) = self.owned.get_mut(owner) else { return };
        uids.remove(uid);
        if uids.is_empty() {
            self.owned.remove(owner);
        }
    }

    pub(super) fn get(&self, uid: &str) -> Option<&V> {
        self.mirror.get(uid)
    }

    /// The objects of an owner, in the order of their UIDs.
    pub(super) fn of(&self, owner: &str) -> impl Iterator<Item = &V> {
        self.owned.get(owner).into_iter().flatten().filter_map(|uid| self.mirror.get(uid))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &V> {
        self.mirror.all()
    }
}
