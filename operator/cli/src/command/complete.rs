//! The words that may come next on a command line of `kubectl scoring`, for kubectl's own completion: it calls an
//! executable `kubectl_complete-scoring` with the words typed so far (Kubernetes enhancement 2379), which calls this.

use clap::builder::PossibleValue;
use clap::{Arg, Command};

/// What kubectl does with the answer beside showing it: cobra's `ShellCompDirective`, 1.10, `completions.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The shell completes files where the answer is empty.
    Files = 0,
    /// Nothing else.
    Nothing = 4,
}

/// What comes next in `command` after these words, the last of which is being typed: a line for each candidate with what
/// it means, and a last line for kubectl.
pub(super) fn answer(command: &Command, words: &[String]) -> String {
    let (before, typed) = match words.split_last() {
        Some((typed, before)) => (before, typed.as_str()),
        None => (words, ""),
    };
    let (candidates, then) = candidates(command, before, typed);
    let fitting = candidates.into_iter().filter(|(word, _)| word.starts_with(typed));
    let mut lines: Vec<String> = fitting.map(|(word, about)| format!("{word}\t{about}")).collect();
    lines.push(format!(":{}\n", then as u8));
    lines.join("\n")
}

type Candidates = Vec<(String, String)>;

fn candidates(command: &Command, before: &[String], typed: &str) -> (Candidates, Then) {
    let Some((name, flags)) = before.split_first() else { return (commands(command), Then::Nothing) };
    let Some(command) = command.find_subcommand(name) else { return (Vec::new(), Then::Nothing) };
    let expected = flags.last().and_then(|flag| valued(command, flag));
    match expected {
        Some(flag) => (values(flag), Then::Nothing),
        None if typed.starts_with('-') => (long_flags(command), Then::Nothing),
        None => positional(command, flags),
    }
}

fn commands(command: &Command) -> Candidates {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    shown.map(|command| (command.get_name().to_owned(), text(command.get_about()))).collect()
}

fn long_flags(command: &Command) -> Candidates {
    let flags = command.get_arguments().filter_map(|flag| Some((format!("--{}", flag.get_long()?), flag)));
    flags.map(|(word, flag)| (word, text(flag.get_help()))).collect()
}

/// The flag that this word is, where it takes a value.
fn valued<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let is = |flag: &&Arg| match word.strip_prefix("--") {
        Some(long) => flag.get_long() == Some(long),
        None => {
            word.strip_prefix('-').is_some_and(|short| flag.get_short().map(String::from).as_deref() == Some(short))
        }
    };
    command.get_arguments().find(is).filter(|flag| flag.get_action().takes_values())
}

fn values(flag: &Arg) -> Candidates {
    let value = |value: &PossibleValue| (value.get_name().to_owned(), text(value.get_help()));
    flag.get_possible_values().iter().map(value).collect()
}

/// The first positional argument that is not typed yet: its values, or the shell's files where it is a path.
fn positional(command: &Command, words: &[String]) -> (Candidates, Then) {
    let mut values_before = words.iter().zip(std::iter::once(None).chain(words.iter().map(Some)));
    let is_value = |(word, before): &(&String, Option<&String>)| {
        word.starts_with('-') || before.is_some_and(|flag| valued(command, flag).is_some())
    };
    let typed = values_before.by_ref().filter(|pair| !is_value(pair)).count();
    match command.get_positionals().nth(typed) {
        Some(argument) if argument.get_value_hint() == clap::ValueHint::AnyPath => (Vec::new(), Then::Files),
        Some(argument) => (values(argument), Then::Nothing),
        None => (Vec::new(), Then::Nothing),
    }
}

fn text(help: Option<&clap::builder::StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Args;

    /// Words that were typed, and what may come next.
    struct Case {
        typed: &'static [&'static str],
        candidates: &'static [&'static str],
        then: &'static str,
    }

    #[test]
    fn what_may_come_next_is_told_with_what_the_shell_does_then() {
        #[rustfmt::skip]
        let cases = [
            Case { typed: &["ca"], candidates: &["calendar"], then: ":4" },
            Case { typed: &["lo"], candidates: &["local"], then: ":4" },
            Case { typed: &["no-such", ""], candidates: &[], then: ":4" },
            Case { typed: &["local", ""], candidates: &[], then: ":0" },
            Case { typed: &["local", "--p"], candidates: &["--parallelism", "--plan"], then: ":4" },
            Case { typed: &["local", "--rescore", ""], candidates: &["missing", "missing-and-failed", "stale", "all"], then: ":4" },
            Case { typed: &["local", "--rescore", "st"], candidates: &["stale"], then: ":4" },
            Case { typed: &["local", "--month", ""], candidates: &[], then: ":4" },
            Case { typed: &["local", "--month", "2021-02", ""], candidates: &[], then: ":0" },
            Case { typed: &["local", "--watch", ""], candidates: &[], then: ":0" },
            Case { typed: &["local", "folder", ""], candidates: &[], then: ":4" },
            Case { typed: &["explain", "folder", ""], candidates: &[], then: ":4" },
            Case { typed: &["status", "-o", "j"], candidates: &["json"], then: ":4" },
            Case { typed: &["completions", "k"], candidates: &["kubectl"], then: ":4" },
        ];
        let mut command = Args::command();
        command.build();
        for Case { typed, candidates, then } in cases {
            let words: Vec<String> = typed.iter().map(|word| (*word).to_owned()).collect();
            let told = answer(&command, &words);
            let (lines, last) = told.trim_end().rsplit_once('\n').unwrap_or(("", told.trim_end()));
            let found: Vec<&str> = lines.lines().filter_map(|line| line.split('\t').next()).collect();
            assert_eq!((found.as_slice(), last), (candidates, then), "{typed:?}");
        }
    }

    #[test]
    fn what_completes_is_no_command_to_choose() {
        let told = answer(&Args::command(), &[String::new()]);
        assert!(told.contains("validate\tCheck documents") && !told.contains("complete\t"), "{told}");
    }
}
