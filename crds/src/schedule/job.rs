//! What the Jobs of a schedule may use: a service account of its namespace, resources, and where they may run. There is no
//! pod template, image or command here, and there must not be one: who may write a schedule would otherwise run anything.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounds;

/// What the Jobs may use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobSettings {
    /// A service account of this namespace; the operator's own default for scorers where none is given.
    #[schemars(length(max = bounds::OBJECT_NAME), regex(pattern = bounds::OPTIONAL_NAME_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
    /// What a scorer is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// The labels that a node must have.
    #[schemars(schema_with = "crate::schema::labels")]
    #[x_kube(validation = Rule::new(format!("self.all(k, k.matches('{}'))", bounds::LABEL_KEY_PATTERN))
        .message("holds a key that no label can have: write it as kubernetes.io/arch"))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// The taints of nodes that are tolerated.
    #[schemars(length(max = bounds::PLACEMENT))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
    /// A priority class of the cluster.
    #[schemars(length(max = bounds::OBJECT_NAME), regex(pattern = bounds::OPTIONAL_NAME_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_class_name: Option<String>,
    /// A local queue of Kueue in this namespace.
    #[schemars(length(max = bounds::LABEL), regex(pattern = bounds::OPTIONAL_NAME_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_name: Option<String>,
    /// Seconds after which a Job is ended.
    #[schemars(range(min = 60, max = 604_800))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_seconds: Option<i32>,
}

/// What a scorer is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resources {
    /// What is set aside for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Amounts>,
    /// What it may not exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Amounts>,
}

/// Amounts in the units of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// Processors: `2`, `500m`.
    #[schemars(schema_with = "crate::schema::quantity")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<IntOrString>,
    /// Memory: `2Gi`.
    #[schemars(schema_with = "crate::schema::quantity")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<IntOrString>,
    /// Scratch space: `1Gi`.
    #[schemars(schema_with = "crate::schema::quantity")]
    #[serde(default, rename = "ephemeral-storage", skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<IntOrString>,
}

/// A taint that is tolerated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(
    validation = Rule::new("self.operator != 'Exists' || !has(self.value)").field_path(".value")
        .message("goes with `operator: Equal`: leave it out"),
    validation = Rule::new("has(self.key) || self.operator == 'Exists'").field_path(".key")
        .message("is missing: write the taint's key, or `operator: Exists` for every taint"),
)]
pub struct Toleration {
    /// The taint's key; every key where none is given.
    #[schemars(length(min = 1, max = 317), regex(pattern = bounds::LABEL_KEY_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether the value counts.
    #[serde(default)]
    pub operator: TolerationOperator,
    /// The taint's value.
    #[schemars(length(max = bounds::LABEL), regex(pattern = bounds::LABEL_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The taint's effect; every effect where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
    /// Seconds for which a `NoExecute` taint is tolerated; without end where none is given.
    #[schemars(range(min = 0, max = 604_800))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i32>,
}

/// Whether a taint's value counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TolerationOperator {
    /// The taint has this value.
    #[default]
    Equal,
    /// Any value.
    Exists,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TaintEffect {
    /// Nothing new is placed on the node.
    NoSchedule,
    /// Something new is placed there only where there is no other node.
    PreferNoSchedule,
    /// What runs there is moved away.
    NoExecute,
}
