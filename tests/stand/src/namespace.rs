//! A namespace for one test.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Namespace as Object, ServiceAccount};
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client, Resource};

use crate::{StandError, farewell, kubeconfig, until};

/// How long the controllers may take to make the service account without which no pod is admitted.
const DEADLINE: Duration = Duration::from_secs(30);

/// A namespace that no other test uses. It is deleted with this value, without waiting for what is in it.
pub struct Namespace {
    name: String,
    client: Client,
    kubeconfig: PathBuf,
}

impl Namespace {
    pub(crate) async fn create(kubeconfig: &Path, prefix: &str) -> Result<Self, StandError> {
        let client = kubeconfig::client(kubeconfig).await?;
        let name = unique(prefix);
        let metadata = ObjectMeta { name: Some(name.clone()), ..ObjectMeta::default() };
        let object = Object { metadata, ..Object::default() };
        let created = Api::all(client.clone()).create(&PostParams::default(), &object).await;
        created.map_err(StandError::call("create the namespace", &name))?;
        let namespace = Self { name, client, kubeconfig: kubeconfig.to_owned() };
        until(&namespace.api::<ServiceAccount>(), "default", DEADLINE, |account| account.is_some()).await?;
        Ok(namespace)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The admin's client that it was made with.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The objects of a kind in it, as the admin sees them.
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client(), &self.name)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        farewell::delete::<Object>(self.kubeconfig.clone(), self.name.clone());
    }
}

/// A name that neither this process nor an earlier one on the same cluster has used.
fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{:x}-{:x}-{number}", Timestamp::now().as_second(), process::id())
}
