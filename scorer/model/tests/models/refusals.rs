//! Files that must be refused: models that are not supported, by class and version, and hostile files, by name where they
//! name something. Each lies in a folder with a `refusal.json` that lists the words which the message must contain.

use std::error::Error;
use std::fs;
use std::path::Path;

use scoring_model::{Artifact, parse_mlmodel};
use serde::Deserialize;

use crate::fixture;

#[derive(Deserialize)]
struct Refusal {
    names: Vec<String>,
}

/// What reading a folder's model ends in: a message with all its causes, or nothing if it was read.
fn refusal(folder: &Path) -> Option<String> {
    let attempt = || -> Result<(), Box<dyn Error>> {
        let mlmodel = parse_mlmodel(&fs::read_to_string(folder.join("MLmodel"))?)?;
        let bytes = fs::read(folder.join(&mlmodel.file)).map_err(|error| format!("{}: {error}", mlmodel.file))?;
        Artifact::read(mlmodel.format.format(), &bytes)?.model()?;
        Ok(())
    };
    let error = attempt().err()?;
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Some(message)
}

#[test]
fn every_refused_or_hostile_file_is_refused_by_name() {
    let folders = fixture::folders(&fixture::root(), "refusal.json");
    for folder in &folders {
        let name = folder.display();
        let text = fs::read_to_string(folder.join("refusal.json")).expect("refusal.json can be read");
        let Refusal { names } = serde_json::from_str(&text).expect("refusal.json lists names");
        let message = refusal(folder);
        println!("{name}: {message:?}");
        let message = message.expect("the file is refused");
        assert!(names.iter().all(|word| message.contains(word)), "{name}: {names:?} in {message}");
    }
    println!("{} files refused", folders.len());
}

#[test]
fn an_unsupported_model_is_still_described() {
    for (name, class) in [("gradient-boosting", "GradientBoostingRegressor"), ("standard-scaler", "StandardScaler")] {
        let (format, bytes) = fixture::file(&fixture::root().join("refused").join(name));
        let description = Artifact::read(format, &bytes).expect("the file can be read").describe();
        assert!(!description.supported);
        assert!(description.reason.as_ref().is_some_and(|reason| reason.contains(class)), "{description:?}");
        assert!(description.steps.iter().any(|step| step.class == class), "{description:?}");
    }
}
