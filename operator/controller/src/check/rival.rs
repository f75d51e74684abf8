//! Whether two schedules of a namespace write the same outputs: each would replace the other's for ever. The older one
//! goes on, the younger one is refused. Those of other namespaces do not count: whoever may write a schedule anywhere
//! could otherwise stop anybody's by naming their outputs, and would be named to them.

use jiff::Timestamp;
use scoring_crds::fault::Fault;
use scoring_crds::{ScoringSchedule, ScoringScheduleSpec};
use scoring_plan::{Month, MonthRange};

/// What a schedule writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// When the API server stored it.
    pub created: Timestamp,
    /// Where its outputs go: the same text wherever the addresses of every month are the same. None where the address
    /// itself differs with the work (`{fingerprint}`): equal outputs then do no harm.
    pub outputs: Option<String>,
    /// Its months; none where they cannot be read.
    pub months: Option<MonthRange>,
}

impl Rival {
    /// What a schedule writes.
    pub fn of(schedule: &ScoringSchedule) -> Self {
        let metadata = &schedule.metadata;
        Self {
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name: metadata.name.clone().unwrap_or_default(),
            created: metadata.creation_timestamp.as_ref().map_or(Timestamp::UNIX_EPOCH, |time| time.0),
            outputs: outputs(&schedule.spec),
            months: months(&schedule.spec),
        }
    }

    /// The fault of this schedule, where an older one of its namespace writes the same.
    pub fn clash(&self, others: &[Self]) -> Option<Fault> {
        let beside = others.iter().filter(|other| other.namespace == self.namespace && other.outputs.is_some());
        let mut older = beside.filter(|other| other.age() < self.age() && other.outputs == self.outputs);
        let (name, month) = older.find_map(|other| {
            let both = self.months?.intersection(other.months?)?;
            Some((&other.name, both.first()))
        })?;
        Some(Fault {
            path: "spec.output.uri".to_owned(),
            problem: format!(
                "is where `{name}` writes, too ({month} among others), which is the older one: choose another address, or \
                 other months"
            ),
        })
    }

    fn age(&self) -> (Timestamp, &str) {
        (self.created, &self.name)
    }
}

fn outputs(spec: &ScoringScheduleSpec) -> Option<String> {
    let uri = &spec.output.uri;
    if uri.contains("{fingerprint}") {
        return None;
    }
    // A folder's run is known only to the scorer; two models in one folder have the same one.
    let run = match (&spec.model.run_id, &spec.model.uri) {
        (Some(run), _) => run.clone(),
        (None, folder) => format!("{{the run of {}}}", folder.as_deref().unwrap_or_default().trim_end_matches('/')),
    };
    let storage = spec.output.storage.as_ref().or(spec.storage.as_ref());
    let endpoint = storage.and_then(|storage| storage.endpoint.as_deref()).unwrap_or_default();
    let uri = uri.replace("{month}", "{year}-{mm}").replace("{runId}", &run);
    Some(format!("{} {uri}", endpoint.trim_end_matches('/')))
}

fn months(spec: &ScoringScheduleSpec) -> Option<MonthRange> {
    let first: Month = spec.months.first.parse().ok()?;
    let last = spec.months.last.as_ref().map_or(Ok(Month::MAX), |last| last.parse()).ok()?;
    MonthRange::new(first, last).ok()
}
