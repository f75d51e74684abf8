//! `local`: keeps the months of schedules scored on this machine, and draws what came of it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use scorer::stop::Stop;
use scoring_plan::{Month, Plan};

use super::look::planned;
use super::{Exit, complain, looked, say, say_error, unsurveyed, wished};
use crate::args::{Local, Rescore};
use crate::calendar;
use crate::local::report::Report;
use crate::local::{CutShort, Kept, keep, needs_somebody, tries_again};
use crate::view::{hash, heading, table};
use crate::wish::{Narrowing, Wish};
use crate::world::World;

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
    if args.plan.is_some() && wishes.len() != 1 {
        say_error(&format!(
            "--plan is the plan of one schedule, and there are {}: {}; name its file",
            wishes.len(),
            wishes.iter().map(Wish::title).collect::<Vec<_>>().join(", ")
        ));
        return Exit::Unusable;
    }
    let stop = Stop::default();
    let signals = tokio::spawn(stop_when_asked(stop.clone()));
    let exit = rounds(&wishes, args, &stop).await;
    signals.abort();
    exit
}

/// Keeps the schedules once or, with `--watch`, whenever there may be something to do. What is known of each is kept from
/// round to round: a month that failed for good is not tried again just because somebody woke.
async fn rounds(wishes: &[Wish], args: &Local, stop: &Stop) -> Exit {
    let mut worlds: Vec<World> = wishes.iter().map(|_| World::default()).collect();
    for first in std::iter::once(true).chain(std::iter::repeat(false)) {
        let mut exit = Exit::Well;
        for (wish, world) in wishes.iter().zip(&mut worlds) {
            let ended =
                if first { begin(wish, world, args, stop).await } else { go_on(wish, world, stop, false).await };
            exit = exit.and(ended);
        }
        if !args.watch {
            return exit;
        }
        let now = Timestamp::now();
        let next = wishes.iter().zip(&worlds).filter_map(|(wish, world)| wake(&world.plan(wish, now), now)).min();
        sleep_until(next, stop).await;
        if stop.asked() {
            break;
        }
    }
    Exit::TryAgain
}

/// When there may be something to do: at once, where its time came after the last round had looked.
fn wake(plan: &Plan, now: Timestamp) -> Option<Timestamp> {
    if plan.survey.is_some() || !plan.start.is_empty() { Some(now) } else { plan.wake_at }
}

/// The first round of a schedule: a look at the stores and, where that is what was asked for, what there is to do.
async fn begin(wish: &Wish, world: &mut World, args: &Local, stop: &Stop) -> Exit {
    let plan = match looked(wish, world).await {
        Ok(plan) => plan,
        Err(exit) => return exit,
    };
    if args.plan.as_ref().is_some_and(|wanted| *wanted != hash(&plan)) {
        say_error(&format!(
            "{}: the world has moved: the plan is now {}\n{}",
            wish.title(),
            hash(&plan),
            planned(world, &plan)
        ));
        return Exit::Moved;
    }
    if args.dry_run {
        say(&format!("{}\n{}", heading(wish, &plan), planned(world, &plan)));
        return Exit::Well;
    }
    go_on(wish, world, stop, true).await
}

/// Keeps one schedule until there is nothing to do, and draws what came of it; later rounds tell only of what they did.
async fn go_on(wish: &Wish, world: &mut World, stop: &Stop, first: bool) -> Exit {
    let Kept { plan, committed, failed, cut_short } = keep(wish, world, &Report::new(&wish.title()), stop).await;
    if first || committed + failed > 0 {
        say(&format!(
            "{}\n{}\n{}",
            heading(wish, &plan),
            calendar::draw(&plan.months),
            table(&plan, &world.committed, false)
        ));
        say(&summary(committed, failed));
    }
    match cut_short {
        Some(CutShort::Survey(error)) => unsurveyed(wish, &error),
        Some(stopped @ CutShort::Stopped) => {
            complain(&stopped);
            Exit::TryAgain
        }
        None if tries_again(&plan) => Exit::TryAgain,
        None if needs_somebody(&plan) => Exit::NeedsSomebody,
        None => Exit::Well,
    }
}

/// What this process did, in a line.
fn summary(committed: usize, failed: usize) -> String {
    let months = |count: usize| if count == 1 { "1 month was".to_owned() } else { format!("{count} months were") };
    match (committed, failed) {
        (0, 0) => "nothing was to be done\n".to_owned(),
        (_, 0) => format!("{} scored\n", months(committed)),
        (_, 1) => format!("{} scored, 1 attempt failed\n", months(committed)),
        (_, _) => format!("{} scored, {failed} attempts failed\n", months(committed)),
    }
}

fn narrowing(args: &Local) -> Result<Narrowing, String> {
    let parse = |flag: &str, text: &String| text.parse::<Month>().map_err(|error| format!("{flag} {text}: {error}"));
    let (from, to) = match (&args.month, &args.from, &args.to) {
        (Some(month), _, _) => (Some(parse("--month", month)?), Some(parse("--month", month)?)),
        (None, from, to) => {
            let from = from.as_ref().map(|from| parse("--from", from)).transpose()?;
            (from, to.as_ref().map(|to| parse("--to", to)).transpose()?)
        }
    };
    let rescore = match args.rescore {
        Rescore::Missing => scoring_plan::Rescore::Missing,
        Rescore::MissingAndFailed => scoring_plan::Rescore::MissingAndFailed,
        Rescore::Stale => scoring_plan::Rescore::Stale,
        Rescore::All => scoring_plan::Rescore::All,
    };
    let range = match (from, to) {
        (Some(from), Some(to)) => Some((from, to, rescore)),
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
    let longest = Instant::now() + LONGEST_SLEEP;
    while !stop.asked() && Instant::now() < longest && wake.is_none_or(|wake| Timestamp::now() < wake) {
        tokio::time::sleep(ask).await;
    }
}

#[cfg(test)]
mod tests {
    use scoring_plan::history::{Input, MonthFacts, Survey, Surveys};
    use scoring_plan::{History, RawSchedule, Schedule, decide};

    use super::*;

    #[test]
    fn what_became_due_while_a_round_ended_is_not_slept_over() {
        let raw = RawSchedule {
            cron: "* * * * *".to_owned(),
            first: "2021-01".to_owned(),
            last: Some("2021-01".to_owned()),
            task: "model".to_owned(),
            ..RawSchedule::default()
        };
        let at: Timestamp = "2021-02-05T03:00:10Z".parse().unwrap();
        let waiting = MonthFacts { input: Input::NotPublished { since: at }, ..MonthFacts::default() };
        let history = History {
            surveys: Surveys { last: Some(Survey { at, task: "model".to_owned() }), ..Surveys::default() },
            months: [("2021-01".parse().unwrap(), waiting)].into(),
        };
        let schedule = Schedule::new(&raw).unwrap();
        let [early, due] = [40, 60].map(|seconds| at.saturating_add(Duration::from_secs(seconds)).unwrap());
        assert_eq!(wake(&decide(&schedule, &[], &history, early), early), "2021-02-05T03:01:00Z".parse().ok());
        assert_eq!(wake(&decide(&schedule, &[], &history, due), due), Some(due));
    }
}
