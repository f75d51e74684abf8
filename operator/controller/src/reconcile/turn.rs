//! One at a time, and seldom enough: whoever asks something that costs the API server much waits for its turn, and the longer
//! the last answer took, the later comes the next turn.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// How many times as long as it was taken a turn then rests: no more than a tenth of the time is spent on such questions.
const REST: u32 = 9;

/// A turn that one at a time can take.
#[derive(Debug, Default)]
pub(super) struct Turn(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Free,
    Taken,
    Resting(Instant),
}

/// The turn, as long as it is held.
pub(super) struct Taken<'a> {
    turn: &'a Turn,
    since: Instant,
}

impl Turn {
    /// Takes it; none where somebody has it, or where it rests.
    pub(super) fn take(&self) -> Option<Taken<'_>> {
        let (mut state, now) = (self.lock(), Instant::now());
        let is_free = match *state {
            State::Free => true,
            State::Taken => false,
            State::Resting(until) => until <= now,
        };
        is_free.then(|| {
            *state = State::Taken;
            Taken { turn: self, since: now }
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.turn.lock() = State::Resting(Instant::now() + self.since.elapsed() * REST);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_has_it_at_a_time() {
        let turn = Turn::default();
        let taken = turn.take();
        assert!(taken.is_some() && turn.take().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn it_rests_the_longer_the_longer_it_was_held() {
        let turn = Turn::default();
        let taken = turn.take();
        advance(Duration::from_secs(1)).await;
        drop(taken);
        advance(Duration::from_millis(8_900)).await;
        assert!(turn.take().is_none());
        advance(Duration::from_millis(100)).await;
        assert!(turn.take().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_took_no_time_rests_none() {
        let turn = Turn::default();
        drop(turn.take());
        assert!(turn.take().is_some());
    }
}
