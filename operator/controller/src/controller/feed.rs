//! From watches to the cache, and from there to passes. An object that cannot be read, since a newer version wrote it, is
//! named in the log and left alone; it hides no other.

use std::collections::BTreeSet;
use std::sync::Arc;

use k8s_openapi::NamespaceResourceScope;
use kube::core::DeserializeGuard;
use kube::runtime::reflector::store;
use kube::runtime::watcher::Event;
use kube::{Api, Client, Resource, ResourceExt};
use scoring_crds::{ScoringBackfill, ScoringSchedule};
use tokio::task::JoinSet;

use super::RunError;
use super::queues::Queues;
use crate::cache::Key;
use crate::check::Rival;
use crate::lean::{LeanJob, LeanPod};
use crate::names;
use crate::serve::Watched;
use crate::watch::{config, follow};

type Parts = JoinSet<Result<(), RunError>>;

/// Begins all watches.
pub(super) fn begin(
    parts: &mut Parts,
    queues: &Arc<Queues>,
    store: store::Writer<ScoringSchedule>,
    namespace: Option<&str>,
) {
    let ours = format!("{}={}", names::MANAGED_BY, names::FIELD_MANAGER);
    let client = &queues.shell.client;
    let mut schedules = Schedules { queues: Arc::clone(queues), store, listed: BTreeSet::new() };
    let api = api::<DeserializeGuard<ScoringSchedule>>(client, namespace);
    spawn(parts, follow(api, config(None), move |event| schedules.note(event)));
    let of = Arc::clone(queues);
    let api = self::api::<DeserializeGuard<ScoringBackfill>>(client, namespace);
    spawn(parts, follow(api, config(None), move |event| backfills(&of, event)));
    let of = Arc::clone(queues);
    spawn(parts, follow(self::api::<LeanJob>(client, namespace), config(Some(&ours)), move |event| jobs(&of, event)));
    let of = Arc::clone(queues);
    spawn(parts, follow(self::api::<LeanPod>(client, namespace), config(Some(&ours)), move |event| pods(&of, event)));
}

fn spawn(parts: &mut Parts, watch: impl Future<Output = ()> + Send + 'static) {
    parts.spawn(async {
        watch.await;
        Ok(())
    });
}

fn api<K>(client: &Client, namespace: Option<&str>) -> Api<K>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
{
    match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

fn jobs(queues: &Queues, event: Event<LeanJob>) {
    let listed = matches!(event, Event::InitDone);
    let (keys, gone) = queues.shell.cache.note_job(event);
    queues.shell.expectations.gone(&gone);
    done(queues, keys, listed.then_some(Watched::Jobs));
}

fn pods(queues: &Queues, event: Event<LeanPod>) {
    let listed = matches!(event, Event::InitDone);
    let keys = queues.shell.cache.note_pod(event);
    done(queues, keys, listed.then_some(Watched::Pods));
}

fn backfills(queues: &Queues, event: Event<DeserializeGuard<ScoringBackfill>>) {
    let listed = matches!(event, Event::InitDone);
    let Some(event) = readable(event) else { return };
    let keys = queues.shell.cache.note_backfill(event);
    done(queues, keys, listed.then_some(Watched::Backfills));
}

fn done(queues: &Queues, keys: BTreeSet<Key>, listed: Option<Watched>) {
    if let Some(kind) = listed {
        queues.shell.health.listed(kind);
    }
    for key in keys {
        queues.ask(key);
    }
}

/// The schedules, whose store the controller reads.
struct Schedules {
    queues: Arc<Queues>,
    store: store::Writer<ScoringSchedule>,
    /// The schedules that were there, to know those that a new list lacks.
    listed: BTreeSet<Key>,
}

impl Schedules {
    fn note(&mut self, event: Event<DeserializeGuard<ScoringSchedule>>) {
        let Some(event) = readable(event) else { return };
        self.store.apply_watcher_event(&event);
        match event {
            Event::Init => {}
            Event::InitApply(schedule) => self.there(&schedule),
            Event::InitDone => {
                let gone: Vec<Key> = self.listed.iter().filter(|key| !self.queues.has(key)).cloned().collect();
                for key in gone {
                    self.gone(key);
                }
                self.queues.shell.health.listed(Watched::Schedules);
                self.queues.ask_all();
            }
            Event::Apply(schedule) => {
                self.there(&schedule);
                self.queues.ask(key(&schedule));
            }
            Event::Delete(schedule) => {
                self.queues.shell.expectations.forget(&schedule.uid().unwrap_or_default());
                self.gone(key(&schedule));
            }
        }
    }

    fn there(&mut self, schedule: &ScoringSchedule) {
        let key = key(schedule);
        let others = self.queues.shell.outputs.note(&key, Some(Rival::of(schedule)));
        for other in others {
            self.queues.ask(other);
        }
        self.listed.insert(key);
    }

    fn gone(&mut self, key: Key) {
        let shell = &self.queues.shell;
        let others = shell.outputs.note(&key, None);
        for other in others {
            self.queues.ask(other);
        }
        shell.memos.remove(&key);
        shell.metrics.schedules.remove(&key);
        self.listed.remove(&key);
        self.queues.ask(key);
    }
}

fn key<K: ResourceExt>(object: &K) -> Key {
    Key { namespace: object.namespace().unwrap_or_default(), name: object.name_any() }
}

/// The event of an object that can be read, without what nobody reads.
fn readable<K: Resource + ResourceExt>(event: Event<DeserializeGuard<K>>) -> Option<Event<K>> {
    let read = |object: DeserializeGuard<K>| match object.0 {
        Ok(mut object) => {
            object.managed_fields_mut().clear();
            Some(object)
        }
        Err(error) => {
            let name = error.metadata.name.unwrap_or_default();
            tracing::warn!(name, error = error.error, "an object cannot be read and is left alone");
            None
        }
    };
    match event {
        Event::Init => Some(Event::Init),
        Event::InitDone => Some(Event::InitDone),
        Event::InitApply(object) => read(object).map(Event::InitApply),
        Event::Apply(object) => read(object).map(Event::Apply),
        Event::Delete(object) => read(object).map(Event::Delete),
    }
}
