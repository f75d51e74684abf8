//! What the controller keeps of Jobs and pods: small records, never the objects themselves. A record says what was
//! written down and seen; what follows from it is for `observe` to say.

mod job;
mod pod;

pub use self::job::{JobEnd, JobRecord, MonthWork, SurveyWork, Verdict, Work};
pub use self::pod::{Exit, PodRecord, PodState, Trouble};
