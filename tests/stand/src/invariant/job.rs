//! I1: at most one Job is ever created for an attempt at a month, attempts only grow, and no name is used twice.

use super::{Evidence, JobLife, Violation};

const RULE: &str = "I1";

/// Every second Job of an attempt, every attempt that does not follow those before it, and every name used again.
pub fn one_job_per_attempt(evidence: Evidence<'_>) -> Vec<Violation> {
    let jobs = evidence.jobs();
    let mut violations = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let earlier = &jobs[..index];
        if let Some(same) = earlier.iter().find(|other| other.name == job.name) {
            violations.push(broken(format!("the name {} was used twice", job.name), [same, job]));
        }
        let before = earlier.iter().filter(|other| other.is_of_same_month(job)).max_by_key(|other| other.attempt);
        if let Some(before) = before.filter(|before| before.attempt >= job.attempt) {
            let month = job.month.as_deref().unwrap_or_default();
            let what = format!("an attempt {:?} at {month} came after the attempt {:?}", job.attempt, before.attempt);
            violations.push(broken(what, [before, job]));
        }
    }
    violations
}

fn broken(what: String, jobs: [&JobLife; 2]) -> Violation {
    Violation::new(RULE, what, jobs.map(|job| job.line.clone()).to_vec())
}
