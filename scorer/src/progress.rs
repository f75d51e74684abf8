//! Saying how far a run is: a bar for a person, lines of JSON for everything else.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Whoever wants to know how far a run is.
pub trait Progress: Sync {
    /// Rows read so far, of all.
    fn rows(&self, read: u64, total: u64);
}

/// The time between two lines.
const PACE: Duration = Duration::from_secs(2);

/// A bar on standard error.
pub struct Bar(ProgressBar);

/// Lines on standard output, one every two seconds at most.
pub struct Lines {
    month: String,
    last: Mutex<Option<Instant>>,
}

/// Nobody is told.
pub struct Silent;

impl Progress for Silent {
    fn rows(&self, _read: u64, _total: u64) {}
}

/// The progress that fits where this process runs.
pub fn for_process(month: &str) -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() {
        let style =
            ProgressStyle::with_template("{prefix} [{bar:30}] {human_pos}/{human_len} rows, {per_sec}, {eta} left");
        let bar = ProgressBar::new(0).with_prefix(month.to_owned());
        return Box::new(Bar(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))));
    }
    Box::new(Lines { month: month.to_owned(), last: Mutex::new(None) })
}

impl Progress for Bar {
    fn rows(&self, read: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(read);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Lines {
    fn rows(&self, read: u64, total: u64) {
        let Ok(mut last) = self.last.lock() else { return };
        if last.is_some_and(|last| last.elapsed() < PACE) {
            return;
        }
        *last = Some(Instant::now());
        let line = serde_json::json!({"progress": {"month": self.month, "rows": read, "of": total}});
        // Whoever reads the lines may have gone away; the run goes on.
        drop(writeln!(std::io::stdout().lock(), "{line}"));
    }
}
