//! Writes the definitions of the custom resources beside this crate:
//! `cargo run -p scoring-crds --example generate`.

use std::fs;
use std::path::Path;

use kube::core::CustomResourceExt as _;
use scoring_crds::{ScoringBackfill, ScoringSchedule};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (name, definition) in
        [("scoringschedules", ScoringSchedule::crd()), ("scoringbackfills", ScoringBackfill::crd())]
    {
        let text = serde_yaml::to_string(&definition)?;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{name}.yaml"));
        fs::write(path, format!("# Generated: cargo run -p scoring-crds --example generate\n{text}"))?;
    }
    Ok(())
}
