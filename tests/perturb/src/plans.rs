//! Which plans there are for a run: one for each fault at each point that the reference run went through.

use std::fmt;
use std::str::FromStr;

use scoring_stand::fault::{Fault, FaultPlan, Point, PointKind, Trace};

/// A family of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Kind {
    /// The operator dies before or after each request.
    Crash,
    /// Each request goes wrong in each way.
    Error,
    /// Each event of a watch is lost, late, told twice, or followed by nothing.
    Watch,
    /// The operator dies after a write, and sees an old view when it is back.
    Stale,
    /// Two operators are at work at once, and one of them dies before or after a write.
    Pair,
    /// The leader stands still at a write for longer than its lease lasts.
    Leader,
}

/// How the operator of a plan runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// On a thread of this process.
    Thread,
    /// On a thread of this process, with another beside it that is at work too.
    Pair,
    /// As a process of its own, which is struck by real signals.
    Process,
    /// As two processes with one lease.
    Leaders,
}

/// A plan, and how its operator runs. It is printed as one word, with which it can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The plan.
    pub plan: FaultPlan,
    /// How its operator runs.
    pub way: Way,
}

/// A text that is no trial.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is no plan: write one as it was printed, such as `crash-after@write:17` or `process/crash-after@write:17`"
)]
pub struct UnknownTrial(String);

/// How many events an old view lacks.
const STALE: [u32; 3] = [1, 4, 12];
/// Which resources are old in it.
const OLD: [&str; 4] = ["all", "jobs", "pods", "scoringschedules"];
/// Every how manyth crash is that of a real process: at least a fifth of them are to be.
const PROCESS: usize = 4;

impl Kind {
    /// Every family.
    pub const ALL: [Self; 6] = [Self::Crash, Self::Error, Self::Watch, Self::Stale, Self::Pair, Self::Leader];

    /// Every plan of the family, for a run that left this trace when nothing befell it.
    pub fn trials(self, reference: &Trace) -> Vec<Trial> {
        match self {
            Self::Crash => {
                let faults = [Fault::CrashBefore, Fault::CrashAfter];
                let plans = at_each(PointKind::Call, reference.calls(), &faults);
                let way = |index: usize| if index.is_multiple_of(PROCESS) { Way::Process } else { Way::Thread };
                plans.into_iter().enumerate().map(|(index, plan)| Trial { plan, way: way(index) }).collect()
            }
            Self::Error => {
                let plans = at_each(PointKind::Call, reference.calls(), &Fault::ERRORS);
                on_threads(plans.into_iter().filter(|plan| makes_sense(plan, reference)))
            }
            Self::Watch => on_threads(at_each(PointKind::Event, reference.events, &Fault::EVENTS)),
            Self::Stale => {
                let fault = |events| OLD.map(|resource| Fault::Stale { events, resource: resource.to_owned() });
                on_threads(at_each(PointKind::Write, reference.writes(), &STALE.map(fault).concat()))
            }
            Self::Pair => {
                let plans = at_each(PointKind::Write, reference.writes(), &[Fault::CrashBefore, Fault::CrashAfter]);
                plans.into_iter().map(|plan| Trial { plan, way: Way::Pair }).collect()
            }
            Self::Leader => {
                let plans = at_each(PointKind::Write, reference.writes(), &[Fault::StopBefore, Fault::StopAfter]);
                plans.into_iter().map(|plan| Trial { plan, way: Way::Leaders }).collect()
            }
        }
    }
}

fn at_each(kind: PointKind, last: u32, faults: &[Fault]) -> Vec<FaultPlan> {
    let at = |number| faults.iter().map(move |fault| FaultPlan { fault: fault.clone(), point: Point { kind, number } });
    (1..=last).flat_map(at).collect()
}

fn on_threads(plans: impl IntoIterator<Item = FaultPlan>) -> Vec<Trial> {
    plans.into_iter().map(|plan| Trial { plan, way: Way::Thread }).collect()
}

/// No server answers a read with a conflict.
fn makes_sense(plan: &FaultPlan, reference: &Trace) -> bool {
    let line = reference.lines.iter().find(|line| line.call == Some(plan.point.number));
    plan.fault != Fault::Refused(409) || line.is_some_and(|line| line.asked.is_write())
}

/// As many of them as are asked for, drawn by a seed; in their own order where all are.
pub fn draw(mut trials: Vec<Trial>, count: usize, seed: u64) -> Vec<Trial> {
    if count >= trials.len() {
        return trials;
    }
    let mut state = seed;
    for index in (1..trials.len()).rev() {
        trials.swap(index, (next(&mut state) % (index as u64 + 1)) as usize);
    }
    trials.truncate(count);
    trials
}

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl fmt::Display for Trial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Thread => "",
            Way::Pair => "pair/",
            Way::Process => "process/",
            Way::Leaders => "leaders/",
        };
        write!(formatter, "{way}{}", self.plan)
    }
}

impl FromStr for Trial {
    type Err = UnknownTrial;

    fn from_str(text: &str) -> Result<Self, UnknownTrial> {
        let (way, plan) = match text.split_once('/') {
            None => (Way::Thread, text),
            Some(("pair", plan)) => (Way::Pair, plan),
            Some(("process", plan)) => (Way::Process, plan),
            Some(("leaders", plan)) => (Way::Leaders, plan),
            Some(_) => return Err(UnknownTrial(text.to_owned())),
        };
        plan.parse().map(|plan| Self { plan, way }).map_err(|_| UnknownTrial(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials() -> Vec<Trial> {
        let ways = [Way::Thread, Way::Pair, Way::Process, Way::Leaders];
        let plans = at_each(PointKind::Call, 20, &Fault::ERRORS);
        plans.into_iter().zip(ways.into_iter().cycle()).map(|(plan, way)| Trial { plan, way }).collect()
    }

    #[test]
    fn a_trial_is_read_back_as_it_was_printed() {
        for trial in trials() {
            assert_eq!(trial.to_string().parse::<Trial>().unwrap(), trial);
        }
    }

    #[test]
    fn a_seed_draws_the_same_trials_each_time_and_none_twice() {
        let drawn = draw(trials(), 50, 7);
        assert_eq!(drawn, draw(trials(), 50, 7));
        assert_ne!(drawn, draw(trials(), 50, 8));
        assert!(drawn.iter().enumerate().all(|(index, one)| !drawn[..index].contains(one)));
    }
}
