//! A clock that a test moves.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use scoring_operator::clock::Clock;

/// The machine's clock, and how far it was moved.
#[derive(Debug, Default)]
pub(crate) struct MovedClock(AtomicI64);

impl MovedClock {
    /// Moves it to an instant, from which it goes on.
    pub(crate) fn move_to(&self, at: Timestamp) {
        self.0.store(at.duration_since(Timestamp::now()).as_millis() as i64, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_millis(self.0.load(Ordering::Relaxed))
    }
}
