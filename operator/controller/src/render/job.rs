//! The Job around a pod: once, with no second try of its own; whether another try can help is for the plan to say.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{
    Job, JobSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
};
use k8s_openapi::api::core::v1::{PodTemplateSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use scoring_contract::ExitClass;

use super::container;
use crate::lean::Owner;
use crate::names;
use crate::settings::Settings;
use crate::world::World;

/// Where a scorer leaves its last words: the file whose text becomes the pod's termination message.
pub(super) const RESULT: &str = "/dev/termination-log";
/// Seconds after which a survey is ended: it asks a store a few questions for each of its 48 months.
pub(super) const SURVEY_DEADLINE_SECONDS: i64 = 600;
/// How many parts of a survey run at once.
const PARTS_AT_ONCE: u32 = 4;

/// What Jobs of one kind differ in.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) args: [&'static str; 3],
    pub(super) task: String,
    pub(super) resources: ResourceRequirements,
    pub(super) deadline_seconds: i64,
    /// How many parts a survey has; none of a month's Job.
    pub(super) parts: Option<u32>,
}

/// The Job.
pub(super) fn of(world: &World, shape: Shape, settings: &Settings, owner: &Owner) -> Job {
    // A survey holds everything up: it never waits in a queue.
    let queue = world.template.job.queue_name.clone().filter(|queue| !queue.is_empty() && shape.parts.is_none());
    let pod_labels = shape.labels.clone();
    let mut labels = shape.labels.clone();
    labels.extend(queue.clone().map(|queue| (names::QUEUE.to_owned(), queue)));
    let parts = shape.parts.map(|parts| i32::try_from(parts).unwrap_or(i32::MAX).max(1));
    Job {
        metadata: ObjectMeta {
            name: Some(shape.name.clone()),
            namespace: Some(owner.namespace.clone()),
            labels: Some(labels),
            annotations: Some(shape.annotations.clone()),
            owner_references: Some(vec![reference(owner)]),
            ..ObjectMeta::default()
        },
        spec: Some(JobSpec {
            completions: Some(parts.unwrap_or(1)),
            parallelism: Some(parts.unwrap_or(1).min(PARTS_AT_ONCE as i32)),
            completion_mode: parts.map(|_| "Indexed".to_owned()),
            backoff_limit: Some(0),
            active_deadline_seconds: Some(shape.deadline_seconds),
            pod_failure_policy: Some(pod_failure_policy()),
            pod_replacement_policy: Some("Failed".to_owned()),
            suspend: queue.map(|_| true),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(pod_labels), ..ObjectMeta::default() }),
                spec: Some(container::pod_spec(world, shape, settings)),
            },
            ..JobSpec::default()
        }),
        status: None,
    }
}

fn reference(owner: &Owner) -> OwnerReference {
    OwnerReference {
        api_version: format!("{}/{}", scoring_crds::GROUP, scoring_crds::VERSION),
        kind: "ScoringSchedule".to_owned(),
        name: owner.name.clone(),
        uid: owner.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// What another try cannot help ends the Job at once; a pod that the cluster took away is replaced and does not count; all
/// else counts, of which the first ends the Job, too.
fn pod_failure_policy() -> PodFailurePolicy {
    let lasting = [ExitClass::BadData, ExitClass::NotPublished, ExitClass::Denied, ExitClass::BadSetting];
    let codes = PodFailurePolicyOnExitCodesRequirement {
        container_name: Some(names::SCORER.to_owned()),
        operator: "In".to_owned(),
        values: lasting.map(|class| i32::from(class.code())).into(),
    };
    let disrupted =
        PodFailurePolicyOnPodConditionsPattern { type_: "DisruptionTarget".to_owned(), status: "True".to_owned() };
    let rule = |action: &str| PodFailurePolicyRule { action: action.to_owned(), ..PodFailurePolicyRule::default() };
    let any = PodFailurePolicyOnExitCodesRequirement {
        container_name: Some(names::SCORER.to_owned()),
        operator: "NotIn".to_owned(),
        values: vec![i32::from(ExitClass::Done.code())],
    };
    PodFailurePolicy {
        rules: vec![
            PodFailurePolicyRule { on_exit_codes: Some(codes), ..rule("FailJob") },
            PodFailurePolicyRule { on_pod_conditions: Some(vec![disrupted]), ..rule("Ignore") },
            PodFailurePolicyRule { on_exit_codes: Some(any), ..rule("Count") },
        ],
    }
}
