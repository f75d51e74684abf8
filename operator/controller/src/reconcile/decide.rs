//! Observing every world of a schedule and deciding about it. What the cache cannot tell is asked for: whether a Job that
//! the status knows is really gone, and why a Job has no pods.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Event;
use kube::Api;
use kube::api::ListParams;
use scoring_plan::Plan;

use super::memo::Heard;
use super::view::{View, read};
use super::{LONGEST, PassError, Shell};
use crate::check::Checked;
use crate::lean::{LeanJob, OwnedJob};
use crate::observe::{Memory, Seen, observe};
use crate::obstacle::Obstacle;
use crate::report::Planned;
use crate::world::World;

/// How long a Job may be without pods before somebody asks why.
const PODLESS: SignedDuration = SignedDuration::from_secs(3);
/// When to look again where something is in the way, or unclear.
const AGAIN: Duration = Duration::from_secs(10);

/// When to look again where it was not its turn to ask why a Job has no pods.
const TURN: Duration = Duration::from_secs(1);

/// What was decided about a world.
pub(super) struct Decided {
    pub(super) world: World,
    pub(super) seen: Seen,
    pub(super) plan: Plan,
}

impl Decided {
    pub(super) fn planned(&self) -> Planned<'_> {
        Planned { world: &self.world, seen: &self.seen, plan: &self.plan }
    }
}

/// Decides about every world, its own first.
pub(super) async fn decide(shell: &Shell, view: &View, checked: &Checked) -> Result<Vec<Decided>, PassError> {
    let refused = refused(shell, view).await?;
    let mut decided = Vec::new();
    for world in &checked.worlds {
        let mut seen = observed(shell, view, world);
        if find_gone(shell, view, &seen.missing).await? {
            seen = observed(shell, view, world);
        }
        let own = |job: &&OwnedJob| job.record.model_of.as_deref() == world.id.model_of();
        if let Some((job, obstacle)) = &refused
            && view.owned.iter().filter(own).any(|own| own.record.uid == *job)
        {
            seen.obstacles.push(obstacle.clone());
        }
        let plan = scoring_plan::decide(&world.schedule, &world.backfills, &seen.history, view.now);
        decided.push(Decided { world: world.clone(), seen, plan });
    }
    Ok(decided)
}

fn observed(shell: &Shell, view: &View, world: &World) -> Seen {
    let memory = Memory::of(&view.schedule, &view.backfills, &shell.memos.gone(&view.key));
    observe(world, &view.jobs, &view.pods, &memory, view.now)
}

/// Asks for Jobs that the status knows and the cache does not; says whether one is gone.
async fn find_gone(shell: &Shell, view: &View, missing: &[String]) -> Result<bool, PassError> {
    let jobs = Api::<LeanJob>::namespaced(shell.client.clone(), &view.owner.namespace);
    let mut found = false;
    for name in missing {
        let there = jobs.get_opt(name).await.map_err(read("a Job"))?.and_then(LeanJob::owned);
        if there.is_none_or(|job| job.owner.uid != view.owner.uid) {
            shell.memos.note_gone(&view.key, name, view.now);
            found = true;
        }
    }
    Ok(found)
}

/// Why the oldest Job without pods has none: only an event on it says so. The UID of the Job, and what is in the way.
///
/// Events are not indexed, so that the API server reads all of a namespace for an answer; and many Jobs are without pods
/// just where it is busy. Hence one question at a time, of all schedules.
async fn refused(shell: &Shell, view: &View) -> Result<Option<(String, Obstacle)>, PassError> {
    let job = podless(view).filter(|job| since(job, view.now) >= PODLESS);
    let Some(uid) = job.map(|job| job.record.uid.clone()) else { return Ok(None) };
    let heard = shell.memos.refused(&view.key, &uid);
    let asking = match &heard {
        Some(Heard { holds: true, .. }) => None,
        _ => shell.memos.ask(),
    };
    // What was heard before is told until somebody has asked again.
    let Some(_turn) = asking else {
        return Ok(heard.and_then(|heard| heard.obstacle).map(|obstacle| (uid, obstacle)));
    };
    let events = Api::<Event>::namespaced(shell.client.clone(), &view.owner.namespace);
    let params = ListParams::default().fields(&format!("involvedObject.uid={uid},reason=FailedCreate")).limit(20);
    let list = events.list(&params).await.map_err(read("the events of a Job"))?;
    let at = |event: &Event| event.last_timestamp.as_ref().map(|time| time.0);
    let newest = list.items.into_iter().max_by_key(at).and_then(|event| event.message);
    let obstacle = newest.map(|message| Obstacle::of_refusal(&message));
    shell.memos.note_refused(&view.key, &uid, obstacle.clone());
    Ok(obstacle.map(|obstacle| (uid, obstacle)))
}

/// The oldest Job that should have pods and has none.
fn podless(view: &View) -> Option<&OwnedJob> {
    let is_podless = |job: &&OwnedJob| {
        let record = &job.record;
        let waits = record.end.is_none() && !record.deleting && !record.suspended && !job.active;
        waits && !view.pods.iter().any(|pod| pod.job == record.uid)
    };
    view.owned.iter().filter(is_podless).min_by_key(|job| job.record.created)
}

fn since(job: &OwnedJob, now: Timestamp) -> SignedDuration {
    now.duration_since(job.record.created)
}

/// When to make the next pass if nothing happens before.
pub(super) fn wake(shell: &Shell, view: &View, decided: &[Decided]) -> Duration {
    let until = |at: Timestamp| Duration::try_from(at.duration_since(view.now)).unwrap_or(Duration::ZERO);
    let planned = decided.iter().flat_map(|decided| [decided.plan.wake_at, decided.seen.again_at]).flatten().map(until);
    let in_the_way =
        decided.iter().any(|decided| !decided.seen.obstacles.is_empty() || !decided.seen.missing.is_empty());
    let podless = podless(view).map(|job| match Duration::try_from(PODLESS - since(job, view.now)) {
        Ok(left) if !left.is_zero() => left,
        _ if shell.memos.refused(&view.key, &job.record.uid).is_some() => AGAIN,
        _ => TURN,
    });
    // A little later than the instant: what is decided at it must find it past.
    let soonest = planned.chain(in_the_way.then_some(AGAIN)).chain(podless).min().unwrap_or(LONGEST);
    soonest + Duration::from_millis(20)
}
