//! Waiting for something to become true, with a deadline, and saying what was seen instead.

use std::fmt::Debug;
use std::time::Duration;

use futures::TryStreamExt;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};

use crate::StandError;

/// How often a question is asked again.
const EVERY: Duration = Duration::from_millis(50);

/// Asks until the answer is `Ok`; past the deadline, tells the last answer that was not.
pub async fn eventually<T, E: Debug>(
    deadline: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, StandError> {
    let end = Instant::now() + deadline;
    let mut last = None;
    loop {
        // One question may hang where a server does; the deadline holds all the same.
        match timeout(end.saturating_duration_since(Instant::now()), ask()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(state)) => last = Some(state),
            Err(_) => {}
        }
        if Instant::now() >= end {
            let last = last.map_or_else(|| "no answer".to_owned(), |state| format!("{state:?}"));
            return Err(StandError::Never { what: what.to_owned(), deadline, last });
        }
        sleep(EVERY).await;
    }
}

/// Watches one object until `holds` is true of it, or of its absence (`None`), and returns it as it was then.
pub async fn until<K>(
    api: &Api<K>,
    name: &str,
    deadline: Duration,
    mut holds: impl FnMut(Option<&K>) -> bool,
) -> Result<Option<K>, StandError>
where
    K: Resource + Clone + Debug + DeserializeOwned + Serialize + Send + 'static,
{
    let config = watcher::Config::default().fields(&format!("metadata.name={name}"));
    let mut events = std::pin::pin!(watcher(api.clone(), config).default_backoff());
    let (mut last, mut listed) = (None, None);
    let wait = async {
        loop {
            match events.try_next().await {
                Ok(Some(Event::InitDone)) => last = listed.take(),
                Ok(Some(Event::Apply(object))) => last = Some(object),
                Ok(Some(Event::Delete(_))) => last = None,
                // What is listed is not known before the end of the list.
                Ok(Some(Event::Init)) => {
                    listed = None;
                    continue;
                }
                Ok(Some(Event::InitApply(object))) => {
                    listed = Some(object);
                    continue;
                }
                // A watch that broke is taken up again by the next turn.
                Ok(None) | Err(_) => continue,
            }
            if holds(last.as_ref()) {
                return;
            }
        }
    };
    let ended = timeout(deadline, wait).await;
    ended.map(|()| last.clone()).map_err(|_| {
        let seen = serde_json::to_string(&last).unwrap_or_else(|problem| problem.to_string());
        StandError::Never { what: format!("{}/{name} as waited for", api.resource_url()), deadline, last: seen }
    })
}
