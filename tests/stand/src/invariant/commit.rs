//! I4: one commit for each month, the same as in the run without a fault.

use std::collections::BTreeMap;

use super::Violation;

const RULE: &str = "I4";

/// What was committed of a month: by a manifest, or by a pod that a test plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The month.
    pub month: String,
    /// The attempt that did it.
    pub attempt: u32,
    /// What it was made from.
    pub fingerprint: String,
    /// The SHA-256 of the output.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
}

/// Every month that was committed twice, or not, or otherwise than in the reference run. Attempts may differ.
pub fn one_commit_per_month(commits: &[Commit], reference: &[Commit]) -> Vec<Violation> {
    let mut by_month: BTreeMap<&str, (Vec<&Commit>, Vec<&Commit>)> = BTreeMap::new();
    for commit in commits {
        by_month.entry(&commit.month).or_default().0.push(commit);
    }
    for commit in reference {
        by_month.entry(&commit.month).or_default().1.push(commit);
    }
    let same = |one: &Commit, other: &Commit| {
        (&one.fingerprint, &one.sha256, one.rows) == (&other.fingerprint, &other.sha256, other.rows)
    };
    let mut violations = Vec::new();
    for (month, (found, expected)) in by_month {
        let what = match (&found[..], &expected[..]) {
            ([one], [other]) if same(one, other) => continue,
            ([_], [_]) => format!("{month} was committed otherwise than in the reference run"),
            (found, expected) => {
                format!("{month} was committed {} times, in the reference run {}", found.len(), expected.len())
            }
        };
        let lines = found.into_iter().chain(expected).map(|commit| format!("{commit:?}")).collect();
        violations.push(Violation::new(RULE, what, lines));
    }
    violations
}
