//! A plan: one fault, and the point at which it strikes. It is one word, such as `crash-after@write:17`, which is printed
//! with every finding and read back for a replay.

use std::fmt;
use std::str::FromStr;

use super::trace::Numbers;

/// One fault at one point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultPlan {
    /// What happens.
    pub fault: Fault,
    /// When.
    pub point: Point,
}

/// What happens to a request, or to an event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The operator dies before the request is sent.
    CrashBefore,
    /// The server does what was asked, and the operator dies before it hears of it.
    CrashAfter,
    /// The operator stands still (SIGSTOP) before the request is sent.
    StopBefore,
    /// It stands still when the answer is there, before it is read.
    StopAfter,
    /// The server does what was asked, and the connection breaks off before the answer.
    LostAnswer,
    /// The connection breaks off before the request.
    Reset,
    /// The server does not do it, and says so with this status.
    Refused(u16),
    /// The server does it, and says 504 all the same.
    Unclear,
    /// No answer for [`super::HANG`], and then the connection breaks off; the server has not seen the request.
    Hang,
    /// The answer ends in the middle.
    Truncated,
    /// The operator dies after this request, and its next life sees lists as they were so many events ago, and their
    /// watches begin late by [`super::STALE`].
    Stale {
        /// How many events of each list are missing.
        events: u32,
        /// The one resource that is old, or `all`.
        resource: String,
    },
    /// The event is lost until the next list, which comes after [`super::RELIST`].
    DropEvent,
    /// This event and all others of every watch are lost until the next list.
    Silence,
    /// The event, and what follows it in its watch, comes late by [`super::LATE`].
    DelayEvent,
    /// The event comes twice.
    RepeatEvent,
    /// Instead of the event comes an error 410, after which the operator has to list anew.
    Gone,
}

/// A request or an event, by its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// What is counted.
    pub kind: PointKind,
    /// Which of them.
    pub number: u32,
}

/// What is counted. Watches and whatever is about a lease are not, for they come by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PointKind {
    /// Every request.
    Call,
    /// Every request that changes something.
    Write,
    /// Every event of a watch, bookmarks left out.
    Event,
}

/// A text that is no plan.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no plan: write one as it was printed, such as `crash-after@write:17`")]
pub struct UnknownPlan(String);

impl Fault {
    /// Every fault of a request that the operator outlives.
    pub const ERRORS: [Self; 10] = [
        Self::Refused(409),
        Self::Refused(429),
        Self::Refused(500),
        Self::Refused(503),
        Self::Refused(504),
        Self::Unclear,
        Self::Reset,
        Self::LostAnswer,
        Self::Hang,
        Self::Truncated,
    ];
    /// Every fault of an event.
    pub const EVENTS: [Self; 5] = [Self::DropEvent, Self::Silence, Self::DelayEvent, Self::RepeatEvent, Self::Gone];

    /// The faults that have a name and nothing else.
    const NAMED: [(&'static str, Self); 14] = [
        ("crash-before", Self::CrashBefore),
        ("crash-after", Self::CrashAfter),
        ("stop-before", Self::StopBefore),
        ("stop-after", Self::StopAfter),
        ("lost-answer", Self::LostAnswer),
        ("reset", Self::Reset),
        ("unclear", Self::Unclear),
        ("hang", Self::Hang),
        ("truncated", Self::Truncated),
        ("drop", Self::DropEvent),
        ("silence", Self::Silence),
        ("delay", Self::DelayEvent),
        ("repeat", Self::RepeatEvent),
        ("gone", Self::Gone),
    ];

    /// Whether the operator dies of it.
    pub fn is_deadly(&self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter | Self::Stale { .. })
    }

    fn read(text: &str) -> Option<Self> {
        if let Some((_, fault)) = Self::NAMED.iter().find(|(name, _)| *name == text) {
            return Some(fault.clone());
        }
        match *text.split(':').collect::<Vec<_>>() {
            ["status", code] => Some(Self::Refused(code.parse().ok()?)),
            ["stale", resource, events] => {
                Some(Self::Stale { events: events.parse().ok()?, resource: resource.to_owned() })
            }
            _ => None,
        }
    }
}

impl Point {
    pub(super) fn is_request(self, numbers: Option<Numbers>) -> bool {
        numbers.is_some_and(|numbers| match self.kind {
            PointKind::Call => numbers.call == self.number,
            PointKind::Write => numbers.write == Some(self.number),
            PointKind::Event => false,
        })
    }

    pub(super) fn is_event(self, number: u32) -> bool {
        self.kind == PointKind::Event && self.number == number
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.fault, self.point)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code) => write!(formatter, "status:{code}"),
            Self::Stale { events, resource } => write!(formatter, "stale:{resource}:{events}"),
            named => {
                let name = Self::NAMED.iter().find(|(_, fault)| fault == named);
                formatter.write_str(name.map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            PointKind::Call => "call",
            PointKind::Write => "write",
            PointKind::Event => "event",
        };
        write!(formatter, "{kind}:{}", self.number)
    }
}

impl FromStr for FaultPlan {
    type Err = UnknownPlan;

    fn from_str(text: &str) -> Result<Self, UnknownPlan> {
        let read = || {
            let (fault, point) = text.split_once('@')?;
            let (kind, number) = point.split_once(':')?;
            let kind = match kind {
                "call" => PointKind::Call,
                "write" => PointKind::Write,
                "event" => PointKind::Event,
                _ => return None,
            };
            Some(Self { fault: Fault::read(fault)?, point: Point { kind, number: number.parse().ok()? } })
        };
        read().ok_or_else(|| UnknownPlan(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_back_as_it_was_printed() {
        let named = Fault::NAMED.map(|(_, fault)| fault);
        let stale = Fault::Stale { events: 3, resource: "jobs".to_owned() };
        for fault in named.into_iter().chain(Fault::ERRORS).chain([stale]) {
            for kind in [PointKind::Call, PointKind::Write, PointKind::Event] {
                let plan = FaultPlan { fault: fault.clone(), point: Point { kind, number: 17 } };
                assert_eq!(plan.to_string().parse::<FaultPlan>().unwrap(), plan, "{plan}");
            }
        }
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for text in ["", "crash-after", "crash-after@17", "crash@call:1", "status:x@call:1", "drop@event:"] {
            text.parse::<FaultPlan>().expect_err(text);
        }
    }
}
