//! What whoever runs the operator decides for all schedules: the scorer's image and what a schedule gets that asks for
//! nothing. Filled in from flags; nothing here reads any.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use scoring_crds::schedule::job::{Amounts, Resources};

/// What the Jobs of every schedule have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The scorer's image.
    pub image: String,
    /// `Always`, `IfNotPresent` or `Never`.
    pub pull_policy: String,
    /// The service account of scorers whose schedule names none; the namespace's default one where this is none.
    pub service_account: Option<String>,
    /// What a scorer is given whose schedule asks for nothing; a field that a schedule leaves out is taken from here.
    pub resources: Resources,
    /// What a survey is given.
    pub survey_resources: Resources,
}

impl Settings {
    /// The settings of an image, with the defaults of everything else.
    pub fn of(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            pull_policy: "IfNotPresent".to_owned(),
            service_account: None,
            resources: resources("500m", "256Mi", "1Gi"),
            survey_resources: resources("50m", "64Mi", "256Mi"),
        }
    }
}

/// A processor is shared: a request without a limit lets a scorer use what nobody else wants.
fn resources(cpu: &str, memory: &str, memory_limit: &str) -> Resources {
    let amount = |text: &str| Some(IntOrString::String(text.to_owned()));
    Resources {
        requests: Some(Amounts { cpu: amount(cpu), memory: amount(memory), ephemeral_storage: None }),
        limits: Some(Amounts { cpu: None, memory: amount(memory_limit), ephemeral_storage: None }),
    }
}
