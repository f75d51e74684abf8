//! Documents of `crds/examples`, and changing them field by field.

use std::fs;

use serde_json::Value;

use crate::{StandError, root};

/// A document of `crds/examples`.
pub fn example(name: &str) -> Result<Value, StandError> {
    let path = root().join("crds/examples").join(name);
    let text = fs::read_to_string(&path).map_err(StandError::file("read", &path))?;
    serde_yaml::from_str(&text).map_err(|source| StandError::Example { path, problem: source.to_string() })
}

/// Sets the field at a JSON pointer, made where it is not there; null takes it out.
pub fn set(document: &mut Value, pointer: &str, value: Value) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        *document = value;
        return;
    };
    let parent = parent.split('/').skip(1).fold(document, child);
    match parent.as_object_mut() {
        Some(fields) if value.is_null() => drop(fields.remove(name)),
        _ => *child(parent, name) = value,
    }
}

fn child<'a>(node: &'a mut Value, name: &str) -> &'a mut Value {
    match name.parse::<usize>() {
        Ok(index) if node.is_array() => &mut node[index],
        _ => &mut node[name],
    }
}
