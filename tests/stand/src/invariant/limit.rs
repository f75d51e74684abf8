//! I11: at no instant do more Jobs of months run than the schedule allows, nor two for one month.

use jiff::Timestamp;

use super::{Evidence, JobLife, Violation};

/// Every create that made the Jobs of a schedule's older months more than `most`, or those of one month two. The newest due
/// month has a slot of its own. A Job counts from the answer to its create until the request arrives that says it has ended;
/// so a tie of the clock is no violation.
pub fn within_limit(evidence: Evidence<'_>, most: usize, newest: &str) -> Vec<Violation> {
    let jobs: Vec<JobLife> = evidence.jobs().into_iter().filter(|job| job.month.is_some()).collect();
    let runs_at = |job: &JobLife, at: Timestamp| job.created <= at && job.ended.is_none_or(|ended| ended > at);
    let mut violations = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let earlier = jobs[..index].iter().filter(|other| other.owner == job.owner && runs_at(other, job.created));
        let (same, others): (Vec<_>, Vec<_>) = earlier.partition(|other| other.is_of_same_month(job));
        let is_older = |job: &JobLife| job.month.as_deref() != Some(newest);
        let older = others.into_iter().filter(|other| is_older(other)).collect::<Vec<_>>();
        let mut broken = |what: String, running: &[&JobLife]| {
            let lines = running.iter().copied().chain([job]).map(|job| job.line.clone()).collect();
            violations.push(Violation::new("I11", what, lines));
        };
        if !same.is_empty() {
            broken(format!("{} was created while another Job of its month ran", job.name), &same);
        } else if is_older(job) && older.len() >= most {
            broken(format!("{} was created while {} Jobs ran, of at most {most}", job.name, older.len()), &older);
        }
    }
    violations
}
