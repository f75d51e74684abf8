//! The checked wish of a backfill: score these months of one schedule once, as far as `rescore` says.
//!
//! A backfill holds no list of what it has done: every decision works that out anew from the history, so there is
//! nothing in it that could get stuck.

use jiff::Timestamp;

use crate::fault::{BackfillFaults, Faults, Problem};
use crate::month::Month;
use crate::range::MonthRange;
use crate::schedule::Order;
use crate::schedule::bounds::{NAME, PARALLELISM};

/// Which of its months a backfill takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rescore {
    /// Those that have no output, but for those that failed.
    #[default]
    Missing,
    /// Those that have no output.
    MissingAndFailed,
    /// Those whose output is stale, whatever the schedule's policy about it, and no others.
    Stale,
    /// All of them.
    All,
}

/// A backfill as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBackfill {
    /// The resource's name.
    pub name: String,
    /// `from`, `YYYY-MM`: the first month.
    pub from: String,
    /// `to`, `YYYY-MM`: the last month, which is part of it.
    pub to: String,
    /// `rescore`.
    pub rescore: Rescore,
    /// `parallelism`: how many of its months run at once.
    pub parallelism: i64,
    /// `order`.
    pub order: Order,
    /// `suspend`.
    pub suspend: bool,
    /// When it was asked for: what failed or was committed before this, it may take; what came after, it has done.
    pub created: Timestamp,
    /// Whether it was deleted or called off: what has not started will not.
    pub cancelled: bool,
    /// Whether it came to its end before ([`crate::BackfillPhase::has_ended`]): it starts nothing more, even where one
    /// of its outputs is lost again.
    pub ended: bool,
}

/// A backfill that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    name: String,
    months: MonthRange,
    rescore: Rescore,
    parallelism: u16,
    order: Order,
    suspend: bool,
    created: Timestamp,
    cancelled: bool,
    ended: bool,
}

impl RawBackfill {
    /// What somebody gets who says only what must be said; the rest are the defaults of the resource.
    pub fn of(name: &str, from: &str, to: &str, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            rescore: Rescore::default(),
            parallelism: 3,
            order: Order::default(),
            suspend: false,
            created,
            cancelled: false,
            ended: false,
        }
    }
}

impl Backfill {
    /// Checks what was written; every fault is found, not just the first.
    pub fn new(raw: &RawBackfill) -> Result<Self, BackfillFaults> {
        let mut faults = Faults::default();
        let name = faults.text("name", &raw.name, "what the backfill is called", NAME);
        let parallelism = faults.number("parallelism", raw.parallelism, PARALLELISM);
        let months = months(raw, &mut faults);
        match (name, parallelism, months) {
            (Some(name), Some(parallelism), Some(months)) if faults.0.is_empty() => Ok(Self {
                name,
                months,
                rescore: raw.rescore,
                parallelism,
                order: raw.order,
                suspend: raw.suspend,
                created: raw.created,
                cancelled: raw.cancelled,
                ended: raw.ended,
            }),
            _ => Err(BackfillFaults(faults.0)),
        }
    }

    /// The resource's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The months that it names.
    pub fn months(&self) -> MonthRange {
        self.months
    }

    /// Which of them it takes.
    pub fn rescore(&self) -> Rescore {
        self.rescore
    }

    /// How many of its months run at once; the schedule's own limit for older months holds as well.
    pub fn parallelism(&self) -> u16 {
        self.parallelism
    }

    /// Which goes first.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Whether nothing more of it is to be started for now.
    pub fn suspend(&self) -> bool {
        self.suspend
    }

    /// When it was asked for.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// Whether it was called off.
    pub fn cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether it came to its end before.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether it may start anything, now or later.
    pub fn is_live(&self) -> bool {
        !self.cancelled && !self.ended
    }
}

fn months(raw: &RawBackfill, faults: &mut Faults) -> Option<MonthRange> {
    let from: Option<Month> = faults.month("from", &raw.from);
    let to: Option<Month> = faults.month("to", &raw.to);
    match MonthRange::new(from?, to?) {
        Ok(months) => Some(months),
        Err(error) => {
            faults.add("to", Problem::Range(error));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_backfill_is_told_at_once() {
        let raw = RawBackfill { parallelism: 0, ..RawBackfill::of("", "2021-3", "2021-02", Timestamp::UNIX_EPOCH) };
        let paths: Vec<String> = Backfill::new(&raw).unwrap_err().0.into_iter().map(|fault| fault.path).collect();
        assert_eq!(paths, ["name", "parallelism", "from"]);
    }

    #[test]
    fn a_backfill_that_ends_before_it_begins_is_refused() {
        let faults = Backfill::new(&RawBackfill::of("again", "2021-03", "2021-02", Timestamp::UNIX_EPOCH)).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "the backfill is not valid: to: the range ends with 2021-02, before it begins with 2021-03: exchange them"
        );
    }
}
