//! What the API server knows its callers by: tokens of users, and the key that service accounts' tokens are signed with.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::KeyPair;

use crate::StandError;
use crate::options::User;

/// The files of a control plane's keys.
pub(crate) struct Keys {
    /// The token file of `--token-auth-file`.
    pub(crate) tokens: PathBuf,
    /// The key that signs.
    pub(crate) signing: PathBuf,
    /// The key that verifies.
    pub(crate) verifying: PathBuf,
}

impl Keys {
    /// Makes new keys in a folder.
    pub(crate) fn write(folder: &Path, users: &[User]) -> Result<Self, StandError> {
        let keys = Self {
            tokens: folder.join("tokens.csv"),
            signing: folder.join("service-accounts.key"),
            verifying: folder.join("service-accounts.pub"),
        };
        let pair = KeyPair::generate().map_err(StandError::Keys)?;
        write(&keys.tokens, &token_file(users))?;
        write(&keys.signing, &pair.serialize_pem())?;
        write(&keys.verifying, &pair.public_key_pem())?;
        Ok(keys)
    }
}

/// The token of a user. It protects nothing: the server listens on this machine alone and lives as long as a test.
pub(crate) fn token(user: &str) -> String {
    format!("token-of-{user}")
}

/// Lines of `token,user,uid,"group,group"` (Kubernetes documentation, "Static token file").
fn token_file(users: &[User]) -> String {
    let line = |User { name, groups }: &User| format!("{},{name},{name},\"{}\"\n", token(name), groups.join(","));
    users.iter().map(line).collect()
}

fn write(path: &Path, text: &str) -> Result<(), StandError> {
    fs::write(path, text).map_err(StandError::file("write", path))
}
