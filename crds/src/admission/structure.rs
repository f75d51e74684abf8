//! A document against its schema: types, required and unknown fields, lengths, bounds, patterns, enumerations and the keys
//! of lists. As Kubernetes reads a structural schema (apiextensions v1); rules are not evaluated here.

use regex::Regex;
use serde_json::{Map, Value};

use crate::bounds;
use crate::fault::Fault;

/// What a document's structure has against it.
#[derive(Default)]
pub(super) struct Found {
    /// The faults, in the order of the schema.
    pub(super) faults: Vec<Fault>,
    /// Whether one of them keeps the rules from being evaluated, as it does in the API server: a wrong type, a missing
    /// field, a text or list that is too long.
    pub(super) blocking: bool,
}

/// Checks all of a document but what is the same for every object: `apiVersion`, `kind` and `metadata`.
pub(super) fn check(schema: &Value, document: &Value) -> Found {
    let mut found = Found::default();
    match document {
        Value::Object(fields) => {
            let own: Map<_, _> = fields
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "apiVersion" | "kind" | "metadata"))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            found.object(schema, &own, "");
        }
        other => found.block("document", format!("is {}: write a mapping", describe(other))),
    }
    found
}

/// How many characters of a value a message repeats.
const SHOWN: usize = 48;

/// Whether a text may hold a password or a token: an address, or what has one's marks. No message repeats it.
fn may_hold_secret(text: &str) -> bool {
    text.contains("://") || text.contains(['@', '?', '#'])
}

/// Whether a field takes addresses, whatever stands there now.
fn takes_addresses(schema: &Value) -> bool {
    let patterns = [bounds::URI_PATTERN, bounds::PLAIN_URI_PATTERN, bounds::ENDPOINT_PATTERN];
    schema["pattern"].as_str().is_some_and(|pattern| patterns.contains(&pattern))
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(flag) => format!("the switch {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if may_hold_secret(text) => "a text with the marks of an address".to_owned(),
        Value::String(text) if text.chars().count() > SHOWN => {
            format!("the text `{}…`", text.chars().take(SHOWN).flat_map(char::escape_debug).collect::<String>())
        }
        Value::String(text) => format!("the text `{}`", text.escape_debug()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn bound(schema: &Value, name: &str) -> Option<usize> {
    schema[name].as_u64().map(|bound| bound as usize)
}

/// The first sentence of a field's description, which says what is to be written.
fn remedy(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    let sentence = text.split_once(". ").map_or(text.as_str(), |(first, _)| first);
    sentence.trim_end_matches('.').to_owned()
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

impl Found {
    fn add(&mut self, path: &str, problem: String) {
        self.faults.push(Fault { path: path.to_owned(), problem });
    }

    fn block(&mut self, path: &str, problem: String) {
        self.blocking = true;
        self.add(path, problem);
    }

    fn value(&mut self, schema: &Value, value: &Value, path: &str) {
        if schema["x-kubernetes-int-or-string"] == true {
            return match value {
                Value::String(text) => self.text(schema, text, path),
                Value::Number(number) if number.is_i64() => {}
                other => self.block(path, format!("is {}: {}", describe(other), remedy(schema))),
            };
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(fields)) => self.object(schema, fields, path),
            (Some("array"), Value::Array(items)) => self.list(schema, items, path),
            (Some("string"), Value::String(text)) => self.text(schema, text, path),
            (Some("integer"), Value::Number(number)) if number.is_i64() => self.number(schema, value, path),
            (Some("boolean"), Value::Bool(_)) => {}
            (_, Value::Null) => self.block(path, "is empty: write a value or leave the field out".to_owned()),
            (expected, other) => {
                let expected = match expected {
                    Some("object") => "a mapping",
                    Some("array") => "a list",
                    Some("string") => "a text, in quotes where it looks like a number or like yes and no",
                    Some("integer") => "a whole number",
                    Some("boolean") => "true or false",
                    _ => "another type",
                };
                self.block(path, format!("is {}: write {expected}", describe(other)));
            }
        }
    }

    fn object(&mut self, schema: &Value, fields: &Map<String, Value>, path: &str) {
        if let Some(most) = bound(schema, "maxProperties").filter(|most| fields.len() > *most) {
            self.block(path, format!("has {} entries: at most {most} are allowed", fields.len()));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                let what = remedy(&schema["properties"][name]);
                self.block(&below(path, name), format!("is missing: {what}"));
            }
        }
        let known = schema["properties"].as_object();
        for (name, value) in fields {
            let at = below(path, name);
            match (known.and_then(|known| known.get(name)), &schema["additionalProperties"]) {
                (Some(field), _) => self.value(field, value, &at),
                (None, Value::Object(_)) => self.value(&schema["additionalProperties"], value, &at),
                (None, _) => {
                    let names: Vec<_> = known.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                    self.add(&at, format!("is unknown: write one of {}", names.join(", ")));
                }
            }
        }
    }

    fn list(&mut self, schema: &Value, items: &[Value], path: &str) {
        if let Some(most) = bound(schema, "maxItems").filter(|most| items.len() > *most) {
            return self.block(path, format!("has {} entries: at most {most} are allowed", items.len()));
        }
        if let Some(least) = bound(schema, "minItems").filter(|least| items.len() < *least) {
            self.add(path, format!("has {} entries: write at least {least}", items.len()));
        }
        for (index, item) in items.iter().enumerate() {
            self.value(&schema["items"], item, &format!("{path}[{index}]"));
        }
        let keys: Vec<_> =
            schema["x-kubernetes-list-map-keys"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let key = |item: &Value| match schema["x-kubernetes-list-type"].as_str() {
            Some("set") => Some(vec![item.clone()]),
            Some("map") => Some(keys.iter().map(|key| item[*key].clone()).collect()),
            _ => None,
        };
        for (index, item) in items.iter().enumerate() {
            let own = key(item);
            if own.is_some() && items[..index].iter().any(|other| key(other) == own) {
                let named = own.iter().flatten().map(describe).collect::<Vec<_>>().join(", ");
                self.add(&format!("{path}[{index}]"), format!("stands here twice ({named}): write it once"));
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, path: &str) {
        let length = text.chars().count();
        if let Some(most) = bound(schema, "maxLength").filter(|most| length > *most) {
            return self.block(path, format!("has {length} characters: at most {most} are allowed"));
        }
        if let Some(choices) = schema["enum"].as_array() {
            let choices: Vec<_> = choices.iter().filter_map(Value::as_str).collect();
            if !choices.contains(&text) {
                let shown = describe(&Value::from(text));
                self.add(path, format!("is {shown}: write one of {}", choices.join(", ")));
            }
        }
        if let Some(least) = bound(schema, "minLength").filter(|least| length < *least) {
            self.add(path, format!("has {length} characters: write at least {least}"));
        } else if let Some(pattern) = schema["pattern"].as_str() {
            match Regex::new(pattern) {
                Ok(regex) if regex.is_match(text) => {}
                Ok(_) if takes_addresses(schema) => {
                    self.add(path, format!("does not match {pattern}: {}", remedy(schema)));
                }
                Ok(_) => {
                    let shown = describe(&Value::from(text));
                    self.add(path, format!("is {shown}, which does not match {pattern}: {}", remedy(schema)));
                }
                Err(error) => self.add(path, format!("cannot be checked: {error}")),
            }
        }
    }

    fn number(&mut self, schema: &Value, value: &Value, path: &str) {
        let number = value.as_i64().unwrap_or_default();
        let least = schema["minimum"].as_f64().map_or(i64::MIN, |least| least as i64);
        let most = schema["maximum"].as_f64().map_or(i64::MAX, |most| most as i64);
        if !(least..=most).contains(&number) {
            self.add(path, format!("is {number}: write a number from {least} to {most}"));
        }
    }
}
