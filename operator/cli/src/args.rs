//! What can be typed: the commands and their flags. What they mean is in [`crate::command`].

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "Examples:
  kubectl scoring local crds/examples/quickstart.yaml           score every due month that is not scored
  kubectl scoring plan schedule.yaml                            say what would be done, and why
  kubectl scoring local schedule.yaml --plan 1f3a…              do exactly that, or refuse if the world has moved
  kubectl scoring local schedule.yaml --from 2021-01 --to 2021-06 --rescore all
  kubectl scoring calendar schedule.yaml                        a year per line, a cell per month
  kubectl scoring explain schedule.yaml 2021-07                 the full story of one month
  kubectl scoring validate schedules/                           everything that would be refused, offline

Exit codes: 0 all is well, 1 a month failed for good, 2 the world has moved since the plan, 75 stopped or try again,
78 a document that cannot be used.";

/// Keeps months scored: on one machine, from the bucket's truth.
#[derive(Debug, Parser)]
#[command(name = "kubectl-scoring", bin_name = "kubectl scoring", version, about, after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Score every due month that is not scored, on this machine
    Local(Local),
    /// Say what would be done for each month, and why
    Plan(Look),
    /// Draw the months: a year per line, a cell per month
    Calendar(Look),
    /// List the months with their rows, errors and reasons
    Status(Look),
    /// Tell the full story of one month
    Explain(Explain),
    /// Check documents: everything that admission and the controller would refuse
    Validate(Validate),
    /// Print a shell's completions, or the executable by which kubectl completes this plugin
    Completions {
        /// What completes.
        #[arg(value_enum)]
        of: Completed,
    },
    /// Print what may come next on a command line
    #[command(hide = true)]
    Complete {
        /// The words typed so far
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}

/// What completes what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Completed {
    /// bash, for kubectl-scoring by its own name
    Bash,
    /// elvish, for kubectl-scoring by its own name
    Elvish,
    /// fish, for kubectl-scoring by its own name
    Fish,
    /// kubectl in any shell: an executable to be saved as `kubectl_complete-scoring` on PATH
    Kubectl,
    /// `PowerShell`, for kubectl-scoring by its own name
    #[value(name = "powershell")]
    PowerShell,
    /// zsh, for kubectl-scoring by its own name
    Zsh,
}

/// Flags of `local`.
#[derive(Debug, clap::Args)]
pub struct Local {
    /// A file or folder of schedules and backfills
    pub documents: PathBuf,
    /// Stay, and follow the cron
    #[arg(long)]
    pub watch: bool,
    /// Score this month only
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["from", "to"])]
    pub month: Option<String>,
    /// Score from this month on
    #[arg(long, value_name = "MONTH", requires = "to")]
    pub from: Option<String>,
    /// Score up to this month
    #[arg(long, value_name = "MONTH", requires = "from")]
    pub to: Option<String>,
    /// Which of those months are scored beside those that the schedule wants scored anyway
    #[arg(long, value_enum, default_value_t = Rescore::Missing)]
    pub rescore: Rescore,
    /// Months at once, in place of what the schedule says
    #[arg(long, value_name = "N")]
    pub parallelism: Option<u16>,
    /// Say what would be done, and do nothing
    #[arg(long, conflicts_with = "watch")]
    pub dry_run: bool,
    /// Do what the plan with this hash says, or nothing
    #[arg(long, value_name = "HASH", conflicts_with = "watch")]
    pub plan: Option<String>,
}

/// What is taken of a range. What the schedule wants by itself is scored in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rescore {
    /// Those that have no output
    Missing,
    /// Those that have no output, failed ones among them
    MissingAndFailed,
    /// Those whose output is stale, also where the schedule keeps or marks it
    Stale,
    /// All of them
    All,
}

/// Flags of the commands that look.
#[derive(Debug, clap::Args)]
pub struct Look {
    /// A file or folder of schedules and backfills
    pub documents: PathBuf,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For a person
    Text,
    /// For a person with a wide screen
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// Flags of `explain`.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// A file or folder of schedules and backfills
    pub documents: PathBuf,
    /// The month, such as 2021-02
    pub month: String,
}

/// Flags of `validate`.
#[derive(Debug, clap::Args)]
pub struct Validate {
    /// A file or folder of schedules and backfills
    pub documents: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_flags_fit_together() {
        super::Args::command().debug_assert();
    }
}
