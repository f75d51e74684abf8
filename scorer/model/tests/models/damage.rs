//! Real model files, damaged: cut at every length, and with bytes changed, removed, repeated. Reading one, building a model and
//! predicting with it ends in a value or an error, never in a panic, and within bounds.

use std::hash::{BuildHasher, RandomState};

use crate::fixture::{self, Cases};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use scoring_model::{Artifact, Format};

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

#[test]
fn a_changed_file_never_causes_a_panic() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("DAMAGE_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let cases = number("DAMAGE_CASES").unwrap_or(200) as u32;
    println!("DAMAGE_SEED={seed} DAMAGE_CASES={cases}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    for name in MODELS {
        let folder = fixture::root().join(name);
        let ((format, file), rows) = (fixture::file(&folder), Cases::read(&folder));
        let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let outcome = runner.run(&prop::collection::vec(change(), 1..4), |changes| {
            let mut damaged = file.clone();
            for change in &changes {
                apply(&mut damaged, change);
            }
            use_file(format, &damaged, &rows);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{name}: {error}");
        }
    }
}
