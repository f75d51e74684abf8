//! The variables of a container, resolved as a kubelet resolves them: a Secret that is missing is not an error of the
//! stand but something that the pod waits for.
//!
//! Source: kubelet 1.34.4, `makeEnvironmentVariables` in `pkg/kubelet/kubelet_pods.go`, with its messages. Variables of
//! services and of resources are not among them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, EnvFromSource, EnvVarSource, ObjectFieldSelector, Pod, Secret};
use kube::{Api, Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use super::expansion::expand;
use super::status::container;

/// The values of a Secret or a config map.
type Values = BTreeMap<String, String>;

/// Resolves the variables of one pod.
pub(super) struct Environment<'a> {
    pod: &'a Pod,
    client: Client,
    namespace: String,
}

impl<'a> Environment<'a> {
    pub(super) fn new(client: Client, pod: &'a Pod) -> Self {
        Self { pod, client, namespace: pod.namespace().unwrap_or_default() }
    }

    /// The variables by name, or the message of the reason `CreateContainerConfigError`.
    pub(super) async fn resolve(&self) -> Result<Values, String> {
        let container = container(self.pod);
        let mut resolved = Values::new();
        for source in container.env_from.unwrap_or_default() {
            resolved.extend(self.all_of(source).await?);
        }
        for variable in container.env.unwrap_or_default() {
            let value = match (variable.value.filter(|value| !value.is_empty()), variable.value_from) {
                (Some(text), _) => Some(expand(&text, |name| resolved.get(name).cloned())),
                (None, Some(source)) => self.one_of(source).await?,
                (None, None) => Some(String::new()),
            };
            resolved.extend(value.map(|value| (variable.name, value)));
        }
        Ok(resolved)
    }

    async fn all_of(&self, source: EnvFromSource) -> Result<Values, String> {
        let values = if let Some(secret) = source.secret_ref {
            self.secret(&secret.name, secret.optional).await?
        } else if let Some(map) = source.config_map_ref {
            self.config_map(&map.name, map.optional).await?
        } else {
            None
        };
        let prefix = source.prefix.unwrap_or_default();
        Ok(values.unwrap_or_default().into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect())
    }

    /// The value of one variable; none where it may be missing and is.
    async fn one_of(&self, source: EnvVarSource) -> Result<Option<String>, String> {
        let (kind, name, key, optional, values) = if let Some(at) = source.secret_key_ref {
            let values = self.secret(&at.name, at.optional).await?;
            ("Secret", at.name, at.key, at.optional, values)
        } else if let Some(at) = source.config_map_key_ref {
            let values = self.config_map(&at.name, at.optional).await?;
            ("ConfigMap", at.name, at.key, at.optional, values)
        } else if let Some(field) = source.field_ref {
            return self.field(&field).map(Some);
        } else {
            return Err("the stand resolves secretKeyRef, configMapKeyRef and fieldRef alone".to_owned());
        };
        match values.and_then(|mut values| values.remove(&key)) {
            None if optional != Some(true) => {
                Err(format!("couldn't find key {key} in {kind} {}/{name}", self.namespace))
            }
            found => Ok(found),
        }
    }

    async fn secret(&self, name: &str, optional: Option<bool>) -> Result<Option<Values>, String> {
        let secret: Option<Secret> = self.get("secret", name, optional).await?;
        let data = secret.map(|secret| secret.data.unwrap_or_default());
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(data.map(|data| data.into_iter().map(|(name, bytes)| (name, text(bytes.0))).collect()))
    }

    async fn config_map(&self, name: &str, optional: Option<bool>) -> Result<Option<Values>, String> {
        let map: Option<ConfigMap> = self.get("configmap", name, optional).await?;
        Ok(map.map(|map| map.data.unwrap_or_default()))
    }

    async fn get<K>(&self, kind: &str, name: &str, optional: Option<bool>) -> Result<Option<K>, String>
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + Debug + DeserializeOwned,
        K::DynamicType: Default,
    {
        let found = Api::namespaced(self.client.clone(), &self.namespace).get_opt(name).await;
        match found.map_err(|problem| problem.to_string())? {
            None if optional != Some(true) => Err(format!("{kind} \"{name}\" not found")),
            found => Ok(found),
        }
    }

    /// A field of the pod (Kubernetes API, `ObjectFieldSelector`).
    fn field(&self, selector: &ObjectFieldSelector) -> Result<String, String> {
        let (metadata, spec) = (&self.pod.metadata, self.pod.spec.as_ref());
        let value = match selector.field_path.as_str() {
            "metadata.name" => metadata.name.clone(),
            "metadata.namespace" => metadata.namespace.clone(),
            "metadata.uid" => metadata.uid.clone(),
            "spec.serviceAccountName" => spec.and_then(|spec| spec.service_account_name.clone()),
            path => match entry(path) {
                Some(("labels", key)) => self.pod.labels().get(key).cloned(),
                Some(("annotations", key)) => self.pod.annotations().get(key).cloned(),
                _ => return Err(format!("the stand cannot resolve the field {path}")),
            },
        };
        Ok(value.unwrap_or_default())
    }
}

/// Of `metadata.annotations['key']`, the map and the key.
fn entry(path: &str) -> Option<(&str, &str)> {
    let (map, key) = path.strip_prefix("metadata.")?.split_once("['")?;
    Some((map, key.strip_suffix("']")?))
}
