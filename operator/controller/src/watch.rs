//! Watches that mend themselves, and that are begun anew every ten minutes: a watch can lie by saying nothing, and a whole
//! list is the only thing that shows it.

use std::fmt::Debug;
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use kube::runtime::WatchStreamExt;
use kube::runtime::utils::{Backoff, ResetTimerBackoff};
use kube::runtime::watcher::{self, Event, ListSemantic, watcher};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::client::jittered;

/// How often everything is listed again.
const RELIST: Duration = Duration::from_mins(10);
/// After how many seconds the server ends a watch: one that is dead without a word is known by then.
const SPAN: u32 = 60;
/// How many objects a page of a list has: a page is held as bytes, as text and as objects at once, of all kinds together.
const PAGE: u32 = 100;
/// The shortest and the longest pause between tries to reach the server; short, since nothing goes on without it.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// How long a watch must be well before its pauses begin small again.
const WELL: Duration = Duration::from_mins(1);

/// What is watched: objects that we made, or all of them.
pub fn config(labels: Option<&str>) -> watcher::Config {
    let config = watcher::Config::default().list_semantic(ListSemantic::MostRecent).timeout(SPAN).page_size(PAGE);
    match labels {
        Some(labels) => config.labels(labels),
        None => config,
    }
}

/// Hands every event of a kind to `note`, for ever.
pub async fn follow<K>(api: Api<K>, config: watcher::Config, mut note: impl FnMut(Event<K>))
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + 'static,
{
    loop {
        // A list begins well even where the server is away, so that pauses grow until the watch has been well for a while.
        let pauses = ResetTimerBackoff::new(Pauses::default(), WELL);
        let events = watcher(api.clone(), config.clone()).backoff(pauses);
        let mut events = pin!(events);
        let relist = Instant::now() + jittered(RELIST);
        let mut listing = true;
        loop {
            // A list is read to its end, however long that takes: to begin it anew would not make it faster.
            let next = if listing { Ok(events.next().await) } else { timeout_at(relist, events.next()).await };
            match next {
                Ok(Some(Ok(event))) => {
                    listing = match &event {
                        Event::Init => true,
                        Event::InitDone => false,
                        _ => listing,
                    };
                    note(event);
                }
                Ok(Some(Err(error))) => tracing::warn!(kind = %K::kind(&()), %error, "a watch broke, and begins again"),
                Ok(None) | Err(_) => break,
            }
        }
    }
}

/// Pauses that double.
#[derive(Debug, Default)]
struct Pauses(u32);

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = PAUSES.0.saturating_mul(1 << self.0.min(10)).min(PAUSES.1);
        self.0 = self.0.saturating_add(1);
        Some(jittered(pause))
    }
}

impl Backoff for Pauses {
    fn reset(&mut self) {
        self.0 = 0;
    }
}
