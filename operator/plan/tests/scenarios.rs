//! Every file in `tests/scenarios` is a test: a wish, a history and an instant, and what is to be decided. Only the fields
//! that a file has under `plan` are compared. The notation is described in `tests/scenarios/README.md`.

mod notation;

use std::fs;
use std::path::PathBuf;

use notation::document::Document;

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries = fs::read_dir(folder).expect("the folder of scenarios");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

#[test]
fn every_scenario_is_decided_as_it_says() {
    let mut wrong = Vec::new();
    for file in files() {
        let text = fs::read_to_string(&file).expect("a scenario");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let differences = match serde_yaml::from_str::<Document>(&text) {
            Ok(document) => document.differences(),
            Err(error) => vec![format!("cannot be read: {error}")],
        };
        if !differences.is_empty() {
            wrong.push(format!("{name}:\n{}", differences.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{} scenarios differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn there_is_a_scenario_for_every_rule_that_others_break() {
    assert!(files().len() >= 60, "only {} scenarios are left", files().len());
}
