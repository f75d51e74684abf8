//! Who asks for what: schedules that are there for a pass, and names that only backfills know for a word to those.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kube::ResourceExt;
use kube::runtime::reflector::ObjectRef;

use super::triggers::Triggers;
use crate::cache::Key;
use crate::reconcile::Shell;

/// What waits.
pub(super) struct Queues {
    pub(super) shell: Arc<Shell>,
    /// Schedules that wait for a pass.
    pub(super) passes: Arc<Triggers>,
    /// Names of schedules that are not there, and that backfills name.
    pub(super) lonely: Arc<Triggers>,
    /// Whether somebody is there to make passes: nobody is late before.
    leading: AtomicBool,
}

impl Queues {
    pub(super) fn new(shell: Arc<Shell>) -> Self {
        Self { shell, passes: Arc::default(), lonely: Arc::default(), leading: AtomicBool::new(false) }
    }

    /// Passes are made from now on.
    pub(super) fn lead(&self) {
        self.leading.store(true, Ordering::Relaxed);
        self.ask_all();
    }

    /// No passes are made for a while.
    pub(super) fn rest(&self) {
        self.leading.store(false, Ordering::Relaxed);
        self.shell.health.moved();
    }

    /// Asks for a pass over a schedule.
    pub(super) fn ask(&self, key: Key) {
        if !self.has(&key) {
            self.lonely.ask(key);
            return;
        }
        self.passes.ask(key);
        self.shell.metrics.passes.set_waiting(self.passes.len());
        if self.leading.load(Ordering::Relaxed) {
            self.shell.health.asked();
        }
    }

    /// Asks for a pass over every schedule, and for a word to every backfill without one.
    pub(super) fn ask_all(&self) {
        let schedules = self.shell.schedules.state().into_iter();
        let keys = schedules
            .map(|schedule| Key { namespace: schedule.namespace().unwrap_or_default(), name: schedule.name_any() });
        for key in keys.chain(self.shell.cache.named()) {
            self.ask(key);
        }
    }

    /// Whether a schedule is there.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.shell.schedules.get(&ObjectRef::new(&key.name).within(&key.namespace)).is_some()
    }
}
