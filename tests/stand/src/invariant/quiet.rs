//! I3: once everything has come to be, the operator writes nothing but its lease.

use jiff::Timestamp;

use super::evidence::line;
use super::{Evidence, Violation};

/// Every write of an operator in a span of time in which nothing had to be done.
pub fn quiet_between(evidence: Evidence<'_>, since: Timestamp, until: Timestamp) -> Vec<Violation> {
    let span = since..until;
    let written = evidence.written().filter(|event| span.contains(&event.request_received_timestamp));
    let violation =
        |event| Violation::new("I3", "the operator wrote while nothing had to be done".to_owned(), vec![line(event)]);
    written.map(violation).collect()
}
