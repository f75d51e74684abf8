//! The trace of a run: every request and how many events there were, numbered. It decides nothing.

use std::fmt;

use super::call::Asked;

/// The numbers of a request, each from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) call: u32,
    pub(super) write: Option<u32>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// Its number among the requests that are counted; none for a watch and for what is about a lease.
    pub call: Option<u32>,
    /// Its number among those that change something.
    pub write: Option<u32>,
    /// What it asks for.
    pub asked: Asked,
    /// A hash of its body; the same within one build of the tests.
    pub body: u64,
}

/// What was asked of the server, in this order.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Every request.
    pub lines: Vec<TraceLine>,
    /// How many events the watches told.
    pub events: u32,
    /// What the fault struck.
    pub struck: Option<String>,
    calls: u32,
    writes: u32,
    last: String,
}

impl Trace {
    /// How many requests were counted.
    pub fn calls(&self) -> u32 {
        self.calls
    }

    /// How many of them change something.
    pub fn writes(&self) -> u32 {
        self.writes
    }

    pub(super) fn add(&mut self, asked: Asked, body: u64) -> Option<Numbers> {
        let counted = !asked.is_watch() && asked.resource != "leases";
        let numbers = counted.then(|| {
            self.calls += 1;
            self.writes += u32::from(asked.is_write());
            Numbers { call: self.calls, write: asked.is_write().then_some(self.writes) }
        });
        self.last = asked.to_string();
        let (call, write) = (numbers.map(|numbers| numbers.call), numbers.and_then(|numbers| numbers.write));
        self.lines.push(TraceLine { call, write, asked, body });
        numbers
    }

    pub(super) fn event(&mut self, watch: &str) -> u32 {
        self.events += 1;
        self.last = format!("event of {watch}");
        self.events
    }

    pub(super) fn strike(&mut self) {
        self.struck = Some(self.last.clone());
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for TraceLine { call, write, asked, body } in &self.lines {
            let number = |number: &Option<u32>| number.map_or_else(String::new, |number| number.to_string());
            writeln!(formatter, "{:>4} {:>4} {asked} {body:08x}", number(call), number(write))?;
        }
        Ok(())
    }
}
