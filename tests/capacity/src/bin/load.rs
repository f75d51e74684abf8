//! Measures the operator under a load, and prints a table. See `--help`.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use scoring_capacity::operator::Operator;
use scoring_capacity::requests::Requests;
use scoring_capacity::table::{Bare, Measured, Share};
use scoring_capacity::usage::Usage;
use scoring_capacity::{CapacityError, Load, OPERATOR, Stage, bare};
use scoring_stand::{AuditLog, Namespace};
use tokio::time::sleep;

/// After how long without a write the work is taken to be done: Jobs are deleted after the last status.
const QUIET: Duration = Duration::from_secs(5);

/// How often it is asked how far it is.
const EVERY: Duration = Duration::from_secs(10);

/// Scores many months of many schedules at once, with pods that are played, and says how fast, at what cost, and what the
/// control plane could do alone.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    /// How many schedules
    #[arg(long, default_value_t = 200)]
    schedules: u16,
    /// How many months each has
    #[arg(long, default_value_t = 60)]
    months: u16,
    /// How many months of one schedule run at once
    #[arg(long, default_value_t = 20)]
    parallelism: u16,
    /// How many schedules' Jobs are made without the operator, to compare
    #[arg(long, default_value_t = 40)]
    bare: u16,
    /// How many seconds it is watched when there is nothing to do
    #[arg(long, default_value_t = 60)]
    rest: u64,
    /// How many seconds all of it may take
    #[arg(long, default_value_t = 3600)]
    deadline: u64,
    /// The operator's program; the one beside this one where none is given
    #[arg(long)]
    operator: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let load = Load { schedules: arguments.schedules, months: arguments.months, parallelism: arguments.parallelism };
    let program = match &arguments.operator {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("scoring-operator"),
    };
    let measured = measure(&arguments, load, &program).await?;
    say(&measured.to_string());
    Ok(if measured.keeps_its_counts() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(arguments: &Arguments, load: Load, program: &Path) -> Result<Measured, CapacityError> {
    let before = machine_load();
    let stage = Stage::set().await?;
    let alone = Load { schedules: arguments.bare.min(load.schedules), ..load };
    say(&format!("{} Jobs without the operator", alone.all()));
    let (namespace, servers) = (stage.plane.namespace("bare").await?, Servers::look(&stage));
    let took = bare::jobs(&namespace, alone).await?;
    let bare = Bare { jobs: alone.all(), took, shares: servers.since() };
    let namespace = stage.plane.namespace("load").await?;
    load.create(&namespace).await?;
    let mut log = stage.plane.audit()?;
    let kubeconfig = stage.plane.kubeconfig(OPERATOR)?;
    let mut operator = Operator::start(program, &kubeconfig, namespace.name()).await?;
    say(&format!("{} months with it", load.all()));
    let (requests, shares) = score(&stage, &namespace, (load, arguments.deadline), &mut operator, &mut log).await?;
    say(&format!("{} s of rest", arguments.rest));
    let (busy, rest) = (operator.usage(), Duration::from_secs(arguments.rest));
    sleep(rest).await;
    operator.runs()?;
    let usage = operator.usage();
    let idle = Requests::read(&mut log)?;
    operator.stop().await?;
    let mut second = Operator::start(program, &kubeconfig, namespace.name()).await?;
    let restart = (second.ready().await?, second.passes(u64::from(load.schedules)).await?);
    second.stop().await?;
    let (idle_processor, machine) = (usage.processor_since(busy), (before, machine_load()));
    Ok(Measured { load, requests, idle, rest, idle_processor, operator: usage, shares, bare, restart, machine })
}

/// Waits until all is scored and settled; what was asked for until then, and what every process took.
async fn score(
    stage: &Stage,
    namespace: &Namespace,
    (load, deadline): (Load, u64),
    operator: &mut Operator,
    log: &mut AuditLog,
) -> Result<(Requests, Vec<Share>), CapacityError> {
    let servers = Servers::look(stage);
    let tell = |done| say(&format!("{done} of {} recorded", load.all()));
    load.done(namespace, (Duration::from_secs(deadline), EVERY), tell).await?;
    let requests = Requests::settled(log, QUIET).await?;
    operator.runs()?;
    let mut shares = vec![Share { name: "scoring-operator", processor: operator.usage().processor }];
    shares.extend(servers.since());
    Ok((requests, shares))
}

/// The processes beside the operator, and what they had taken at a time.
struct Servers(Vec<(&'static str, u32, Usage)>);

impl Servers {
    fn look(stage: &Stage) -> Self {
        let servers = stage.plane.running().into_iter().map(|server| (server.name, server.pid));
        let all = servers.chain([("the played node", std::process::id())]);
        Self(all.map(|(name, pid)| (name, pid, Usage::of(pid))).collect())
    }

    /// What each has taken since.
    fn since(self) -> Vec<Share> {
        let share = |(name, pid, before)| Share { name, processor: Usage::of(pid).processor_since(before) };
        self.0.into_iter().map(share).collect()
    }
}

/// The mean number of processes that ran or waited to, in the last minute (proc(5)).
fn machine_load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

fn say(text: &str) {
    // Whoever does not read on does not want to know.
    let _ = writeln!(std::io::stdout(), "{text}");
}
