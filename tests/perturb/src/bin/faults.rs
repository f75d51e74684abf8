//! Carries out fault plans, four at a time, and prints what they broke. See `--help`.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use futures::{StreamExt, stream};
use scoring_perturb::plans::{Kind, Trial, draw};
use scoring_perturb::stage::Stage;
use scoring_perturb::table::{HEADER, Table};
use scoring_perturb::trial::{Reference, perform, reference};

/// Scores a year with one fault at each point of it, and checks that nothing is broken.
#[derive(Parser)]
#[command(name = "faults")]
struct Arguments {
    /// How many plans of each kind; all of them where it is not given
    #[arg(long)]
    plans: Option<usize>,
    /// By what the plans are drawn where not all are carried out
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which kinds; all of them where none is given
    #[arg(long)]
    kind: Vec<Kind>,
    /// One plan as it was printed, such as `crash-after@call:17`; may be given more than once
    #[arg(long)]
    replay: Vec<Trial>,
    /// How many at a time
    #[arg(long, default_value_t = 4)]
    parallel: usize,
    /// Print the requests of the reference run
    #[arg(long)]
    trace: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let stage = Stage::set(&std::env::current_exe()?.with_file_name("operator_under_fault")).await?;
    let (reference, verdict) = reference(&stage).await?;
    say(&format!(
        "the run without a fault took {:.1} s, {} requests, {} of them writes, {} events; it created {} surveys, \
        stored {} statuses and told {} events",
        verdict.took.as_secs_f64(),
        reference.trace.calls(),
        reference.trace.writes(),
        reference.trace.events,
        reference.counts.surveys,
        reference.counts.statuses,
        reference.counts.events
    ));
    if arguments.trace {
        say(&reference.trace.to_string());
    }
    verdict.violations.iter().for_each(|violation| say(&violation.to_string()));
    let trials = chosen(&arguments, &reference);
    say(&format!("{} plans, seed {}", trials.len(), arguments.seed));
    let table = carry_out(&stage, &reference, &trials, arguments.parallel).await;
    say(&format!("{HEADER}\n{table}"));
    let well = table.broke() == 0 && verdict.violations.is_empty() && table.struck() > 0;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(arguments: &Arguments, reference: &Reference) -> Vec<Trial> {
    if !arguments.replay.is_empty() {
        return arguments.replay.clone();
    }
    let kinds = if arguments.kind.is_empty() { &Kind::ALL[..] } else { &arguments.kind };
    let of = |kind: &Kind| {
        let trials = kind.trials(&reference.trace);
        let count = arguments.plans.unwrap_or(trials.len());
        draw(trials, count, arguments.seed)
    };
    kinds.iter().flat_map(of).collect()
}

async fn carry_out(stage: &Stage, reference: &Reference, trials: &[Trial], parallel: usize) -> Table {
    let mut table = Table::default();
    let performed = stream::iter(trials).map(|trial| async move { (trial, perform(stage, trial, reference).await) });
    let mut performed = std::pin::pin!(performed.buffer_unordered(parallel));
    let mut count = 0;
    while let Some((trial, verdict)) = performed.next().await {
        count += 1;
        match verdict {
            Ok(verdict) => {
                let struck = verdict.struck.as_deref().unwrap_or("nothing");
                let (took, broke) = (verdict.took.as_secs_f64(), verdict.violations.len());
                say(&format!("{count:>5}/{} {trial} struck {struck}, {took:.1} s, {broke} broken", trials.len()));
                verdict.violations.iter().for_each(|violation| say(&format!("  {violation}")));
                table.add(&trial.plan, &verdict);
            }
            Err(error) => say(&format!("{count:>5}/{} {trial} proved nothing: {error}", trials.len())),
        }
    }
    table
}

fn say(text: &str) {
    // Whoever does not read on does not want to know.
    let _ = writeln!(std::io::stdout(), "{text}");
}
