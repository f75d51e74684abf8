//! `local`: keeps the months of schedules scored on this machine, and draws what came of it.

use std::time::Duration;

use jiff::Timestamp;
use scorer::run::Stop;
use scoring_plan::Month;

use super::look::planned;
use super::{Exit, complain, exit_of, looked, say, say_error, wished};
use crate::args::{Local, Rescore};
use crate::calendar;
use crate::local::report::Report;
use crate::local::{CutShort, Kept, keep, needs_somebody};
use crate::view::{hash, heading, table};
use crate::wish::{Narrowing, Wish};

/// The longest sleep of `--watch`: a clock that jumps is noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_mins(10);

/// Keeps every schedule of the documents, one after the other; with `--watch` for ever.
pub(super) async fn execute(args: &Local) -> Exit {
    let narrowing = match narrowing(args) {
        Ok(narrowing) => narrowing,
        Err(problem) => {
            say_error(&problem);
            return Exit::Unusable;
        }
    };
    let wishes = match wished(&args.documents, &narrowing) {
        Ok(wishes) => wishes,
        Err(exit) => return exit,
    };
    let stop = Stop::default();
    let signals = tokio::spawn(stop_when_asked(stop.clone()));
    let mut exit = Exit::Well;
    loop {
        let mut wake: Option<Timestamp> = None;
        for wish in &wishes {
            let (ended, at) = one(wish, args, &stop).await;
            exit = if args.watch { ended } else { exit.and(ended) };
            wake = wake.into_iter().chain(at).min();
        }
        if !args.watch || stop.asked() || exit == Exit::Moved {
            break;
        }
        sleep_until(wake, &stop).await;
    }
    signals.abort();
    exit
}

/// One schedule, and when to look at it again.
async fn one(wish: &Wish, args: &Local, stop: &Stop) -> (Exit, Option<Timestamp>) {
    let (world, plan) = match looked(wish).await {
        Ok(found) => found,
        Err(exit) => return (exit, None),
    };
    if args.plan.as_ref().is_some_and(|wanted| *wanted != hash(&plan)) {
        say_error(&format!(
            "{}: the world has moved: the plan is now {}\n{}",
            wish.name,
            hash(&plan),
            planned(&world, &plan)
        ));
        return (Exit::Moved, None);
    }
    if args.dry_run {
        say(&format!("{}\n{}", heading(&wish.name, &plan), planned(&world, &plan)));
        return (Exit::Well, None);
    }
    let Kept { world, plan, committed, cut_short } = keep(wish, world, &Report::new(&wish.name), stop).await;
    say(&format!(
        "{}\n{}\n{}",
        heading(&wish.name, &plan),
        calendar::draw(&plan.months),
        table(&plan, &world.committed, false)
    ));
    say(&summary(committed));
    let exit = match &cut_short {
        Some(CutShort::Survey(error)) => exit_of(error),
        Some(CutShort::Stopped) => Exit::TryAgain,
        None if needs_somebody(&plan) => Exit::NeedsSomebody,
        None => Exit::Well,
    };
    if let Some(cut_short) = &cut_short {
        complain(cut_short);
    }
    (exit, plan.wake_at)
}

fn summary(committed: usize) -> String {
    match committed {
        0 => "nothing was to be done\n".to_owned(),
        1 => "1 month was scored\n".to_owned(),
        many => format!("{many} months were scored\n"),
    }
}

fn narrowing(args: &Local) -> Result<Narrowing, String> {
    let parse = |text: &String| text.parse::<Month>().map_err(|error| error.to_string());
    let (from, to) = (args.month.as_ref().or(args.from.as_ref()), args.month.as_ref().or(args.to.as_ref()));
    let rescore = match args.rescore {
        Rescore::Missing => scoring_plan::Rescore::Missing,
        Rescore::MissingAndFailed => scoring_plan::Rescore::MissingAndFailed,
        Rescore::Stale => scoring_plan::Rescore::Stale,
        Rescore::All => scoring_plan::Rescore::All,
    };
    let range = match (from, to) {
        (Some(from), Some(to)) => Some((parse(from)?, parse(to)?, rescore)),
        _ if args.rescore == Rescore::Missing => None,
        _ => return Err("--rescore needs the months that it is about: add --month, or --from and --to".to_owned()),
    };
    if range.is_some_and(|(from, to, _)| to < from) {
        return Err("--to lies before --from: exchange them".to_owned());
    }
    Ok(Narrowing { range, parallelism: args.parallelism })
}

/// SIGTERM is how a service is asked to go, SIGINT how a person asks. What runs ends at its next batch.
async fn stop_when_asked(stop: Stop) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.ask();
}

/// Sleeps until the instant, or until somebody asks to stop.
async fn sleep_until(wake: Option<Timestamp>, stop: &Stop) {
    let ask = Duration::from_millis(200);
    let until = Timestamp::now().as_second() + LONGEST_SLEEP.as_secs() as i64;
    let until = wake.map_or(until, |wake| wake.as_second().min(until));
    while !stop.asked() && Timestamp::now().as_second() < until {
        tokio::time::sleep(ask).await;
    }
}
