//! What the process knows of schedules beside what is stored. All of it can be lost: it is found again by asking.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::turn::{Taken, Turn};
use crate::cache::Key;
use crate::obstacle::Obstacle;

/// How long what events said of a Job without pods holds.
const HOLDS: Duration = Duration::from_secs(10);

/// Memos, by schedule.
#[derive(Debug, Default)]
pub struct Memos {
    by_schedule: Mutex<HashMap<Key, Memo>>,
    turn: Turn,
}

/// What events said of a Job without pods, and whether that still holds.
pub(super) struct Heard {
    pub(super) obstacle: Option<Obstacle>,
    pub(super) holds: bool,
}

#[derive(Debug, Default)]
struct Memo {
    failures: u32,
    gone: BTreeMap<String, Timestamp>,
    refused: Option<(String, Instant, Option<Obstacle>)>,
}

impl Memos {
    /// Notes a pass that failed; says how many did in a row.
    pub(super) fn failed(&self, key: &Key) -> u32 {
        let mut all = self.lock();
        let memo = all.entry(key.clone()).or_default();
        memo.failures = memo.failures.saturating_add(1);
        memo.failures
    }

    /// Notes a pass that came to its end.
    pub(super) fn succeeded(&self, key: &Key) {
        if let Some(memo) = self.lock().get_mut(key) {
            memo.failures = 0;
        }
    }

    /// The Jobs that are known to be gone, and since when. The status of a backfill has no room for that: a Job of its own
    /// model would else seem to vanish anew at every pass, and be looked up again each time.
    pub(super) fn gone(&self, key: &Key) -> BTreeMap<String, Timestamp> {
        self.lock().get(key).map(|memo| memo.gone.clone()).unwrap_or_default()
    }

    /// Notes a Job that is gone.
    pub(super) fn note_gone(&self, key: &Key, job: &str, at: Timestamp) {
        self.lock().entry(key.clone()).or_default().gone.entry(job.to_owned()).or_insert(at);
    }

    /// What events said of a Job without pods; none where nobody has asked.
    pub(super) fn refused(&self, key: &Key, job: &str) -> Option<Heard> {
        let all = self.lock();
        let (of, asked, obstacle) = all.get(key)?.refused.as_ref()?;
        (of == job).then(|| Heard { obstacle: obstacle.clone(), holds: asked.elapsed() < HOLDS })
    }

    /// The turn to ask for events; none where it is not free.
    pub(super) fn ask(&self) -> Option<Taken<'_>> {
        self.turn.take()
    }

    /// Notes what events said of a Job without pods.
    pub(super) fn note_refused(&self, key: &Key, job: &str, obstacle: Option<Obstacle>) {
        self.lock().entry(key.clone()).or_default().refused = Some((job.to_owned(), Instant::now(), obstacle));
    }

    /// Forgets a schedule that is gone.
    pub fn remove(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Memo>> {
        self.by_schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
