//! JSON as a flat list of values that name each other by number: bounded in count, with no allocation per text.
//! Nesting is bounded by `serde_json` itself (128 levels). It knows nothing of skops.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value's place in its document.
pub(super) type ValueId = u32;

/// A text's place in its document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text(u32, u32);

/// One JSON value. Floats do not occur in a schema outside of texts, so they are not kept.
#[derive(Debug)]
pub(super) enum Json {
    Null,
    Bool,
    Int(i64),
    Float,
    Text(Text),
    Array(Vec<ValueId>),
    /// Members in the order written; of equal keys the last one counts, as in Python.
    Object(Vec<(Text, ValueId)>),
}

/// A parsed text.
#[derive(Debug)]
pub(super) struct Document {
    values: Vec<Json>,
    texts: String,
    limit: usize,
}

impl Document {
    /// Parses `text` into at most `limit` values; returns the document and its root.
    pub(super) fn parse(text: &str, limit: usize) -> Result<(Self, ValueId), serde_json::Error> {
        let mut document = Self { values: Vec::new(), texts: String::new(), limit: limit.min(u32::MAX as usize) };
        let mut parser = serde_json::Deserializer::from_str(text);
        let root = Seed(&mut document).deserialize(&mut parser)?;
        parser.end()?;
        Ok((document, root))
    }

    pub(super) fn get(&self, id: ValueId) -> &Json {
        &self.values[id as usize]
    }

    pub(super) fn text(&self, text: Text) -> &str {
        &self.texts[text.0 as usize..][..text.1 as usize]
    }

    /// The member of an object.
    pub(super) fn member(&self, object: ValueId, key: &str) -> Option<ValueId> {
        let Json::Object(members) = self.get(object) else { return None };
        members.iter().rev().find(|(k, _)| self.text(*k) == key).map(|(_, value)| *value)
    }

    /// The member of an object, if it is a text.
    pub(super) fn text_member(&self, object: ValueId, key: &str) -> Option<&str> {
        match self.get(self.member(object, key)?) {
            Json::Text(text) => Some(self.text(*text)),
            _ => None,
        }
    }

    fn add<E: Error>(&mut self, value: Json) -> Result<ValueId, E> {
        if self.values.len() >= self.limit {
            return Err(E::custom(format_args!("more than {} values", self.limit)));
        }
        self.values.push(value);
        Ok(self.values.len() as u32 - 1)
    }

    fn add_text<E: Error>(&mut self, text: &str) -> Result<Text, E> {
        let start = u32::try_from(self.texts.len()).map_err(E::custom)?;
        let len = u32::try_from(text.len()).map_err(E::custom)?;
        self.texts.push_str(text);
        Ok(Text(start, len))
    }
}

/// Reads one value into the document.
struct Seed<'d>(&'d mut Document);

/// Reads one key into the document.
struct Key<'d>(&'d mut Document);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ValueId;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ValueId, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ValueId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<ValueId, E> {
        self.0.add(Json::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<ValueId, E> {
        self.0.add(Json::Bool)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<ValueId, E> {
        self.0.add(Json::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<ValueId, E> {
        self.0.add(i64::try_from(value).map_or(Json::Float, Json::Int))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<ValueId, E> {
        self.0.add(Json::Float)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ValueId, E> {
        let text = self.0.add_text(text)?;
        self.0.add(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ValueId, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Seed(&mut *self.0))? {
            items.push(item);
        }
        self.0.add(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ValueId, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key_seed(Key(&mut *self.0))? {
            members.push((key, map.next_value_seed(Seed(&mut *self.0))?));
        }
        self.0.add(Json::Object(members))
    }
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Text;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        self.0.add_text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_keys_the_last_one_counts() {
        let (document, root) = Document::parse(r#"{"a": "1", "b": [null, 2], "a": "3"}"#, 10).unwrap();
        assert_eq!(document.text_member(root, "a"), Some("3"));
    }

    #[test]
    fn deep_nesting_and_many_values_are_errors() {
        assert!(Document::parse(&"[".repeat(1_000_000), usize::MAX).is_err());
        assert!(Document::parse(&format!("[{}1]", "1,".repeat(100)), 50).is_err());
    }
}
