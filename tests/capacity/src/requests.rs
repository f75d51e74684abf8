//! What the operator asked for, by the audit log, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use scoring_stand::{AuditEvent, AuditLog};
use tokio::time::sleep;

use crate::{CapacityError, OPERATOR};

/// What is asked: a verb and a kind, such as `patch scoringschedules/status`.
pub type Call = String;

/// Requests of the operator, its lease left out.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// How many there were of each kind.
    pub counts: BTreeMap<Call, usize>,
    /// How many were refused, by kind and code.
    pub refused: BTreeMap<Call, usize>,
    /// How many of them were writes.
    pub writes: usize,
    created: Vec<Timestamp>,
    recorded: Vec<Timestamp>,
}

impl Requests {
    /// Those that the log holds since it was last read.
    pub fn read(log: &mut AuditLog) -> Result<Self, CapacityError> {
        Ok(Self::of(&log.read()?))
    }

    /// Those until nothing is written for so long; what the log holds since it was last read is among them.
    pub async fn settled(log: &mut AuditLog, quiet: Duration) -> Result<Self, CapacityError> {
        let mut events = log.read()?;
        loop {
            sleep(quiet).await;
            let more = log.read()?;
            let written = Self::of(&more).writes;
            events.extend(more);
            if written == 0 {
                return Ok(Self::of(&events));
            }
        }
    }

    /// Those among events.
    pub fn of(events: &[AuditEvent]) -> Self {
        let mut requests = Self::default();
        let of_operator =
            |event: &&AuditEvent| event.user.username == OPERATOR && event.object_ref.resource != "leases";
        events.iter().filter(of_operator).for_each(|event| requests.add(event));
        requests
    }

    fn add(&mut self, event: &AuditEvent) {
        let object = &event.object_ref;
        let part = if object.subresource.is_empty() { String::new() } else { format!("/{}", object.subresource) };
        let call = format!("{} {}{part}", event.verb, object.resource);
        if event.response_status.code >= 400 {
            *self.refused.entry(format!("{call} {}", event.response_status.code)).or_default() += 1;
        }
        self.writes += usize::from(!matches!(event.verb.as_str(), "get" | "list" | "watch"));
        match call.as_str() {
            "create jobs" => self.created.push(event.stage_timestamp),
            "patch scoringschedules/status" => self.recorded.push(event.stage_timestamp),
            _ => {}
        }
        *self.counts.entry(call).or_default() += 1;
    }

    /// From the first Job created until the last one.
    pub fn creating(&self) -> Duration {
        between(self.created.first(), self.created.last())
    }

    /// From the first Job created until the last status written.
    pub fn working(&self) -> Duration {
        between(self.created.first(), self.recorded.last())
    }

    /// The most Jobs that were created within so long, the events being in the order of time.
    pub fn most_created_within(&self, within: Duration) -> usize {
        let mut first = 0;
        let ends = self.created.iter().enumerate().map(|(last, at)| {
            while between(self.created.get(first), Some(at)) > within {
                first += 1;
            }
            last + 1 - first
        });
        ends.max().unwrap_or(0)
    }
}

fn between(from: Option<&Timestamp>, to: Option<&Timestamp>) -> Duration {
    let (Some(from), Some(to)) = (from, to) else { return Duration::ZERO };
    Duration::try_from(to.duration_since(*from)).unwrap_or_default()
}
