//! What lists and watches have told, and how a list looked some events ago: the view that a restarted operator gets from
//! an API server that lags behind.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

/// What was told of every collection.
#[derive(Default)]
pub(super) struct Past {
    collections: BTreeMap<String, Told>,
}

/// A list, and the events after it.
struct Told {
    list: Value,
    events: Vec<Value>,
}

/// Lists as they were, by collection.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    lists: BTreeMap<String, Bytes>,
}

impl Past {
    /// A list was answered. Only the first is kept, and what the watches told after it: a later list of the same
    /// collection tells nothing that they do not.
    pub(super) fn list(&mut self, collection: &str, body: &Bytes) {
        let Ok(list) = serde_json::from_slice::<Value>(body) else { return };
        if list.get("items").is_some() {
            let told = || Told { list, events: Vec::new() };
            self.collections.entry(collection.to_owned()).or_insert_with(told);
        }
    }

    /// A watch told an event.
    pub(super) fn event(&mut self, collection: &str, line: &[u8]) {
        let told = self.collections.get_mut(collection);
        if let (Some(told), Ok(event)) = (told, serde_json::from_slice::<Value>(line)) {
            told.events.push(event);
        }
    }

    /// The lists of a resource, or of `all`, without the last events of each.
    pub(super) fn view(&self, events: u32, resource: &str) -> View {
        let of = |collection: &str| resource == "all" || collection.split('?').next() == Some(resource);
        let chosen = self.collections.iter().filter(|(collection, _)| of(collection));
        View { lists: chosen.map(|(collection, told)| (collection.clone(), told.before(events))).collect() }
    }
}

impl Told {
    fn before(&self, events: u32) -> Bytes {
        let kept = self.events.len().saturating_sub(events as usize);
        let mut list = self.list.clone();
        let mut items: BTreeMap<String, Value> =
            list["items"].as_array().into_iter().flatten().map(|item| (uid(item), item.clone())).collect();
        let mut version = list.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
        for event in &self.events[..kept] {
            let object = &event["object"];
            version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or(version);
            if event["type"] == "DELETED" {
                items.remove(&uid(object));
            } else {
                items.insert(uid(object), object.clone());
            }
        }
        list["items"] = items.into_values().collect();
        list["metadata"]["resourceVersion"] = version;
        Bytes::from(list.to_string())
    }
}

impl View {
    /// How a collection was; none where the view does not have it.
    pub(super) fn list(&self, collection: &str) -> Option<Bytes> {
        self.lists.get(collection).cloned()
    }
}

fn uid(object: &Value) -> String {
    object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(uid: &str, version: &str) -> Value {
        json!({"metadata": {"uid": uid, "resourceVersion": version}})
    }

    fn past() -> Past {
        let mut past = Past::default();
        let list = json!({"metadata": {"resourceVersion": "1"}, "items": [object("a", "1")]});
        past.list("jobs?x", &Bytes::from(list.to_string()));
        past.list("pods?", &Bytes::from(list.to_string()));
        for (kind, uid, version) in [("ADDED", "b", "2"), ("MODIFIED", "a", "3"), ("DELETED", "a", "4")] {
            past.event("jobs?x", json!({"type": kind, "object": object(uid, version)}).to_string().as_bytes());
        }
        past
    }

    #[test]
    fn a_list_is_shown_as_it_was_some_events_ago() {
        let cases = [
            (0, json!([object("b", "2")]), "4"),
            (1, json!([object("a", "3"), object("b", "2")]), "3"),
            (2, json!([object("a", "1"), object("b", "2")]), "2"),
            (9, json!([object("a", "1")]), "1"),
        ];
        for (events, items, version) in cases {
            let list = past().view(events, "all").list("jobs?x").unwrap();
            let list: Value = serde_json::from_slice(&list).unwrap();
            assert_eq!((&list["items"], &list["metadata"]["resourceVersion"]), (&items, &json!(version)), "{events}");
        }
    }

    #[test]
    fn a_view_of_one_resource_has_no_other() {
        let view = past().view(1, "jobs");
        assert!(view.list("jobs?x").is_some() && view.list("pods?").is_none());
    }
}
