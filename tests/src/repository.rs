//! Where the checkout, its neighbours and the cache of installed programs are.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The folder with real months and models beside the checkout, where there is one. A clean clone has none.
pub fn shared() -> Option<PathBuf> {
    let shared = root().parent()?.join("shared");
    shared.join("data").is_dir().then_some(shared)
}

/// The folder in which the test scripts keep what they install, outside the checkout.
pub(crate) fn cache() -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    base.unwrap_or_else(env::temp_dir).join("scoring-operator")
}
