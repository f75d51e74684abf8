//! A world: months that are planned together, with one model. A schedule has one of its own; each of its backfills that
//! has another model has one beside it, with its own surveys, history and outputs. Data only.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use scoring_contract::survey::SurveyDocument;
use scoring_crds::schedule::job::JobSettings;
use scoring_plan::{Backfill, Schedule};

/// Which world of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorldId {
    /// The schedule's own.
    Own,
    /// That of a backfill with a model of its own.
    Backfill {
        /// The backfill's UID.
        uid: String,
    },
}

/// One world, checked.
#[derive(Clone, Debug)]
pub struct World {
    /// Which.
    pub id: WorldId,
    /// When which months are due, and by which policies.
    pub schedule: Schedule,
    /// Its backfills; the one alone where it has a model of its own.
    pub backfills: Vec<Backfill>,
    /// What its Jobs are made from.
    pub template: Template,
}

/// What the Jobs of a world are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// What a task of its months says; `months` is empty.
    pub task: SurveyDocument,
    /// The Secret whose keys its Jobs are given.
    pub secret: Option<String>,
    /// What its Jobs may use.
    pub job: JobSettings,
}

impl WorldId {
    /// The UID of the backfill whose own model it is about; none where it is the schedule's.
    pub fn model_of(&self) -> Option<&str> {
        match self {
            Self::Own => None,
            Self::Backfill { uid } => Some(uid),
        }
    }
}

impl Template {
    /// Seconds after which a month's Job is ended: two hours where the schedule says nothing, which is many times what the
    /// largest month takes.
    pub fn deadline_seconds(&self) -> i64 {
        self.job.deadline_seconds.map_or(7200, i64::from)
    }

    /// The memory that the schedule lets a scorer have; none where it says nothing.
    pub fn memory_limit(&self) -> Option<String> {
        let limits = self.job.resources.as_ref()?.limits.as_ref()?;
        Some(match limits.memory.as_ref()? {
            IntOrString::Int(bytes) => bytes.to_string(),
            IntOrString::String(amount) => amount.clone(),
        })
    }
}
