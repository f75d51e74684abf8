//! `explain`: the full story of one month: when it became due, what is published, what is committed and from what, what was
//! decided and why, and what comes next.

use std::fmt::Write;

use futures::FutureExt;
use scorer::commit::Place;
use scorer::store::Store;
use scorer::uri::Uri;
use scoring_contract::Manifest;
use scoring_plan::history::{Input, Output};
use scoring_plan::{Month, Plan};

use super::{Exit, looked, say, say_error, wished};
use crate::args::Explain;
use crate::calendar::word;
use crate::wish::{Narrowing, Wish};
use crate::world::World;

/// Tells the story of a month in every schedule that has it.
pub(super) async fn execute(args: &Explain) -> Exit {
    let month = match args.month.parse::<Month>() {
        Ok(month) => month,
        Err(error) => {
            say_error(&format!("{}: {error}", args.month));
            return Exit::Unusable;
        }
    };
    let wishes = match wished(&args.documents, &Narrowing::default()) {
        Ok(wishes) => wishes,
        Err(exit) => return exit,
    };
    let mut exit = Exit::Well;
    for wish in &wishes {
        let mut world = World::default();
        match looked(wish, &mut world).await {
            Ok(plan) => {
                let manifest = manifest(wish, &world, month).await;
                say(&story(wish, &world, &plan, month, manifest.as_ref()));
            }
            Err(failed) => exit = exit.and(failed),
        }
    }
    exit
}

/// The manifest that commits a month's output, where one does.
async fn manifest(wish: &Wish, world: &World, month: Month) -> Option<Manifest> {
    let task = wish.task(month).ok()?;
    let uri = Uri::parse(&world.committed.get(&month)?.uri).ok()?;
    let store = Store::new(task.output_storage);
    let found = Place::new(&store, uri).look().boxed_local().await.ok()?;
    found.committed().cloned()
}

fn story(wish: &Wish, world: &World, plan: &Plan, month: Month, manifest: Option<&Manifest>) -> String {
    let mut text = format!("{} {month}\n", wish.title());
    let mut line = |label: &str, words: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {label:<10}{words}");
    };
    line("due", due(wish, month));
    if let Some(facts) = world.history.facts(month) {
        line("input", input(&facts.input));
        line("output", output(&facts.output));
    }
    if let Some(manifest) = manifest {
        for (label, words) in made(manifest) {
            line(label, words);
        }
    }
    match plan.months.iter().find(|state| state.month == month) {
        Some(state) => line("standing", format!("{}: {}", word(state.standing), state.reason)),
        None => line("standing", "not due, and no backfill names it".to_owned()),
    }
    let start = plan.start.iter().find(|start| start.month == month);
    let queued = plan.queue.iter().find(|queued| queued.month == month);
    match (start, queued) {
        (Some(start), _) => line("next", format!("attempt {} is to start: {}", start.attempt, start.reason)),
        (None, Some(queued)) => line("next", format!("it is to start when a slot is free: {}", queued.reason)),
        (None, None) => line("next", "nothing is to be done".to_owned()),
    }
    text
}

fn due(wish: &Wish, month: Month) -> String {
    if !wish.schedule.follows_ticks() {
        return "never by itself: only what the backfill names is scored".to_owned();
    }
    let since = wish.schedule.due_since(month).map_or("never".to_owned(), |tick| tick.at.to_string());
    let late = wish.schedule.deadline(month).map(|at| format!(", late from {at}")).unwrap_or_default();
    format!("{since}{late}")
}

fn input(input: &Input) -> String {
    match input {
        Input::Unknown => "not looked at".to_owned(),
        Input::NotPublished { since } => format!("not published, as seen since {since}"),
        Input::Denied { permission, since } => format!("denied since {since}: {permission}"),
        Input::Available { identity } => format!("available, tag and size {identity}"),
    }
}

fn output(output: &Output) -> String {
    match output {
        Output::None => "nothing is committed".to_owned(),
        Output::Current => "committed, from what is there now".to_owned(),
        Output::Stale(changes) => {
            let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
            format!("committed, and stale: {}", changes.join(", "))
        }
        Output::Withheld { detail } => format!("withheld: {detail}"),
        Output::Damaged { detail } => format!("damaged: {detail}"),
    }
}

/// What an output was made from, and what it holds.
fn made(manifest: &Manifest) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        (
            "made from",
            format!("{} ({} rows, tag {})", manifest.input.uri, manifest.input.rows.unwrap_or(0), manifest.input.etag),
        ),
        ("made with", format!("{} ({})", manifest.model.uri, manifest.model.classes.join(", "))),
        ("made by", format!("attempt {}, scorer {}", manifest.attempt, manifest.scorer.version)),
    ];
    if let Some(output) = &manifest.output {
        lines.push(("made", format!("{} ({} rows, {} bytes)", output.uri, output.rows, output.size)));
    }
    let Some(figures) = &manifest.figures else { return lines };
    if let (Some(mean), Some(min), Some(max)) = (figures.mean, figures.min, figures.max) {
        lines.push((
            "predicted",
            format!("mean {mean:.3}, from {min:.3} to {max:.3}; {} rows left out", figures.left_out),
        ));
    }
    let unseen = figures.unseen_share.iter().map(|(name, share)| format!("{name} {:.1} %", share * 100.0));
    let unseen: Vec<String> = unseen.collect();
    if !unseen.is_empty() {
        lines.push(("unseen", unseen.join(", ")));
    }
    if let Some(error) = figures.error {
        lines.push((
            "error",
            format!("MAE {:.4}, RMSE {:.4}, bias {:.4} over {} rows", error.mae, error.rmse, error.bias, error.rows),
        ));
    }
    lines
}
