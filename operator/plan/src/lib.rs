//! The rules by which a schedule's months are scored, and nothing else: no clock, no client, no file.
//!
//! The promise: if a schedule stops changing, then every due month comes to have exactly one committed output made from
//! the model and the input that are current, or a stated reason why not, and it stays so, however often whoever acts on
//! the plans stops in between.

//!
//! [`decide()`] takes what is wished ([`Schedule`], [`Backfill`]), what is known ([`History`]) and an instant, and says in a
//! [`Plan`] what to start, stop and look at, and how every month stands and why. It works everything out anew each time:
//! what is to be done is the due months, less those that are committed, less those that run. There is no cursor and no
//! "last run", so nothing that is missed is missed for good, and nothing that is done is done again.

mod attempt;
mod backfill;
mod coverage;
mod decide;
mod fault;
pub mod hash;
pub mod history;
mod month;
mod plan;
mod progress;
mod range;
pub mod reason;
mod rules;
mod scene;
pub mod schedule;
mod ticks;

pub use attempt::{Attempt, AttemptMark, AttemptOutcome, AttemptState, Basis, FailureClass, Record, Remedy};
pub use backfill::{Backfill, RawBackfill, Rescore};
pub use coverage::Coverage;
pub use decide::decide;
pub use fault::{BackfillFaults, Fault, Problem, ScheduleFaults};
pub use history::{History, MonthFacts};
pub use month::{FIRST_YEAR, LAST_YEAR, Month, MonthError};
pub use plan::{Forget, Freshness, Lane, MonthState, Plan, Queued, Standing, Start, Stop};
pub use progress::{BackfillPhase, BackfillProgress, BackfillRow, RowCounts, RowState};
pub use range::{MonthRange, MonthRangeError};
pub use reason::{Cause, Reason};
pub use schedule::{RawExclusion, RawSchedule, Schedule};
pub use ticks::Tick;
