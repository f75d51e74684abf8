//! The decision: which rules are asked, in which order. Each rule is in its own file under [`crate::rules`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::backfill::Backfill;
use crate::coverage::Coverage;
use crate::history::{History, MonthFacts};
use crate::month::Month;
use crate::plan::{MonthState, Plan, Queued, Start};
use crate::progress::{BackfillPhase, BackfillProgress, BackfillRow, RowCounts, RowState};
use crate::reason::{Limit, Reason, Skip};
use crate::rules::wanted::{self, Wish};
use crate::rules::{active, asked, freshness, lanes, order, standing, wake};
use crate::scene::Scene;
use crate::schedule::Schedule;

/// Decides what to do about a schedule and its backfills, from what is known of them, at an instant.
///
/// The backfills are those of this schedule, in any order. The decision is the same for the same arguments, on every
/// machine; deciding again once its starts are known to run starts nothing more.
pub fn decide(schedule: &Schedule, backfills: &[Backfill], history: &History, now: Timestamp) -> Plan {
    let scene = Scene::new(schedule, backfills, history, now);
    let own: Vec<(Month, Result<Wish, Reason>)> = scene
        .due
        .iter()
        .flat_map(|due| due.months())
        .map(|month| (month, wanted::by_schedule(&scene, month)))
        .collect();
    let claims: Vec<Claims<'_>> = scene.backfills.iter().map(|backfill| Claims::of(&scene, backfill)).collect();
    let candidates = order::candidates(&scene, wishes(&own), claims.iter().map(Claims::wishes).collect());
    let (start, queue) = lanes::allot(&scene, candidates);

    let given = Given::new(&start, &queue);
    let backfills: Vec<BackfillProgress> = claims.into_iter().map(|claims| claims.progress(&scene, &given)).collect();
    let months = months(&scene, own, &given, &backfills);
    let stop = active::stops(&scene);
    let freshness = freshness::of(&scene);
    let next_tick = schedule.next_tick(now).filter(|_| schedule.follows_ticks());
    Plan {
        forget: active::forgets(&scene),
        survey: scene.look.reason.clone(),
        coverage: Coverage::of(&months),
        due: scene.due,
        next_tick,
        wake_at: wake::at(&scene, next_tick, (&months, &backfills), freshness),
        freshness,
        hash: crate::hash::of(&start, &queue, &stop),
        start,
        queue,
        stop,
        months,
        backfills,
    }
}

fn wishes<R>(verdicts: &[(Month, Result<Wish, R>)]) -> Vec<(Month, Wish)> {
    verdicts.iter().filter_map(|(month, verdict)| Some((*month, verdict.as_ref().ok()?.clone()))).collect()
}

/// What a backfill wants for each of its months.
struct Claims<'a> {
    backfill: &'a Backfill,
    verdicts: Vec<(Month, Result<Wish, asked::Row>)>,
}

impl<'a> Claims<'a> {
    fn of(scene: &Scene<'_>, backfill: &'a Backfill) -> Self {
        let newest = asked::newest(scene, backfill);
        let verdict = |month| (month, asked::by_backfill(scene, backfill, newest, month));
        Self { backfill, verdicts: backfill.months().months().map(verdict).collect() }
    }

    fn wishes(&self) -> (&'a Backfill, Vec<(Month, Wish)>) {
        (self.backfill, wishes(&self.verdicts))
    }

    fn progress(self, scene: &Scene<'_>, given: &Given) -> BackfillProgress {
        let rows: Vec<BackfillRow> = self
            .verdicts
            .into_iter()
            .map(|(month, verdict)| {
                let (state, reason) = match verdict {
                    Err(row) => row,
                    Ok(wish) => given.row(scene, month, wish),
                };
                BackfillRow { month, state, reason }
            })
            .collect();
        let counts = RowCounts::of(&rows);
        let suspended = self.backfill.suspend() || scene.schedule.suspend();
        let phase = phase(&counts, self.backfill.cancelled(), suspended);
        BackfillProgress { name: self.backfill.name().to_owned(), phase, counts, rows }
    }
}

fn phase(counts: &RowCounts, cancelled: bool, suspended: bool) -> BackfillPhase {
    let left = counts.pending + counts.waiting;
    match () {
        () if counts.running > 0 => BackfillPhase::Running,
        () if cancelled => BackfillPhase::Cancelled,
        () if suspended && left > 0 => BackfillPhase::Suspended,
        () if counts.pending > 0 => BackfillPhase::Running,
        () if counts.waiting > 0 => BackfillPhase::Waiting,
        () if counts.failed > 0 => BackfillPhase::Stalled,
        () => BackfillPhase::Succeeded,
    }
}

/// The months that start or wait for a slot, with the reason.
struct Given(BTreeMap<Month, Reason>);

impl Given {
    fn new(start: &[Start], queue: &[Queued]) -> Self {
        let starting = start.iter().map(|start| {
            let Start { month, attempt, backfill, reason, .. } = start.clone();
            (month, Reason::Starting { attempt, cause: reason, backfill })
        });
        let queued = queue.iter().map(|queued| {
            let Queued { month, reason, limit, .. } = queued.clone();
            (month, Reason::Queued { cause: reason, limit })
        });
        Self(starting.chain(queued).collect())
    }

    fn row(&self, scene: &Scene<'_>, month: Month, wish: Wish) -> asked::Row {
        match self.0.get(&month) {
            Some(reason @ Reason::Starting { .. }) => (RowState::Running, reason.clone()),
            Some(reason) => (RowState::Pending, reason.clone()),
            // Every wish is a candidate, and every candidate starts or waits.
            None => {
                let limit = Limit::Older(scene.schedule.backfill().parallelism);
                (RowState::Pending, Reason::Queued { cause: wish.cause, limit })
            }
        }
    }
}

/// Every month that is due, that runs, or that a backfill may score.
fn months(
    scene: &Scene<'_>,
    own: Vec<(Month, Result<Wish, Reason>)>,
    given: &Given,
    backfills: &[BackfillProgress],
) -> Vec<MonthState> {
    let mut reasons: BTreeMap<Month, Reason> = given.0.clone();
    let mut open = BTreeSet::new();
    for (month, verdict) in own {
        if let Err(reason) = verdict {
            if matches!(reason, Reason::Manual { .. }) {
                open.insert(month);
            }
            reasons.entry(month).or_insert(reason);
        }
    }
    for &month in scene.history.months.keys().filter(|&&month| !scene.is_due(month)) {
        if let Some(reason) = active::reason(scene, month) {
            reasons.entry(month).or_insert(reason);
        }
    }
    for row in backfills.iter().flat_map(|backfill| &backfill.rows) {
        let Some(reason) = told(scene, row) else { continue };
        if open.remove(&row.month) && !given.0.contains_key(&row.month) {
            reasons.insert(row.month, reason.clone());
        }
        reasons.entry(row.month).or_insert(reason);
    }
    reasons.into_iter().map(|(month, reason)| state(scene, month, reason)).collect()
}

/// How a month stands by a backfill's row, where the row says more than that the backfill is through with the month. Where
/// nothing is due, nobody else tells of a month, so that only what cannot be its own yet is left out.
fn told(scene: &Scene<'_>, row: &BackfillRow) -> Option<Reason> {
    let has_output = || scene.facts(row.month).and_then(|facts| standing::by_output(scene, facts)).is_some();
    let alone = !scene.schedule.follows_ticks();
    match (row.state, &row.reason) {
        (_, Reason::Skipped(Skip::NotDue { .. })) => None,
        (RowState::Done, _) if !has_output() => alone.then_some(Reason::Skipped(Skip::Ended)),
        (RowState::Skipped | RowState::Cancelled, _) if !alone => None,
        (_, reason) => Some(reason.clone()),
    }
}

fn state(scene: &Scene<'_>, month: Month, reason: Reason) -> MonthState {
    let attempt = scene.facts(month).and_then(MonthFacts::last).map(crate::attempt::Attempt::mark);
    MonthState { month, standing: standing::of(scene, month, &reason), reason, attempt }
}
