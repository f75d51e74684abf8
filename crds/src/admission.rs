//! What the API server says to a document, said without one: its structure and its bounds, then the rules. For `validate`
//! on the command line, and for objects that were stored under an older schema.
//!
//! It admits no more than the API server does, and words a fault for the person who wrote the document. It changes nothing:
//! defaults are not filled in.

mod structure;

use std::sync::LazyLock;

use kube::core::CustomResourceExt;
use kube::core::cel::{CompiledSchema, ErrorKind, ValidationError, Validator, apply_defaults, compile_schema};
use serde_json::Value;

use crate::fault::{Fault, Faults};
use crate::{GROUP, ScoringBackfill, ScoringSchedule, VERSION};

/// The schema of a kind, and its rules.
struct Definition {
    kind: &'static str,
    schema: Value,
    rules: CompiledSchema,
}

static DEFINITIONS: LazyLock<[Definition; 2]> =
    LazyLock::new(|| [define::<ScoringSchedule>("ScoringSchedule"), define::<ScoringBackfill>("ScoringBackfill")]);

fn define<K: CustomResourceExt>(kind: &'static str) -> Definition {
    let definition = serde_json::to_value(K::crd()).unwrap_or_default();
    let schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
    Definition { kind, rules: compile_schema(&schema), schema }
}

/// Checks a document that is to be created, or that is to take the place of `old`. Every fault comes with the path of its
/// field.
pub fn check(document: &Value, old: Option<&Value>) -> Result<(), Faults> {
    let definition = find(document)?;
    let mut found = structure::check(&definition.schema, document);
    found.faults.extend(name(document));
    if !found.blocking && document["metadata"]["name"].is_string() {
        found.faults.extend(broken_rules(definition, document, old));
    }
    if found.faults.is_empty() { Ok(()) } else { Err(Faults(found.faults)) }
}

fn find(document: &Value) -> Result<&'static Definition, Faults> {
    let refuse = |path: &str, problem: String| Err(Faults(vec![Fault { path: path.to_owned(), problem }]));
    let version = format!("{GROUP}/{VERSION}");
    if document["apiVersion"] != version {
        return refuse("apiVersion", format!("is not known here: write {version}"));
    }
    match DEFINITIONS.iter().find(|definition| document["kind"] == definition.kind) {
        Some(definition) => Ok(definition),
        None => refuse("kind", "is not known here: write ScoringSchedule or ScoringBackfill".to_owned()),
    }
}

/// The name, which the API server checks for every kind (a DNS subdomain, RFC 1123).
fn name(document: &Value) -> Option<Fault> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let sound = |name: &str| {
        name.len() <= crate::bounds::OBJECT_NAME
            && name.split('.').all(|label| {
                let bytes = label.as_bytes();
                bytes.first().is_some_and(|first| allowed(*first))
                    && bytes.last().is_some_and(|last| allowed(*last))
                    && bytes.iter().all(|byte| allowed(*byte) || *byte == b'-')
            })
    };
    let problem = match document["metadata"]["name"].as_str() {
        Some(text) if sound(text) => return None,
        Some(_) => "is no name: write lower-case letters, digits and `-`, with a letter or digit at both ends",
        None if document["metadata"]["name"].is_null() => "is missing: write the name of the object",
        None => "is not a text: write it in quotes, such as name: \"2021\"",
    };
    Some(Fault { path: "metadata.name".to_owned(), problem: problem.to_owned() })
}

/// The rules see the document with its defaults, as they do in the API server.
fn broken_rules(definition: &Definition, document: &Value, old: Option<&Value>) -> Vec<Fault> {
    let document = apply_defaults(&definition.schema, document);
    let old = old.map(|old| apply_defaults(&definition.schema, old));
    match Validator::new().validate_compiled(&definition.rules, &document, old.as_ref()) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.into_iter().map(broken_rule).collect(),
    }
}

fn broken_rule(error: ValidationError) -> Fault {
    // Of what is outside spec and status, a rule sees the name alone.
    let path = if error.field_path.is_empty() { "metadata.name".to_owned() } else { error.field_path };
    let problem = match error.kind {
        ErrorKind::ValidationFailure => error.message,
        _ => format!("cannot be checked: the rule `{}` fails with: {}", error.rule, error.message),
    };
    Fault { path, problem }
}
