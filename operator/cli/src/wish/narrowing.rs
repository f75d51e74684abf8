//! What a person asked for beside the documents: some months only, so many at once. It changes what the documents say
//! before they are checked, and checks nothing itself.

use jiff::Timestamp;
use scoring_crds::fault::Fault;
use scoring_crds::{ScoringBackfill, ScoringScheduleSpec};
use scoring_plan::{Backfill, Month, RawBackfill, Rescore};

/// The name of the backfill that stands for a range on the command line.
const ASKED: &str = "command-line";

/// What a person asked for beside the documents.
#[derive(Clone, Debug, Default)]
pub struct Narrowing {
    /// These months only, and which of them.
    pub range: Option<(Month, Month, Rescore)>,
    /// So many months at once.
    pub parallelism: Option<u16>,
}

impl Narrowing {
    /// That the months that are asked for are none of the schedule's.
    pub(super) fn outside(&self, spec: &ScoringScheduleSpec) -> Option<Fault> {
        let (from, to) = self.ends()?;
        let outside = to < spec.months.first || spec.months.last.as_ref().is_some_and(|last| from > *last);
        let problem = || {
            format!("has no month from {from} to {to}, which the command line asks for: ask for months of the schedule")
        };
        outside.then(|| Fault { path: "spec.months".to_owned(), problem: problem() })
    }

    /// A schedule's spec with the months that are asked for alone.
    pub(super) fn schedule(&self, spec: &ScoringScheduleSpec) -> ScoringScheduleSpec {
        let mut spec = spec.clone();
        if let Some((from, to)) = self.ends() {
            spec.months.last = Some(spec.months.last.map_or(to.clone(), |last| last.min(to)));
            spec.months.first = spec.months.first.max(from);
            let (first, last) = (spec.months.first.clone(), spec.months.last.clone());
            let inside = |month: &String| *month >= first && last.as_ref().is_none_or(|last| month <= last);
            spec.months.exclude.retain(|exclusion| inside(&exclusion.month));
        }
        if let Some(parallelism) = self.parallelism {
            spec.backfill.parallelism = parallelism.into();
        }
        spec
    }

    /// A backfill of the documents with the months that are asked for alone; none where it names none of them.
    pub(super) fn backfill(&self, resource: &ScoringBackfill) -> Option<ScoringBackfill> {
        let mut resource = resource.clone();
        if let Some((from, to)) = self.ends() {
            if resource.spec.to < from || resource.spec.from > to {
                return None;
            }
            resource.spec.from = resource.spec.from.max(from);
            resource.spec.to = resource.spec.to.min(to);
        }
        Some(resource)
    }

    /// The backfill that a range on the command line stands for.
    pub(super) fn asked(&self, now: Timestamp) -> Option<Backfill> {
        let (from, to, rescore) = self.range?;
        let raw = RawBackfill {
            rescore,
            parallelism: self.parallelism.unwrap_or(3).into(),
            ..RawBackfill::of(ASKED, &from.to_string(), &to.to_string(), now)
        };
        Backfill::new(&raw).ok()
    }

    /// The first and the last month, as a document has them.
    fn ends(&self) -> Option<(String, String)> {
        self.range.map(|(from, to, _)| (from.to_string(), to.to_string()))
    }
}
