//! The audit log of a control plane that many runs share, given to each run by its namespace.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use scoring_stand::{AuditEvent, AuditLog, StandError};

/// Reads the log once for all runs, and keeps what a run has not done with.
pub struct Witness {
    read: Mutex<Read>,
}

struct Read {
    log: AuditLog,
    // None for a namespace whose run has ended: what its end is followed by is of no interest.
    seen: HashMap<String, Option<Vec<AuditEvent>>>,
}

impl Witness {
    /// A witness of a log, from its beginning.
    pub fn new(log: AuditLog) -> Self {
        Self { read: Mutex::new(Read { log, seen: HashMap::new() }) }
    }

    /// What was written in a namespace until now; reads are left out.
    pub fn seen(&self, namespace: &str) -> Result<Vec<AuditEvent>, StandError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Read { log, seen } = &mut *read;
        for event in log.read()? {
            let name = &event.object_ref.namespace;
            if matches!(event.verb.as_str(), "get" | "list" | "watch") || name.is_empty() {
                continue;
            }
            if let Some(events) = seen.entry(name.clone()).or_insert_with(|| Some(Vec::new())) {
                events.push(event);
            }
        }
        Ok(seen.get(namespace).cloned().flatten().unwrap_or_default())
    }

    /// Forgets a namespace whose run has ended.
    pub fn forget(&self, namespace: &str) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).seen.insert(namespace.to_owned(), None);
    }
}
