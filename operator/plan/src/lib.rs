//! The rules by which a schedule's months are scored, and nothing else: no clock, no client, no file.
//!
//! The promise: if a schedule stops changing, then every due month comes to have exactly one committed output made from
//! the model and the input that are current, or a stated reason why not, and it stays so, however often whoever acts on
//! the plans stops in between.

mod backfill;
mod fault;
mod month;
mod range;
pub mod schedule;
mod ticks;

pub use backfill::{Backfill, RawBackfill, Rescore};
pub use fault::{BackfillFaults, Fault, Problem, ScheduleFaults};
pub use month::{FIRST_YEAR, LAST_YEAR, Month, MonthError};
pub use range::{MonthRange, MonthRangeError};
pub use schedule::{RawExclusion, RawSchedule, Schedule};
pub use ticks::Tick;
