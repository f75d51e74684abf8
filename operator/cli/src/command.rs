//! The commands: documents in, something printed or done, one exit code. What is decided and done is elsewhere.

mod complete;
mod explain;
mod local;
mod look;
mod validate;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use jiff::Timestamp;
use scorer::survey::SurveyError;
use scoring_contract::ExitClass;
use scoring_plan::Plan;

use crate::args::{Args, Command, Completed};
use crate::documents;
use crate::wish::{Narrowing, Wish, wishes};
use crate::world::World;

/// How a command ended, for a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well: every due month is scored, or waits for its input.
    Well,
    /// A month needs somebody to change something.
    NeedsSomebody,
    /// The world has moved since the plan that was asked for.
    Moved,
    /// Stopped, or a store did not answer.
    TryAgain,
    /// A document that cannot be used.
    Unusable,
}

impl Exit {
    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if u8::from(self) >= u8::from(other) { self } else { other }
    }
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Well => 0,
            Exit::NeedsSomebody => 1,
            Exit::Moved => 2,
            Exit::TryAgain => 75,
            Exit::Unusable => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(u8::from(exit))
    }
}

/// Does what was typed.
pub async fn execute(args: Args) -> Exit {
    match args.command {
        Command::Local(args) => local::execute(&args).await,
        Command::Plan(args) => look::execute(&args, look::Subject::Plan).await,
        Command::Calendar(args) => look::execute(&args, look::Subject::Calendar).await,
        Command::Status(args) => look::execute(&args, look::Subject::Status).await,
        Command::Explain(args) => explain::execute(&args).await,
        Command::Validate(args) => validate::execute(&args),
        Command::Completions { of } => {
            completions(of);
            Exit::Well
        }
        Command::Complete { words } => {
            let mut command = Args::command();
            command.build();
            say(&complete::answer(&command, &words));
            Exit::Well
        }
    }
}

/// Asks the plugin for what may come next; kubectl finds it on PATH (Kubernetes enhancement 2379).
const KUBECTL_COMPLETE: &str = "#!/bin/sh
# Completes `kubectl scoring`: save it as kubectl_complete-scoring, executable, in a folder of PATH.
exec kubectl-scoring complete -- \"$@\"
";

fn completions(of: Completed) {
    use clap_complete::Shell;
    let shell = match of {
        Completed::Bash => Shell::Bash,
        Completed::Elvish => Shell::Elvish,
        Completed::Fish => Shell::Fish,
        Completed::PowerShell => Shell::PowerShell,
        Completed::Zsh => Shell::Zsh,
        Completed::Kubectl => return say(KUBECTL_COMPLETE),
    };
    clap_complete::generate(shell, &mut Args::command(), "kubectl-scoring", &mut std::io::stdout());
}

/// The wishes of documents that are all in order; their faults are told otherwise.
fn wished(documents: &Path, narrowing: &Narrowing) -> Result<Vec<Wish>, Exit> {
    let (documents, mut errors) = documents::read(documents);
    let (wishes, faults) = wishes(&documents, narrowing, Timestamp::now());
    errors.extend(faults);
    if errors.is_empty() {
        return Ok(wishes);
    }
    for error in &errors {
        complain(error);
    }
    Err(Exit::Unusable)
}

/// What is known of a wish's months now, and what would be done.
async fn looked(wish: &Wish, world: &mut World) -> Result<Plan, Exit> {
    let now = Timestamp::now();
    world.survey(wish, now).await.map_err(|error| unsurveyed(wish, &error))?;
    Ok(world.plan(wish, now))
}

/// Tells of a failed survey, and what it means for a script.
fn unsurveyed(wish: &Wish, error: &SurveyError) -> Exit {
    let verdict = scorer::failure::of_survey(error);
    say_error(&format!("{}: {}\n  to do: {}", wish.title(), scorer::failure::chain(error), verdict.remedy));
    match verdict.class {
        ExitClass::TryAgain => Exit::TryAgain,
        ExitClass::BadSetting => Exit::Unusable,
        _ => Exit::NeedsSomebody,
    }
}

fn complain(error: &dyn std::error::Error) {
    say_error(&scorer::failure::chain(error));
}

fn say_error(text: &str) {
    // Whoever reads may have gone away.
    drop(writeln!(std::io::stderr(), "error: {text}"));
}

/// Prints to standard output, in colour where a terminal shows it (`NO_COLOR` and pipes get none).
fn say(text: &str) {
    drop(write!(anstream::stdout(), "{text}"));
}
