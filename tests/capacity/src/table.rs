//! What was measured, as a table with the goals beside.

use std::fmt;
use std::time::Duration;

use crate::Load;
use crate::requests::Requests;
use crate::usage::Usage;

/// The goals. Counts and sizes are the operator's alone; rates and times are as good as the machine is free.
const JOBS_PER_SECOND: f64 = 100.0;
const WRITES_PER_MONTH: f64 = 4.0;
const PEAK_MIB: f64 = 60.0;
/// Of one processor, in percent, where there is nothing to do.
const BUSY: f64 = 2.0;
const READY: Duration = Duration::from_secs(3);
/// In what span the most Jobs that were created are counted.
const BURST: Duration = Duration::from_secs(5);

/// A process of the run, and what it took of the processor while months were scored.
#[derive(Clone, Debug)]
pub struct Share {
    /// The program.
    pub name: &'static str,
    /// Its processor time.
    pub processor: Duration,
}

/// Jobs that the control plane made, ran and deleted without the operator.
#[derive(Clone, Debug)]
pub struct Bare {
    /// How many.
    pub jobs: usize,
    /// How long that took.
    pub took: Duration,
    /// What every process took.
    pub shares: Vec<Share>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Of what.
    pub load: Load,
    /// What the operator asked for until every month was scored and recorded.
    pub requests: Requests,
    /// What it asked for afterwards, in [`Measured::rest`].
    pub idle: Requests,
    /// How long it was watched while there was nothing to do.
    pub rest: Duration,
    /// What it took for that.
    pub idle_processor: Duration,
    /// What the operator took in all, its peak of memory among it.
    pub operator: Usage,
    /// What every process took, the operator first.
    pub shares: Vec<Share>,
    /// What the control plane did alone.
    pub bare: Bare,
    /// From the start of a second operator until it was ready, and until it had looked at every schedule.
    pub restart: (Duration, Duration),
    /// The mean load of the machine in the last minute, before and after.
    pub machine: (f64, f64),
}

impl Measured {
    /// Whether what does not depend on the machine is as it should be.
    pub fn keeps_its_counts(&self) -> bool {
        self.writes_per_month() <= WRITES_PER_MONTH && self.idle.writes == 0 && self.peak_mib() <= PEAK_MIB
    }

    fn writes_per_month(&self) -> f64 {
        self.requests.writes as f64 / self.load.all() as f64
    }

    fn peak_mib(&self) -> f64 {
        self.operator.peak_kib as f64 / 1024.0
    }

    /// The operator's processor time while months were scored.
    fn operator_seconds(&self) -> f64 {
        self.shares.first().map_or(0.0, |share| share.processor.as_secs_f64())
    }

    fn speed(&self) -> Vec<Row> {
        let (jobs, requests, least) = (self.load.all() as f64, &self.requests, format!(">= {JOBS_PER_SECOND}"));
        let burst = requests.most_created_within(BURST) as f64;
        let (whole, bare) = (rate(jobs, requests.working()), rate(self.bare.jobs as f64, self.bare.took));
        let share = 100.0 * whole / bare;
        vec![
            Row::new("Jobs created a second, first to last", rate(jobs, requests.creating())).goal(&least),
            Row::new("Jobs created a second, best 5 s", rate(burst, BURST)).goal(&least),
            Row::new("months recorded a second", whole),
            Row::new("Jobs run and deleted a second without us", bare),
            Row::new("months recorded with us, of that, %", share),
            Row::new("months per second of our processor time", jobs / self.operator_seconds()).goal(&least),
        ]
    }

    fn cost(&self) -> Vec<Row> {
        let (jobs, requests) = (self.load.all() as f64, &self.requests);
        let mut rows =
            vec![Row::new("writes per month", self.writes_per_month()).goal(&format!("<= {WRITES_PER_MONTH}"))];
        let of = |(call, count): (&String, &usize)| Row::new(&format!("  {call}"), *count as f64 / jobs);
        rows.extend(requests.counts.iter().map(of));
        let refused = |(call, count): (&String, &usize)| Row::new(&format!("  refused: {call}, in all"), *count as f64);
        rows.extend(requests.refused.iter().map(refused));
        rows.push(Row::new("operator's peak of memory, MiB", self.peak_mib()).goal(&format!("<= {PEAK_MIB}")));
        rows.extend(self.shares.iter().map(|share| share.row("month", jobs)));
        rows.extend(self.bare.shares.iter().map(|share| share.row("Job without us", self.bare.jobs as f64)));
        rows
    }

    fn calm(&self) -> Vec<Row> {
        let rest = self.rest.as_secs_f64();
        let busy = 100.0 * self.idle_processor.as_secs_f64() / rest;
        let (ready, looked) = self.restart;
        vec![
            Row::new(&format!("idle for {rest:.0} s: writes but the lease"), self.idle.writes as f64).goal("0"),
            Row::new("idle: share of one processor, %", busy).goal(&format!("<= {BUSY}")),
            Row::new("restart to ready, s", ready.as_secs_f64()).goal(&format!("<= {}", READY.as_secs())),
            Row::new("restart to every schedule looked at, s", looked.as_secs_f64()),
            Row::new("load of the machine before", self.machine.0),
            Row::new("load of the machine after", self.machine.1),
        ]
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load { schedules, months, parallelism } = self.load;
        writeln!(formatter, "{schedules} schedules of {months} months, {parallelism} at once")?;
        let mut rows = [self.speed(), self.cost(), self.calm()].into_iter().flatten();
        rows.try_for_each(|Row { figure, value, goal }| writeln!(formatter, "{figure:<58} {value:>10.2}  {goal}"))
    }
}

/// A line of the table.
struct Row {
    figure: String,
    value: f64,
    goal: String,
}

impl Row {
    fn new(figure: &str, value: f64) -> Self {
        Self { figure: figure.to_owned(), value, goal: String::new() }
    }

    fn goal(self, goal: &str) -> Self {
        Self { goal: goal.to_owned(), ..self }
    }
}

impl Share {
    fn row(&self, of: &str, count: f64) -> Row {
        let each = 1e3 * self.processor.as_secs_f64() / count;
        Row::new(&format!("processor per {of}, {}, ms", self.name), each)
    }
}

fn rate(count: f64, within: Duration) -> f64 {
    count / within.as_secs_f64()
}
