//! The objects of one watch, by UID. A list after a lost connection replaces what was known only once it is whole.

use std::collections::{HashMap, HashSet};

use kube::runtime::watcher::Event;
use kube::{Resource, ResourceExt};

/// The objects of one watch, as values.
#[derive(Debug)]
pub(super) struct Mirror<V> {
    values: HashMap<String, V>,
    /// The UIDs of the list that is being read.
    listed: HashSet<String>,
}

/// What has changed of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change<V> {
    /// The object.
    pub(super) uid: String,
    /// What it was; none where it is new.
    pub(super) before: Option<V>,
    /// What it is; none where it is gone.
    pub(super) after: Option<V>,
}

impl<V> Change<V> {
    pub(super) fn is_gone(&self) -> bool {
        self.after.is_none()
    }
}

impl<V> Default for Mirror<V> {
    fn default() -> Self {
        Self { values: HashMap::new(), listed: HashSet::new() }
    }
}

impl<V: Clone + PartialEq> Mirror<V> {
    /// Notes an event; `value` says what is kept of an object, and none where nothing is.
    pub(super) fn note<K: Resource>(&mut self, event: Event<K>, value: impl Fn(K) -> Option<V>) -> Vec<Change<V>> {
        match event {
            Event::Init => {
                self.listed.clear();
                Vec::new()
            }
            Event::InitApply(object) => {
                let Some(uid) = object.uid() else { return Vec::new() };
                self.listed.insert(uid.clone());
                self.set(uid, value(object)).into_iter().collect()
            }
            Event::InitDone => {
                let listed = std::mem::take(&mut self.listed);
                let gone: Vec<String> = self.values.keys().filter(|uid| !listed.contains(*uid)).cloned().collect();
                gone.into_iter().filter_map(|uid| self.set(uid, None)).collect()
            }
            Event::Apply(object) => {
                let Some(uid) = object.uid() else { return Vec::new() };
                self.set(uid, value(object)).into_iter().collect()
            }
            Event::Delete(object) => object.uid().and_then(|uid| self.set(uid, None)).into_iter().collect(),
        }
    }

    fn set(&mut self, uid: String, after: Option<V>) -> Option<Change<V>> {
        let before = match &after {
            Some(value) => self.values.insert(uid.clone(), value.clone()),
            None => self.values.remove(&uid),
        };
        (before != after).then_some(Change { uid, before, after })
    }

    pub(super) fn get(&self, uid: &str) -> Option<&V> {
        self.values.get(uid)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &V> {
        self.values.values()
    }
}
