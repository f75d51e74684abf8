//! What is deleted from the API server when a value goes: by a thread of its own, for the test's runtime may end before a
//! task of it would have run.

use std::fmt::Debug;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use kube::api::DeleteParams;
use kube::{Api, Resource};
use serde::de::DeserializeOwned;
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::{StandError, kubeconfig};

/// How long the end of a test waits for an API server that may be stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// Deletes an object without a namespace, and does not wait until it is gone. What cannot be deleted goes with the control
/// plane.
pub(crate) fn delete<K>(kubeconfig: PathBuf, name: String)
where
    K: Resource<Scope = k8s_openapi::ClusterResourceScope> + Clone + Debug + DeserializeOwned + 'static,
    K::DynamicType: Default,
{
    let farewell = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        // The deadline belongs to the runtime, so it is made within.
        runtime.map(|runtime| runtime.block_on(async { timeout(PATIENCE, ask::<K>(kubeconfig, &name)).await }))
    });
    let _ = farewell.join();
}

async fn ask<K>(kubeconfig: PathBuf, name: &str) -> Result<(), StandError>
where
    K: Resource<Scope = k8s_openapi::ClusterResourceScope> + Clone + Debug + DeserializeOwned,
    K::DynamicType: Default,
{
    let api: Api<K> = Api::all(kubeconfig::client(&kubeconfig).await?);
    let deleted = api.delete(name, &DeleteParams::background()).await;
    deleted.map(drop).map_err(StandError::call("delete", name))
}
