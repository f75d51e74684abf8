//! Whether the operator lives: not whether it answers, but whether its passes come to an end while some are asked for.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// How long passes may be asked for without one that ends.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// Schedules.
    Schedules,
    /// Backfills.
    Backfills,
    /// Jobs.
    Jobs,
    /// Pods.
    Pods,
}

impl Watched {
    const ALL: usize = 4;
}

/// See the module.
#[derive(Debug, Default)]
pub struct Health {
    signs: Mutex<Signs>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Signs {
    listed: BTreeSet<Watched>,
    /// Since when passes are asked for, and none has ended.
    asked: Option<Instant>,
}

impl Health {
    /// Notes that a kind was listed as a whole.
    pub fn listed(&self, kind: Watched) {
        self.lock().listed.insert(kind);
        self.more.notify_waiters();
    }

    /// Notes that a pass is asked for, by somebody who is there to make it.
    pub fn asked(&self) {
        self.lock().asked.get_or_insert_with(Instant::now);
    }

    /// Notes that a pass came to its end.
    pub fn moved(&self) {
        self.lock().asked = None;
    }

    /// Whether every kind was listed.
    pub fn is_ready(&self) -> bool {
        self.lock().listed.len() == Watched::ALL
    }

    /// Waits until every kind was listed.
    pub async fn ready(&self) {
        loop {
            // Asked for before the look, so that what comes after it is not missed.
            let mut more = pin!(self.more.notified());
            more.as_mut().enable();
            if self.is_ready() {
                return;
            }
            more.await;
        }
    }

    /// Whether passes end.
    pub fn moves(&self) -> bool {
        self.lock().asked.is_none_or(|since| since.elapsed() < PATIENCE)
    }

    fn lock(&self) -> MutexGuard<'_, Signs> {
        self.signs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_idle_operator_is_well() {
        let health = Health::default();
        tokio::time::advance(PATIENCE * 10).await;
        assert!(health.moves());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_is_asked_for_and_never_ends_is_not_well() {
        let health = Health::default();
        health.asked();
        tokio::time::advance(PATIENCE / 2).await;
        health.asked();
        assert!(health.moves());
        tokio::time::advance(PATIENCE / 2).await;
        assert!(!health.moves());
        health.moved();
        assert!(health.moves());
    }

    #[test]
    fn it_is_ready_once_everything_was_listed() {
        let health = Health::default();
        for kind in [Watched::Schedules, Watched::Backfills, Watched::Jobs, Watched::Jobs] {
            health.listed(kind);
            assert!(!health.is_ready());
        }
        health.listed(Watched::Pods);
        assert!(health.is_ready());
    }
}
