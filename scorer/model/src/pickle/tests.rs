//! Small pickles written by hand: what each opcode makes, and bombs that must stay small.

use super::*;

/// `PROTO 4`, then `body`, then `STOP`.
fn pickle(body: &[u8]) -> Vec<u8> {
    [b"\x80\x04", body, b"."].concat()
}

fn error(body: &[u8]) -> PickleError {
    read(&pickle(body)).map(|(arena, root)| format!("{:?}", arena.get(root))).unwrap_err()
}

fn short_text(text: &str) -> Vec<u8> {
    [&[0x8c, text.len() as u8], text.as_bytes()].concat()
}

fn stack_global(module: &str, name: &str) -> Vec<u8> {
    [short_text(module), short_text(name), vec![0x93]].concat()
}

#[test]
fn integers_of_up_to_64_bits_are_read_and_longer_ones_are_opaque() {
    // pickle.dumps(n, 4) of CPython
    for (body, expected) in [
        (&b"K\x07"[..], Some(7)),
        (b"M\x00\x01", Some(256)),
        (b"J\xff\xff\xff\xff", Some(-1)),
        (b"\x8a\x00", Some(0)),
        (b"\x8a\x05\x00\x00\x00\x00\x01", Some(1 << 32)),
        (b"\x8a\x05\x00\x00\x00\x00\xff", Some(-(1 << 32))),
        (b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80", Some(i64::MIN)),
        (b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01", None),
    ] {
        let bytes = pickle(body);
        let (arena, root) = read(&bytes).unwrap();
        match (arena.get(root), expected) {
            (Node::Int(found), Some(expected)) => assert_eq!(*found, expected),
            (Node::BigInt, None) => {}
            (found, _) => panic!("{body:?} is {found:?}"),
        }
    }
}

#[test]
fn a_call_is_described_and_not_made() {
    let body = [stack_global("sklearn.tree._tree", "Tree"), b"K\x01K\x02\x86R}b".to_vec()].concat();
    let bytes = pickle(&body);
    let (arena, root) = read(&bytes).unwrap();
    let Node::Made(made) = arena.get(root) else { panic!("{:?}", arena.get(root)) };
    assert_eq!(arena.kind(root), "sklearn.tree._tree.Tree");
    assert_eq!(arena.items(made.args).map(<[_]>::len), Some(2));
    assert!(made.state.is_some());
}

#[test]
fn a_name_off_the_list_is_refused_where_it_stands_even_if_unused() {
    let error = error(&[stack_global("os", "system"), b"0N".to_vec()].concat());
    assert!(
        matches!(&error, PickleError::Global { at: 14, module, name } if module == "os" && name == "system"),
        "{error}"
    );
}

#[test]
fn what_is_only_named_cannot_be_called() {
    let error = error(&[stack_global("numpy", "ndarray"), b")R".to_vec()].concat());
    assert!(matches!(&error, PickleError::NotAConstructor { found, .. } if found == "numpy.ndarray"), "{error}");
}

#[test]
fn a_state_is_given_once() {
    let error = error(&[stack_global("sklearn.tree._tree", "Tree"), b")R}b}b".to_vec()].concat());
    assert!(matches!(error, PickleError::Kind { opcode: "BUILD", .. }), "{error}");
}

#[test]
fn opcodes_below_a_mark_are_out_of_reach() {
    for body in [&b"K\x01(0"[..], b"K\x01(\x85", b"K\x01(2", b"](K\x01s"] {
        let error = error(body);
        assert!(matches!(error, PickleError::Underflow { .. }), "{error}");
    }
}

#[test]
fn an_odd_number_of_dict_items_is_refused() {
    assert!(matches!(error(b"}(K\x01u"), PickleError::Kind { opcode: "SETITEMS", .. }));
}

#[test]
fn a_frame_must_fit_the_file_and_its_contents() {
    let frame = |len: u64, body: &[u8]| [&b"\x80\x04\x95"[..], &len.to_le_bytes(), body].concat();
    assert!(read(&frame(3, b"K\x01.")).is_ok());
    assert!(matches!(read(&frame(4, b"K\x01.")), Err(PickleError::Frame { .. })));
    assert!(matches!(read(&frame(u64::MAX, b"K\x01.")), Err(PickleError::Frame { .. })));
    assert!(matches!(read(&frame(2, b"M\x01\x00.")), Err(PickleError::CrossesFrame { .. })));
    let nested = frame(12, &[&[0x95][..], &1_u64.to_le_bytes(), b"N."].concat());
    assert!(matches!(read(&nested), Err(PickleError::Frame { .. })));
}

#[test]
fn lengths_beyond_the_file_are_refused_before_they_are_allocated() {
    for code in [0x8d, 0x8e, 0x96] {
        for len in [1_u64 << 20, 1 << 63, u64::MAX] {
            let error = error(&[&[code][..], &len.to_le_bytes(), b"x"].concat());
            assert!(matches!(error, PickleError::Truncated { .. } | PickleError::TooLong { .. }), "{error}");
        }
    }
}

#[test]
fn shared_lists_that_double_take_no_more_room_than_they_are_written_with() {
    // each list holds the one before twice: 2^200 leaves if it were ever unfolded
    let mut body = vec![b'(', b']', 0x94];
    for i in 0..200_u8 {
        body.extend([b']', 0x94, b'(', b'h', i, b'h', i, b'e']);
    }
    body.push(b't');
    let bytes = pickle(&body);
    let (arena, root) = read(&bytes).unwrap();
    assert_eq!(arena.items(root).map(<[_]>::len), Some(201));
}

#[test]
fn bombs_of_stack_marks_and_values_end_in_an_error() {
    let many = 2_000_000;
    for (bomb, body) in [
        ("marks", vec![b'('; many]),
        ("constants", vec![b'N'; many]),
        ("duplicates", [vec![b']'], vec![b'2'; many]].concat()),
        ("lists that are dropped", b"]0".repeat(many)),
    ] {
        let error = error(&body);
        assert!(matches!(error, PickleError::TooDeep { .. } | PickleError::Values { .. }), "{bomb}: {error}");
    }
}

#[test]
fn nesting_of_any_depth_is_read_and_dropped_without_recursion() {
    let body = [vec![b')'], vec![0x85; 500_000]].concat();
    assert!(read(&pickle(&body)).is_ok());
}

#[test]
fn a_list_that_holds_itself_is_only_a_number_in_itself() {
    let bytes = pickle(b"]\x94h\x00a");
    let (arena, root) = read(&bytes).unwrap();
    assert_eq!(arena.items(root), Some(&[root][..]));
}

#[test]
fn a_memo_far_away_is_refused_before_it_is_allocated() {
    assert!(matches!(error(b"Nr\xff\xff\xff\xff"), PickleError::TooManyMemos { .. }));
    assert!(matches!(error(b"j\xff\xff\xff\xff"), PickleError::NoMemo { .. }));
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    assert!(matches!(error(b"\x8c\x01\xff"), PickleError::Text { at: 2 }));
}
