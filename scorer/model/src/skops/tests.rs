//! Small skops files written here: schemas that must be refused, and archives that claim too much.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

/// An archive of the members given, deflated.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn error(schema: &str) -> SkopsError {
    let bytes = archive(&[("schema.json", schema.as_bytes())]);
    read(&bytes).map(|(arena, root)| arena.kind(root)).unwrap_err()
}

fn node(loader: &str, module: &str, class: &str, rest: &str) -> String {
    format!(r#"{{"__class__": "{class}", "__module__": "{module}", "__loader__": "{loader}"{rest}}}"#)
}

#[test]
fn a_primitive_is_what_its_text_says() {
    for (text, kind) in [
        ("null", "None"),
        ("true", "bool"),
        ("12", "int"),
        ("-9223372036854775808", "int"),
        ("340282366920938463463374607431768211456", "int"),
        ("0.5", "float"),
        ("NaN", "float"),
        (r#"\"a\\u00e9\""#, "str"),
    ] {
        let schema = node("JsonNode", "builtins", "str", &format!(r#", "content": "{text}""#));
        let bytes = archive(&[("schema.json", schema.as_bytes())]);
        let (arena, root) = read(&bytes).unwrap();
        assert_eq!(arena.kind(root), kind, "{text}");
    }
}

#[test]
fn names_off_the_list_are_refused_whatever_the_node() {
    for loader in ["ObjectNode", "TypeNode", "FunctionNode", "MethodNode", "PartialNode", "OperatorFuncNode", "Other"] {
        let error = error(&node(loader, "os", "system", r#", "content": null"#));
        assert!(matches!(&error, SkopsError::Global { module, .. } if module == "os"), "{loader}: {error}");
    }
}

#[test]
fn a_second_node_of_a_number_is_the_first_one_again() {
    let text = |value: &str, id: u32| {
        node("JsonNode", "builtins", "str", &format!(r#", "content": "{value}", "__id__": {id}"#))
    };
    let items = [text("1", 10), text("2", 11), text("3", 10)].join(",");
    let bytes = archive(&[(
        "schema.json",
        node("ListNode", "builtins", "list", &format!(r#", "content": [{items}]"#)).as_bytes(),
    )]);
    let (arena, root) = read(&bytes).unwrap();
    let items = arena.items(root).unwrap();
    assert_eq!(items[0], items[2]);
    assert!(matches!((arena.get(items[0]), arena.get(items[1])), (Node::Int(1), Node::Int(2))));
}

#[test]
fn a_newer_format_is_refused_by_its_number() {
    let schema = node("ObjectNode", "sklearn.pipeline", "Pipeline", r#", "content": null, "protocol": 3"#);
    assert!(matches!(error(&schema), SkopsError::Protocol { found: 3 }));
}

#[test]
fn nodes_nested_too_deep_are_refused() {
    let list = |inside: &str| node("ListNode", "builtins", "list", &format!(r#", "content": [{inside}]"#));
    let deep = |levels: usize| (0..levels).fold(String::new(), |inside, _| list(&inside));
    assert!(matches!(error(&deep(500)), SkopsError::Schema(_)));
    let shallow = deep(40);
    assert!(read(&archive(&[("schema.json", shallow.as_bytes())])).is_ok());
}

#[test]
fn a_member_that_unpacks_to_far_more_than_the_file_is_refused() {
    let zeros = vec![b' '; 80 << 20];
    let bytes = archive(&[("schema.json", &zeros)]);
    assert!(bytes.len() < 1 << 20);
    assert!(matches!(read(&bytes), Err(SkopsError::Archive(ArchiveError::TooLarge { .. }))));
}

#[test]
fn an_array_named_many_times_counts_each_time() {
    let mut npy = b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2097152,), }".to_vec();
    npy.resize(10 + 0x46, b' ');
    npy.resize(10 + 0x46 + (16 << 20), 0);
    let array = node("NdArrayNode", "numpy", "ndarray", r#", "type": "numpy", "file": "a.npy""#);
    let schema = |count| {
        let items = vec![array.as_str(); count].join(",");
        node("ListNode", "builtins", "list", &format!(r#", "content": [{items}]"#))
    };
    assert!(read(&archive(&[("schema.json", schema(2).as_bytes()), ("a.npy", &npy)])).is_ok());
    let many = archive(&[("schema.json", schema(20).as_bytes()), ("a.npy", &npy)]);
    assert!(matches!(read(&many), Err(SkopsError::Archive(ArchiveError::TooLarge { .. }))));
}

#[test]
fn a_file_that_is_no_archive_or_lacks_its_schema_is_refused() {
    assert!(matches!(read(b"PK"), Err(SkopsError::Archive(ArchiveError::Open(_)))));
    assert!(matches!(read(&archive(&[])), Err(SkopsError::Archive(ArchiveError::Find { .. } | ArchiveError::Open(_)))));
}
