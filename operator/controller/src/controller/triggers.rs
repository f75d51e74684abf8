//! Which schedules ask for a pass. Several reasons in a short time are one pass: whoever asks first says when, so that a
//! busy schedule is never put off for good.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::Stream;
use futures::stream::unfold;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::cache::Key;

/// How long further reasons are waited for: Jobs end in swarms, and each status write costs more than a little patience.
const SETTLE: Duration = Duration::from_millis(100);

/// The schedules that ask for a pass.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    waiting: Mutex<HashMap<Key, Instant>>,
    more: Notify,
}

impl Triggers {
    /// Asks for a pass.
    pub(super) fn ask(&self, key: Key) {
        self.lock().entry(key).or_insert_with(|| Instant::now() + SETTLE);
        self.more.notify_one();
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Every schedule whose time has come, for ever.
    pub(super) fn stream(self: Arc<Self>) -> impl Stream<Item = Key> + Send + 'static {
        unfold(self, |triggers| async move { Some((triggers.next().await, triggers)) })
    }

    async fn next(&self) -> Key {
        loop {
            // Asked for before the look, so that what comes after it is not missed.
            let more = self.more.notified();
            let first = self.lock().iter().min_by_key(|(_, at)| **at).map(|(key, at)| (key.clone(), *at));
            match first {
                Some((key, at)) if at <= Instant::now() => {
                    self.lock().remove(&key);
                    return key;
                }
                Some((_, at)) => sleep_until(at).await,
                None => more.await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Instant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::StreamExt;
    use tokio::time::advance;

    use super::*;

    fn key(name: &str) -> Key {
        Key { namespace: "rides".to_owned(), name: name.to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn many_reasons_are_one_pass() {
        let triggers = Arc::<Triggers>::default();
        for _ in 0..10 {
            triggers.ask(key("green"));
        }
        let mut stream = pin!(Arc::clone(&triggers).stream());
        assert_eq!(stream.next().await, Some(key("green")));
        assert!(tokio::time::timeout(Duration::from_secs(9), stream.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_schedule_is_not_put_off() {
        let triggers = Arc::<Triggers>::default();
        let began = Instant::now();
        triggers.ask(key("green"));
        advance(SETTLE / 2).await;
        triggers.ask(key("green"));
        pin!(Arc::clone(&triggers).stream()).next().await;
        assert!(began.elapsed() < SETTLE + Duration::from_millis(5), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_while_nobody_listens_is_not_forgotten() {
        let triggers = Arc::<Triggers>::default();
        let mut stream = pin!(Arc::clone(&triggers).stream());
        assert!(tokio::time::timeout(Duration::from_secs(1), stream.next()).await.is_err());
        triggers.ask(key("green"));
        triggers.ask(key("yellow"));
        let both = [stream.next().await.unwrap(), stream.next().await.unwrap()];
        assert!(both.contains(&key("green")) && both.contains(&key("yellow")));
    }
}
