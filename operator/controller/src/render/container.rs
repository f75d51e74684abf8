//! The pod of a Job: one container that may do nothing but run the scorer (Pod Security Standards, `restricted`).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, Container, EmptyDirVolumeSource, EnvVar, EnvVarSource, PodSecurityContext, PodSpec, SeccompProfile,
    SecretKeySelector, SecurityContext, Toleration, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use scoring_contract::TASK_VARIABLE;
use scoring_crds::schedule::job::{self, TaintEffect, TolerationOperator};

use super::job::{RESULT, Shape};
use crate::names;
use crate::settings::Settings;
use crate::world::{Template, World};

/// The user that the scorer's image is made for: any but root.
const USER: i64 = 65532;
/// Scratch space. The scorer keeps what it reads in memory; this is for what its libraries leave behind.
const SCRATCH: &str = "256Mi";
/// The keys of a Secret that are handed to the scorer, and whether one may be missing.
const KEYS: [(&str, bool); 3] =
    [("AWS_ACCESS_KEY_ID", false), ("AWS_SECRET_ACCESS_KEY", false), ("AWS_SESSION_TOKEN", true)];

/// The pod's spec.
pub(super) fn pod_spec(world: &World, shape: Shape, settings: &Settings) -> PodSpec {
    let job = &world.template.job;
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    PodSpec {
        restart_policy: Some("Never".to_owned()),
        service_account_name: text(&job.service_account_name).or_else(|| settings.service_account.clone()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        priority_class_name: text(&job.priority_class_name),
        node_selector: some(job.node_selector.clone()),
        tolerations: Some(job.tolerations.iter().map(toleration).collect::<Vec<_>>()).filter(|all| !all.is_empty()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
            ..PodSecurityContext::default()
        }),
        containers: vec![container(&world.template, shape, settings)],
        volumes: Some(vec![Volume {
            name: "tmp".to_owned(),
            empty_dir: Some(EmptyDirVolumeSource { medium: None, size_limit: Some(Quantity(SCRATCH.to_owned())) }),
            ..Volume::default()
        }]),
        ..PodSpec::default()
    }
}

fn container(template: &Template, shape: Shape, settings: &Settings) -> Container {
    Container {
        name: names::SCORER.to_owned(),
        image: Some(settings.image.clone()),
        image_pull_policy: Some(settings.pull_policy.clone()),
        args: Some(shape.args.map(str::to_owned).into()),
        env: Some(environment(template, shape.task)),
        resources: Some(shape.resources),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            ..SecurityContext::default()
        }),
        termination_message_path: Some(RESULT.to_owned()),
        termination_message_policy: Some("File".to_owned()),
        volume_mounts: Some(vec![VolumeMount {
            name: "tmp".to_owned(),
            mount_path: "/tmp".to_owned(),
            ..VolumeMount::default()
        }]),
        ..Container::default()
    }
}

fn environment(template: &Template, task: String) -> Vec<EnvVar> {
    let task = EnvVar { name: TASK_VARIABLE.to_owned(), value: Some(task), value_from: None };
    let key = |secret: &String, (key, optional): (&str, bool)| EnvVar {
        name: key.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: secret.clone(),
                key: key.to_owned(),
                optional: optional.then_some(true),
            }),
            ..EnvVarSource::default()
        }),
    };
    let keys = template.secret.iter().flat_map(|secret| KEYS.map(|of| key(secret, of)));
    std::iter::once(task).chain(keys).collect()
}

fn toleration(toleration: &job::Toleration) -> Toleration {
    let operator = match toleration.operator {
        TolerationOperator::Equal => "Equal",
        TolerationOperator::Exists => "Exists",
    };
    let effect = toleration.effect.map(|effect| match effect {
        TaintEffect::NoSchedule => "NoSchedule",
        TaintEffect::PreferNoSchedule => "PreferNoSchedule",
        TaintEffect::NoExecute => "NoExecute",
    });
    Toleration {
        key: toleration.key.clone(),
        operator: Some(operator.to_owned()),
        value: toleration.value.clone(),
        effect: effect.map(str::to_owned),
        toleration_seconds: toleration.toleration_seconds.map(i64::from),
    }
}

fn some(map: BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    (!map.is_empty()).then_some(map)
}
