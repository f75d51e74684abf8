//! `plan`, `calendar` and `status`: what the bucket says, and what would be done. Nothing is changed.

use super::{Exit, looked, say, wished};
use crate::args::{Look, Output};
use crate::calendar;
use crate::local::needs_somebody;
use crate::view::{self, Estimate, heading, table, view};
use crate::wish::{Narrowing, Wish};
use crate::world::World;
use scoring_plan::Plan;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// What would be done, and why.
    Plan,
    /// The months as cells.
    Calendar,
    /// The months as a table.
    Status,
}

/// Looks at every schedule of the documents.
pub(super) async fn execute(args: &Look, subject: Subject) -> Exit {
    let wishes = match wished(&args.documents, &Narrowing::default()) {
        Ok(wishes) => wishes,
        Err(exit) => return exit,
    };
    let mut views = Vec::new();
    let mut exit = Exit::Well;
    for wish in &wishes {
        let mut world = World::default();
        match looked(wish, &mut world).await {
            Ok(plan) => {
                if needs_somebody(&plan) {
                    exit = exit.and(Exit::NeedsSomebody);
                }
                views.push(view(wish, &plan, &world.committed));
                if matches!(args.output, Output::Text | Output::Wide) {
                    say(&text(wish, &world, &plan, subject, args.output == Output::Wide));
                }
            }
            Err(failed) => exit = exit.and(failed),
        }
    }
    match args.output {
        Output::Json => say(&(serde_json::to_string_pretty(&views).unwrap_or_default() + "\n")),
        Output::Yaml => say(&serde_yaml::to_string(&views).unwrap_or_default()),
        Output::Text | Output::Wide => {}
    }
    exit
}

fn text(wish: &Wish, world: &World, plan: &Plan, subject: Subject, wide: bool) -> String {
    let heading = heading(wish, plan);
    match subject {
        Subject::Plan => format!("{heading}\n{}", planned(world, plan)),
        Subject::Calendar => format!("{heading}\n{}", calendar::draw(&plan.months)),
        Subject::Status => format!("{heading}\n{}", table(plan, &world.committed, wide)),
    }
}

/// What would be done, a line per month, with the hash that `local --plan` takes.
pub(super) fn planned(world: &World, plan: &Plan) -> String {
    let mut lines: Vec<String> = plan
        .start
        .iter()
        .map(|start| format!("  start {} as attempt {}: {}", start.month, start.attempt, start.reason))
        .collect();
    lines.extend(plan.queue.iter().map(|queued| format!("  then  {}: {}", queued.month, queued.reason)));
    if lines.is_empty() {
        lines.push("  nothing to do".to_owned());
    }
    let others = plan.months.iter().filter(|state| {
        !plan.start.iter().any(|start| start.month == state.month)
            && !plan.queue.iter().any(|queued| queued.month == state.month)
    });
    lines.extend(others.map(|state| format!("  leave {}: {}", state.month, state.reason)));
    if let Some(Estimate { months, rows, bytes, milliseconds }) =
        Estimate::of(plan.start.len() + plan.queue.len(), &world.committed)
    {
        let seconds = milliseconds as f64 / 1000.0;
        lines.push(format!(
            "  estimate for {months} months, by those committed: {rows} rows, {bytes} bytes, {seconds:.1} s"
        ));
    }
    lines.push(format!("  plan {}\n", view::hash(plan)));
    lines.join("\n")
}
