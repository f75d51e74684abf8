//! Every label, annotation and name that the controller writes, once. A label is for people and selectors; an annotation
//! hands a fact back to the controller that wrote it. Neither is trusted: what cannot be read is as if it were not there.

mod job;

pub use self::job::JobName;

/// The name under which the controller writes.
pub const FIELD_MANAGER: &str = "scoring-operator";

/// Who made an object, on every Job and pod.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// What an object is part of, on every Job and pod: [`SCORER`].
pub const APP: &str = "app.kubernetes.io/name";
/// The value of [`APP`], and the name of a pod's one container.
pub const SCORER: &str = "scorer";
/// The schedule's name, on Jobs and pods.
pub const SCHEDULE: &str = "batchscoring.io/schedule";
/// What a Job is for: [`FOR_MONTH`] or [`FOR_SURVEY`], on Jobs and pods.
pub const PURPOSE: &str = "batchscoring.io/purpose";
/// A Job that scores a month.
pub const FOR_MONTH: &str = "month";
/// A Job that looks at the store.
pub const FOR_SURVEY: &str = "survey";
/// The month, `YYYY-MM`, on Jobs and pods.
pub const MONTH: &str = "batchscoring.io/month";
/// The attempt, on Jobs and pods.
pub const ATTEMPT: &str = "batchscoring.io/attempt";
/// The backfill that asked for it, on Jobs and pods.
pub const BACKFILL: &str = "batchscoring.io/backfill";
/// Kueue's local queue, on Jobs.
pub const QUEUE: &str = "kueue.x-k8s.io/queue-name";

/// Which try it is: `scoring_plan::Start::tries`.
pub const TRIES: &str = "batchscoring.io/tries";
/// `scoring_plan::Basis::task`.
pub const TASK: &str = "batchscoring.io/task";
/// `scoring_plan::Basis::input`.
pub const INPUT: &str = "batchscoring.io/input";
/// The UID of the backfill whose own model it is about; absent where it is the schedule's.
pub const MODEL_OF: &str = "batchscoring.io/model-of";
/// The months that a survey looks at, as ranges with commas.
pub const MONTHS: &str = "batchscoring.io/months";
/// `status.lastSurvey` as it was stored when a survey was started; absent where there was none.
pub const AFTER: &str = "batchscoring.io/after";
/// Since when a survey's months were seen to be missing, as a JSON object by month.
pub const SINCE: &str = "batchscoring.io/since";
