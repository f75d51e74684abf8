//! I11: at no instant do more Jobs of months run than the schedule allows.

use jiff::Timestamp;

use super::{Evidence, JobLife, Violation};

/// Every create that made the Jobs of a schedule's months more than `most`. A Job counts from the answer to its create until
/// the request arrives that says it has ended; so a tie of the clock is no violation.
pub fn within_limit(evidence: Evidence<'_>, most: usize) -> Vec<Violation> {
    let jobs: Vec<JobLife> = evidence.jobs().into_iter().filter(|job| job.month.is_some()).collect();
    let runs_at = |job: &&JobLife, at: Timestamp| job.created <= at && job.ended.is_none_or(|ended| ended > at);
    let mut violations = Vec::new();
    for job in &jobs {
        let of_same = jobs.iter().filter(|other| other.owner == job.owner);
        let running: Vec<_> = of_same.filter(|other| runs_at(other, job.created)).map(|job| job.line.clone()).collect();
        if running.len() > most {
            let what = format!("{} Jobs ran where at most {most} may, once {} was created", running.len(), job.name);
            violations.push(Violation::new("I11", what, running));
        }
    }
    violations
}
