//! Real model files, damaged: cut at every length, and with bytes changed, removed, repeated. Reading one, building a model and
//! predicting with it ends in a value or an error, never in a panic, and within bounds.

use std::hash::{BuildHasher, RandomState};
use std::io::{Cursor, Read, Write};

use crate::fixture::{self, Cases};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use scoring_model::{Artifact, Format};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Pickles of two protocols and both kinds of regressors, and a skops file.
const MODELS: &[&str] =
    &["1.9.1/random-forest", "1.9.1/ridge", "1.0.2/random-forest-p2", "1.0.2/ridge-p5", "1.9.1/decision-tree-skops"];

/// Goes as far as the file allows. A damaged file may still hold a model, which then must predict without a panic.
fn use_file(format: Format, bytes: &[u8], cases: &Cases) {
    let Ok(artifact) = Artifact::read(format, bytes) else { return };
    let _ = artifact.describe();
    let Ok(model) = artifact.model() else { return };
    let Ok(prepared) = model.prepare(&cases.given()) else { return };
    let _ = prepared.predict(&cases.batch(&(0..cases.expected.len())));
}

#[test]
fn a_pickle_cut_at_any_length_is_an_error() {
    for name in ["1.9.1/random-forest", "1.0.2/ridge-p2"] {
        let (format, bytes) = fixture::file(&fixture::root().join(name));
        for len in 0..bytes.len() {
            assert!(Artifact::read(format, &bytes[..len]).is_err(), "{name} cut to {len} bytes");
        }
    }
}

#[test]
fn a_skops_file_cut_anywhere_is_an_error() {
    let (format, bytes) = fixture::file(&fixture::root().join("1.9.1/ridge-skops"));
    for len in (0..bytes.len()).step_by(97) {
        assert!(Artifact::read(format, &bytes[..len]).is_err(), "cut to {len} bytes");
    }
}

/// One change of a file, at a place given as a share of its length.
#[derive(Clone, Debug)]
enum Change {
    Set(u8),
    Flip(u8),
    Remove(usize),
    Repeat(usize),
}

fn change() -> impl Strategy<Value = (f64, Change)> {
    let kind = prop_oneof![
        any::<u8>().prop_map(Change::Set),
        (0_u8..8).prop_map(Change::Flip),
        (1_usize..64).prop_map(Change::Remove),
        (1_usize..64).prop_map(Change::Repeat),
    ];
    (0.0..1.0, kind)
}

fn apply(bytes: &mut Vec<u8>, (place, change): &(f64, Change)) {
    let at = (place * bytes.len() as f64) as usize;
    if bytes.is_empty() {
        return;
    }
    let end = |len: &usize| (at + len).min(bytes.len());
    match change {
        Change::Set(value) => bytes[at] = *value,
        Change::Flip(bit) => bytes[at] ^= 1 << bit,
        Change::Remove(len) => drop(bytes.drain(at..end(len))),
        Change::Repeat(len) => {
            let again = bytes[at..end(len)].to_vec();
            bytes.splice(at..at, again);
        }
    }
}

/// Damages a model's file many times in the way given, and uses what comes of it.
fn damage(name: &str, change_file: impl Fn(&[u8], &[(f64, Change)]) -> Vec<u8>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("DAMAGE_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let cases = number("DAMAGE_CASES").unwrap_or(200) as u32;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let folder = fixture::root().join(name);
    let ((format, file), rows) = (fixture::file(&folder), Cases::read(&folder));
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&prop::collection::vec(change(), 1..4), |changes| {
        use_file(format, &change_file(&file, &changes), &rows);
        Ok(())
    });
    assert!(outcome.is_ok(), "DAMAGE_SEED={seed} DAMAGE_CASES={cases}, {name}: {outcome:?}");
}

#[test]
fn a_changed_file_never_causes_a_panic() {
    for name in MODELS {
        damage(name, |file, changes| {
            let mut damaged = file.to_vec();
            for change in changes {
                apply(&mut damaged, change);
            }
            damaged
        });
    }
}

/// A skops file whose members are changed and packed again, so that no checksum gives the change away. The first change picks
/// the member; the schema is as likely as all arrays together.
fn change_member(file: &[u8], changes: &[(f64, Change)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("the fixture is an archive");
    let arrays = archive.len() - 1;
    let pick = (changes[0].0 * 2.0 * arrays as f64) as usize;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let mut array = 0;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("the fixture's members can be read");
        let name = member.name().expect("the fixture's members have names").into_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("the fixture's members can be unpacked");
        let is_hit = if name == "schema.json" { pick >= arrays } else { pick == array };
        array += usize::from(name != "schema.json");
        for change in changes.iter().filter(|_| is_hit) {
            apply(&mut bytes, change);
        }
        packed.start_file(name, SimpleFileOptions::default()).expect("a member can be begun");
        packed.write_all(&bytes).expect("a member can be written");
    }
    packed.finish().expect("the archive can be finished").into_inner()
}

#[test]
fn a_skops_file_with_changed_members_never_causes_a_panic() {
    damage("1.9.1/decision-tree-skops", change_member);
    damage("1.9.1/ridge-skops", change_member);
}
