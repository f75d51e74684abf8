//! Kubeconfig files: one for each user, all of the same server.

use std::fs;
use std::path::{Path, PathBuf};

use kube::Client;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};

use crate::StandError;
use crate::options::User;

/// Writes a kubeconfig that names the server and its certificate, for the holder of a token.
pub(crate) fn write(path: &Path, server: &str, certificate: &Path, token: &str) -> Result<PathBuf, StandError> {
    let cluster = json!({"server": server, "certificate-authority": certificate});
    write_document(path, &document(&cluster, &json!({"token": token})))
}

/// Writes the kubeconfig that the environment names once more, for a user that its own user acts as.
pub(crate) fn write_impersonation(path: &Path, user: &User, is_admin: bool) -> Result<PathBuf, StandError> {
    let mut found = Kubeconfig::read().map_err(|source| StandError::Kubeconfig { path: path.to_owned(), source })?;
    if !is_admin {
        for named in &mut found.auth_infos {
            let auth = named.auth_info.get_or_insert_default();
            (auth.impersonate, auth.impersonate_groups) = (Some(user.name.clone()), Some(user.groups.clone()));
        }
    }
    let document =
        serde_json::to_value(found).map_err(|source| StandError::Encode { path: path.to_owned(), source })?;
    write_document(path, &document)
}

/// Writes a copy of a kubeconfig whose user has another token.
pub(crate) fn write_with_token(path: &Path, like: &Path, token: &str) -> Result<PathBuf, StandError> {
    let found = Kubeconfig::read_from(like);
    let mut found = found.map_err(|source| StandError::Kubeconfig { path: like.to_owned(), source })?;
    let encode = |source| StandError::Encode { path: path.to_owned(), source };
    let auth = serde_json::from_value(json!({"token": token})).map_err(encode)?;
    for named in &mut found.auth_infos {
        named.auth_info = Some(Clone::clone(&auth));
    }
    write_document(path, &serde_json::to_value(found).map_err(encode)?)
}

/// A client of the server and user that a kubeconfig names. It belongs to the runtime that it is made in.
pub(crate) async fn client(path: &Path) -> Result<Client, StandError> {
    let failed = |source| StandError::Kubeconfig { path: path.to_owned(), source };
    let found = Kubeconfig::read_from(path).map_err(failed)?;
    let mut config = Config::from_custom_kubeconfig(found, &KubeConfigOptions::default()).await.map_err(failed)?;
    // The server is on this machine, whatever the machine's proxy is; and what a test sends is sent once.
    (config.proxy_url, config.default_retry) = (None, false);
    Client::try_from(config).map_err(|source| StandError::Client { path: path.to_owned(), source })
}

/// Kubeconfig files are YAML, of which JSON is a part.
fn write_document(path: &Path, document: &Value) -> Result<PathBuf, StandError> {
    fs::write(path, document.to_string()).map_err(StandError::file("write", path))?;
    Ok(path.to_owned())
}

fn document(cluster: &Value, user: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "stand", "cluster": cluster}],
        "users": [{"name": "stand", "user": user}],
        "contexts": [{"name": "stand", "context": {"cluster": "stand", "user": "stand"}}],
        "current-context": "stand",
    })
}
