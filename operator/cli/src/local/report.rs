//! Telling how far `local` is: a bar per running month and one for all on a terminal, a line per event elsewhere.

use std::io::{IsTerminal, Write};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use scorer::failure;
use scorer::progress::{Progress, Silent};
use scoring_contract::outcome::Status;
use scoring_plan::{Month, Start};

use super::attempts::Ended;

/// Tells how far one schedule is.
pub struct Report {
    name: String,
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
}

/// The bar of one month.
struct MonthBar(ProgressBar);

impl Progress for MonthBar {
    fn rows(&self, read: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(read);
    }
}

impl Drop for MonthBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Report {
    /// A report on standard error, of the kind that fits it.
    pub fn new(name: &str) -> Self {
        let bars = std::io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let total = all.add(ProgressBar::new(0).with_prefix(name.to_owned()));
            total.set_style(style("{prefix} [{bar:30}] {pos} of {len} months"));
            Bars { all, total }
        });
        Self { name: name.to_owned(), bars }
    }

    /// A month begins.
    pub fn started(&self, start: &Start) {
        let name = &self.name;
        let asked = start.backfill.as_ref().map(|backfill| format!(", for {backfill}")).unwrap_or_default();
        self.line(&format!("{name} {} starts: {}{asked}", start.month, start.reason));
    }

    /// The bar of a month that begins.
    pub(super) fn bar(&self, month: Month) -> Box<dyn Progress + Send> {
        let Some(bars) = &self.bars else { return Box::new(Silent) };
        let bar = bars.all.insert_before(&bars.total, ProgressBar::new(0).with_prefix(month.to_string()));
        bar.set_style(style("  {prefix} [{bar:30}] {human_pos}/{human_len} rows"));
        Box::new(MonthBar(bar))
    }

    /// So many months are running or to be started.
    pub(super) fn left(&self, months: usize) {
        if let Some(bars) = &self.bars {
            bars.total.set_length(bars.total.position() + months as u64);
        }
    }

    /// A month ended.
    pub(super) fn ended(&self, ended: &Ended) {
        let (name, month) = (&self.name, ended.month);
        match &ended.result {
            Ok(done) => {
                let rows = done.manifest.output.as_ref().map_or(0, |output| output.rows);
                let took = done.manifest.timings.map_or(0, |timings| timings.total_ms);
                let what = if done.status == Status::Committed { "is scored" } else { "was committed already" };
                self.line(&format!("{name} {month} {what}: {rows} rows in {took} ms"));
            }
            Err(error) => {
                let verdict = failure::of(error);
                self.line(&format!(
                    "{name} {month} is not scored: {}\n  to do: {}",
                    failure::chain(error),
                    verdict.remedy
                ));
            }
        }
        if let Some(bars) = &self.bars {
            bars.total.inc(1);
        }
    }

    fn line(&self, text: &str) {
        match &self.bars {
            // Whoever reads the lines may have gone away; the work goes on.
            Some(bars) => drop(bars.all.println(text)),
            None => drop(writeln!(std::io::stderr().lock(), "{text}")),
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if let Some(bars) = &self.bars {
            bars.total.finish_and_clear();
        }
    }
}
