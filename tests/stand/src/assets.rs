//! Where the programs of the control plane are: those that the environment names, else those that `tests/cluster` builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::StandError;

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let stand = Path::new(env!("CARGO_MANIFEST_DIR"));
    stand.ancestors().nth(2).unwrap_or(stand).to_owned()
}

/// The programs, by name.
pub(crate) struct Assets {
    given: Option<PathBuf>,
    built: Option<PathBuf>,
}

impl Assets {
    /// Looks at the variables that envtest knows (controller-runtime, `pkg/envtest/server.go`): `TEST_ASSET_ETCD` and so on
    /// name one program, `KUBEBUILDER_ASSETS` a folder of them. What both lack is built, if it was not yet.
    pub(crate) fn find(names: &[&'static str]) -> Result<Self, StandError> {
        let mut assets = Self { given: env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from), built: None };
        if names.iter().any(|name| assets.given(name).is_none()) {
            assets.built = Some(install()?);
        }
        Ok(assets)
    }

    /// The path of a program that was asked for.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let built = || self.built.as_deref().map(|folder| folder.join(name));
        self.given(name).or_else(built).unwrap_or_else(|| PathBuf::from(name))
    }

    fn given(&self, name: &str) -> Option<PathBuf> {
        let variable = format!("TEST_ASSET_{}", name.replace('-', "_").to_uppercase());
        let named = env::var_os(variable).map(PathBuf::from);
        named.or_else(|| self.given.as_deref().map(|folder| folder.join(name)).filter(|path| path.is_file()))
    }
}

/// Runs `tests/cluster/install`, which prints the folder of the programs. Found again, that takes no time.
fn install() -> Result<PathBuf, StandError> {
    let script = root().join("tests/cluster/install");
    let output = Command::new(&script).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| StandError::Start { program: script.display().to_string(), source })?;
    if !output.status.success() {
        return Err(StandError::Install { script, status: output.status });
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
