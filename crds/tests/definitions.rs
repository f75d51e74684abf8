//! The definitions: that the checked-in YAML is what the types say, and that it keeps the rules of a structural schema
//! with a bound on everything (Kubernetes 1.34, apiextensions v1).

#![expect(clippy::unwrap_used, reason = "a test ends where it finds something else")]

use kube::core::CustomResourceExt as _;
use kube::core::cel::{CompiledSchema, compile_schema, estimate_rule_cost};
use scoring_crds::{ScoringBackfill, ScoringSchedule};
use serde_json::Value;

fn definitions() -> [(&'static str, Value); 2] {
    [
        ("scoringschedules", serde_json::to_value(ScoringSchedule::crd()).unwrap()),
        ("scoringbackfills", serde_json::to_value(ScoringBackfill::crd()).unwrap()),
    ]
}

fn schema(definition: &Value) -> &Value {
    &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

/// Calls `check` with every schema below this one and its path.
fn walk(schema: &Value, path: &str, check: &mut impl FnMut(&str, &Value)) {
    check(path, schema);
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        walk(field, &format!("{path}.{name}"), check);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(inner) {
            walk(inner, &format!("{path}[]"), check);
        }
    }
}

#[test]
fn the_checked_in_definitions_are_those_of_the_types() {
    for (name, definition) in definitions() {
        let path = format!("{}/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap();
        let checked_in: Value = serde_yaml::from_str(&text).unwrap();
        let crd = serde_yaml::to_string(&definition).unwrap();
        let current: Value = serde_yaml::from_str(&crd).unwrap();
        assert_eq!(checked_in, current, "{name}.yaml is not current: cargo run -p scoring-crds --example generate");
    }
}

#[test]
fn every_text_list_map_and_number_is_bounded() {
    for (name, definition) in definitions() {
        walk(schema(&definition), name, &mut |path, node| {
            let has = |key: &str| node.get(key).is_some();
            if node["x-kubernetes-int-or-string"] == true {
                assert!(has("maxLength") && has("pattern"), "{path}");
                return;
            }
            match node["type"].as_str().unwrap_or_else(|| panic!("{path} has no type")) {
                "string" => assert!(has("maxLength") || has("enum") || node["format"] == "date-time", "{path}"),
                "array" => assert!(has("maxItems") && has("items"), "{path}"),
                // Generations and rows are counted by others, and a count has no end.
                "integer" if matches!(path.rsplit('.').next(), Some("observedGeneration" | "rows")) => {
                    assert!(has("minimum"), "{path}");
                }
                "integer" => assert!(has("minimum") && has("maximum"), "{path}"),
                "object" if has("additionalProperties") => assert!(has("maxProperties"), "{path}"),
                "object" | "boolean" => {}
                other => panic!("{path} is of type {other}"),
            }
        });
    }
}

#[test]
fn the_schemas_are_structural() {
    for (name, definition) in definitions() {
        walk(schema(&definition), name, &mut |path, node| {
            for key in ["$ref", "oneOf", "anyOf", "allOf", "not", "const", "definitions", "uniqueItems"] {
                assert!(node.get(key).is_none(), "{path} has {key}");
            }
            assert!(
                node.get("properties").is_none() || node.get("additionalProperties").is_none(),
                "{path} has fields and other fields"
            );
            let format = node["format"].as_str().unwrap_or("int32");
            assert!(["int32", "int64", "date-time"].contains(&format), "{path} has the format {format}");
            let fields = node["properties"].as_object();
            for required in node["required"].as_array().into_iter().flatten() {
                assert!(fields.unwrap().contains_key(required.as_str().unwrap()), "{path} requires {required}");
            }
            // A key of a list map is required, or has a default.
            for key in node["x-kubernetes-list-map-keys"].as_array().into_iter().flatten() {
                assert!(node["items"]["required"].as_array().unwrap().contains(key), "{path} is keyed by {key}");
            }
        });
    }
}

#[test]
fn an_optional_field_is_absent_and_never_null() {
    for (name, definition) in definitions() {
        walk(schema(&definition), name, &mut |path, node| {
            // kube makes a status nullable, and what is either a number or a text.
            let excepted = path.ends_with(".status") || node["x-kubernetes-int-or-string"] == true;
            assert!(excepted || node.get("nullable").is_none(), "{path} may be null");
        });
    }
}

#[test]
fn nobody_can_name_an_image_a_command_a_pod_template_or_another_namespace() {
    let forbidden = ["image", "command", "args", "env", "volume", "podtemplate", "namespace", "securitycontext"];
    for (name, definition) in definitions() {
        walk(&schema(&definition)["properties"]["spec"], name, &mut |path, node| {
            assert!(node.get("x-kubernetes-preserve-unknown-fields").is_none(), "{path} takes any field");
            let field = path.rsplit('.').next().unwrap_or_default().to_lowercase();
            assert!(!forbidden.iter().any(|word| field.contains(word)), "{path}");
        });
    }
}

#[test]
fn every_rule_compiles_is_cheap_and_says_what_to_write() {
    fn check(schema: &Value, compiled: &CompiledSchema, path: &str, rules: &mut usize) {
        for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
            *rules += 1;
            let text = rule["rule"].as_str().unwrap();
            kube::core::cel::cel::Program::compile(text).unwrap_or_else(|error| panic!("{path}: {text}: {error}"));
            let costs = estimate_rule_cost(text, compiled);
            assert!(costs.is_empty(), "{path}: {costs:?}");
            let message = rule["message"].as_str().unwrap_or_else(|| panic!("{path}: {text} has no message"));
            assert!(!message.contains('\n') && message.len() > 20, "{path}: {message}");
            if let Some(field) = rule["fieldPath"].as_str() {
                assert!(at(schema, field).get("type").is_some(), "{path}: {field}");
            }
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            check(field, &compiled.properties[name], &format!("{path}.{name}"), rules);
        }
        if let (Some(items), Some(compiled)) = (schema.get("items"), &compiled.items) {
            check(items, compiled, &format!("{path}[]"), rules);
        }
    }
    for (name, definition) in definitions() {
        let mut rules = 0;
        check(schema(&definition), &compile_schema(schema(&definition)), name, &mut rules);
        assert!(rules > 5, "{name} has {rules} rules");
    }
}

/// What a path of a printer column or a selectable field leads to.
fn at<'a>(schema: &'a Value, path: &str) -> &'a Value {
    path.trim_start_matches('.').split('.').fold(schema, |node, name| {
        let field = &node["properties"][name.split('[').next().unwrap_or_default()];
        if name.contains('[') { &field["items"] } else { field }
    })
}

#[test]
fn columns_and_selectable_fields_lead_to_fields() {
    for (name, definition) in definitions() {
        let version = &definition["spec"]["versions"][0];
        let columns = version["additionalPrinterColumns"].as_array().unwrap();
        assert!(columns.len() > 6, "{name}");
        for column in columns {
            let path = column["jsonPath"].as_str().unwrap();
            if path.starts_with(".metadata") {
                continue;
            }
            let expected = match column["type"].as_str().unwrap() {
                "date" => "string",
                other => other,
            };
            let conditions = ["Ready", "Progressing", "Succeeded"].map(|name| format!("[?(@.type==\"{name}\")]"));
            let path = conditions.iter().fold(path.to_owned(), |path, condition| path.replace(condition, "[]"));
            assert_eq!(at(schema(&definition), &path)["type"], expected, "{name}: {path}");
        }
        for field in version["selectableFields"].as_array().unwrap() {
            let path = field["jsonPath"].as_str().unwrap();
            let kind = at(schema(&definition), path)["type"].as_str();
            assert!(matches!(kind, Some("string" | "boolean" | "integer")), "{name}: {path} is {kind:?}");
        }
    }
}
