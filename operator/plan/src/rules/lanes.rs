//! Lanes: the newest due month has a slot of its own, older months share `backfill.parallelism` others. So a long backfill
//! never holds up the newest month, and the newest month never takes a slot from a backfill.
//!
//! What was the newest month when it started counts as older once the next month is due: a run that hangs then takes one
//! of the older slots, not that of the new month. All slots together are never exceeded.

use std::collections::BTreeMap;

use crate::attempt::Basis;
use crate::backfill::Backfill;
use crate::history::MonthFacts;
use crate::month::Month;
use crate::plan::{Lane, Queued, Start};
use crate::reason::Limit;
use crate::rules::order::Candidate;
use crate::scene::Scene;

/// Gives the free slots to the first candidates; the others wait, in the same order.
pub(crate) fn allot(scene: &Scene<'_>, candidates: Vec<Candidate<'_>>) -> (Vec<Start>, Vec<Queued>) {
    let mut slots = Slots::taken(scene);
    let (mut starts, mut queue) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let Candidate { month, wish, backfill } = candidate;
        let lane = lane(scene, month);
        let full = slots.full(lane, backfill);
        let backfill = backfill.map(|backfill| backfill.name().to_owned());
        let basis = basis(scene, month);
        match full {
            None => {
                slots.take(lane, backfill.as_deref());
                let attempt = scene.facts(month).map_or(1, MonthFacts::next_number);
                starts.push(Start { month, attempt, tries: wish.tries, lane, backfill, basis, reason: wish.cause });
            }
            Some(limit) => queue.push(Queued { month, backfill, basis, reason: wish.cause, limit }),
        }
    }
    (starts, queue)
}

fn lane(scene: &Scene<'_>, month: Month) -> Lane {
    if scene.newest == Some(month) { Lane::Newest } else { Lane::Older }
}

fn basis(scene: &Scene<'_>, month: Month) -> Basis {
    let input = scene.facts(month).and_then(MonthFacts::input_identity);
    Basis { task: scene.schedule.task().to_owned(), input: input.map(str::to_owned) }
}

/// The slots that are taken, by what runs and by what was given out.
struct Slots {
    /// How many slots older months have.
    most: u16,
    all: usize,
    older: usize,
    backfills: BTreeMap<String, usize>,
}

impl Slots {
    fn taken(scene: &Scene<'_>) -> Self {
        let most = scene.schedule.backfill().parallelism;
        let mut slots = Self { most, all: 0, older: 0, backfills: BTreeMap::new() };
        for (&month, facts) in &scene.history.months {
            for attempt in facts.attempts.iter().filter(|attempt| attempt.is_running()) {
                slots.take(lane(scene, month), attempt.backfill.as_deref());
            }
        }
        slots
    }

    fn take(&mut self, lane: Lane, backfill: Option<&str>) {
        self.all += 1;
        match lane {
            Lane::Newest => {}
            Lane::Older => self.older += 1,
        }
        if let Some(name) = backfill {
            *self.backfills.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Which limit keeps one more out, where one does.
    fn full(&self, lane: Lane, backfill: Option<&Backfill>) -> Option<Limit> {
        let all = self.most.saturating_add(1);
        if lane == Lane::Older && self.older >= usize::from(self.most) {
            return Some(Limit::Older(self.most));
        }
        if self.all >= usize::from(all) {
            return Some(Limit::All(all));
        }
        let (name, slots) = backfill.map(|backfill| (backfill.name(), backfill.parallelism()))?;
        let taken = self.backfills.get(name).copied().unwrap_or_default();
        (taken >= usize::from(slots)).then(|| Limit::Backfill { name: name.to_owned(), slots })
    }
}
