//! The year that every plan goes through: a schedule that by itself scores its newest month alone, and a backfill of all
//! twelve. So both kinds, both lanes and both statuses take part in it.

use std::fmt;

use k8s_openapi::api::batch::v1::Job;
use kube::api::{ListParams, PostParams};
use kube::{Api, Client};
use scoring_crds::{ScoringBackfill, ScoringSchedule};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The schedule's name.
pub const SCHEDULE: &str = "green";
/// The backfill's name.
pub const BACKFILL: &str = "green-2021";
/// How many older months run at once.
pub const PARALLELISM: usize = 3;
/// How often a month is tried whose failure may pass.
pub const ATTEMPTS: usize = 3;
/// The newest due month, which has a slot of its own.
pub const NEWEST: &str = "2021-12";

/// The months, the oldest first.
pub fn months() -> Vec<String> {
    (1..=12).map(|month| format!("2021-{month:02}")).collect()
}

/// The schedule as a user writes it.
pub fn schedule() -> ScoringSchedule {
    let spec = object(json!({
        "schedule": {"cron": "0 3 2 * *", "timeZone": "America/New_York"},
        "months": {"first": "2021-01", "last": NEWEST},
        "dataset": {"uri": "s3://rides/green_tripdata_{month}.parquet"},
        "model": {"experimentUri": "s3://models/1", "runId": "6574d0d7c4b044f585c08de11b3582c4"},
        "output": {"uri": "s3://out/green-{month}-{runId}.parquet", "columns": [{"name": "prediction"}]},
        "storage": {"endpoint": "https://s3.example", "region": "us-east-1"},
        "backfill": {"mode": "Manual", "parallelism": PARALLELISM},
        "retry": {"attempts": ATTEMPTS, "backoffSeconds": 1},
    }));
    ScoringSchedule::new(SCHEDULE, spec)
}

/// The backfill as a user writes it.
pub fn backfill() -> ScoringBackfill {
    let spec = object(json!({
        "scheduleRef": {"name": SCHEDULE}, "from": "2021-01", "to": NEWEST, "parallelism": PARALLELISM,
    }));
    ScoringBackfill::new(BACKFILL, spec)
}

/// How a run stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The schedule as it is stored.
    pub schedule: Value,
    /// The backfill as it is stored.
    pub backfill: Value,
    /// The Jobs that are there.
    pub jobs: Vec<Value>,
}

/// The objects of a run's namespace, as its user sees them.
#[derive(Clone)]
pub struct Objects {
    schedules: Api<ScoringSchedule>,
    backfills: Api<ScoringBackfill>,
    jobs: Api<Job>,
}

impl Objects {
    /// Those of a namespace.
    pub fn new(client: &Client, namespace: &str) -> Self {
        Self {
            schedules: Api::namespaced(client.clone(), namespace),
            backfills: Api::namespaced(client.clone(), namespace),
            jobs: Api::namespaced(client.clone(), namespace),
        }
    }

    /// The schedules.
    pub fn schedules(&self) -> &Api<ScoringSchedule> {
        &self.schedules
    }

    /// The backfills.
    pub fn backfills(&self) -> &Api<ScoringBackfill> {
        &self.backfills
    }

    /// The Jobs.
    pub fn jobs(&self) -> &Api<Job> {
        &self.jobs
    }

    /// Creates the schedule and the backfill.
    pub async fn create(&self) -> Result<(), kube::Error> {
        self.schedules.create(&PostParams::default(), &schedule()).await?;
        self.backfills.create(&PostParams::default(), &backfill()).await.map(drop)
    }

    /// How the run stands now. What is not there is `null`.
    pub async fn standing(&self) -> Result<Standing, kube::Error> {
        let schedule = self.schedules.get_opt(SCHEDULE).await?;
        let backfill = self.backfills.get_opt(BACKFILL).await?;
        let jobs = self.jobs.list(&ListParams::default()).await?;
        Ok(Standing {
            schedule: json!(schedule),
            backfill: json!(backfill),
            jobs: jobs.items.iter().map(|job| json!(job)).collect(),
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |job: &Value| job.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let jobs = self.jobs.iter().map(name).collect::<Vec<_>>().join(" ");
        write!(formatter, "{} {} Jobs: {jobs}", self.schedule["status"], self.backfill["status"])
    }
}

impl Standing {
    /// Whether everything has come to be: every month is current, the backfill has ended, and no Job is left but the last
    /// survey, which has ended.
    pub fn is_done(&self) -> bool {
        let current = scoring_stand::invariant::coverage(&self.schedule).remove("current").unwrap_or_default();
        let ended = condition(&self.backfill, "Succeeded") == Some("True");
        let survey = |job: &Value| {
            job.pointer("/metadata/labels/batchscoring.io~1purpose") == Some(&json!("survey"))
                && condition(job, "Complete") == Some("True")
        };
        current.iter().eq(months().iter()) && ended && self.jobs.len() == 1 && self.jobs.iter().all(survey)
    }
}

/// The status of a condition.
fn condition<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    let mut conditions = object.pointer("/status/conditions")?.as_array()?.iter();
    conditions.find(|condition| condition["type"] == name)?["status"].as_str()
}

fn object<T: DeserializeOwned>(fields: Value) -> T {
    serde_json::from_value(fields).expect("the fields are those of the kind")
}
