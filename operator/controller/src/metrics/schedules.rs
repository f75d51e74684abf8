//! Figures of schedules. They are kept as their last pass left them, and worked out at each scrape where they grow with
//! time; a schedule that is gone has none.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::cache::Key;
use crate::clock::Clock;
use crate::report::ScheduleFigures;

/// The figures of every schedule.
#[derive(Clone)]
pub struct ScheduleBoard {
    rows: Arc<Mutex<BTreeMap<Key, Row>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    figures: Option<ScheduleFigures>,
    attempts: BTreeMap<(String, String), u64>,
}

impl ScheduleBoard {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rows: Arc::default(), clock }
    }

    /// Notes what a pass found.
    pub fn set(&self, key: &Key, figures: ScheduleFigures) {
        self.lock().entry(key.clone()).or_default().figures = Some(figures);
    }

    /// Counts an attempt that has ended, by outcome and class of failure: two closed lists.
    pub fn ended(&self, key: &Key, outcome: String, class: String) {
        *self.lock().entry(key.clone()).or_default().attempts.entry((outcome, class)).or_default() += 1;
    }

    /// Forgets a schedule that is gone.
    pub fn remove(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ScheduleBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScheduleBoard").field("rows", &self.rows).finish_non_exhaustive()
    }
}

type Labels<'a> = [(&'static str, &'a str); 2];

fn labels(key: &Key) -> Labels<'_> {
    [("namespace", &key.namespace), ("schedule", &key.name)]
}

impl Collector for ScheduleBoard {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let now = self.clock.now();
        let rows = self.lock().clone();
        let figures = || rows.iter().filter_map(|(key, row)| Some((key, row.figures.as_ref()?)));
        let mut months = gauge(&mut encoder, "schedule_months", "Months of a schedule, by how they stand", None)?;
        for (key, figures) in figures() {
            for (state, count) in figures.months {
                let labels = [("state", state), labels(key)[0], labels(key)[1]];
                ConstGauge::new(count as i64).encode(months.encode_family(&labels)?)?;
            }
        }
        let since = |at: Option<Timestamp>| at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        let at = |at: Timestamp| at.as_second() as f64;
        let mut all = |name, help, value: &dyn Fn(&ScheduleFigures) -> Option<f64>| -> fmt::Result {
            let mut metric = gauge(&mut encoder, name, help, Some(&Unit::Seconds))?;
            for (key, figures) in figures() {
                if let Some(value) = value(figures) {
                    ConstGauge::new(value).encode(metric.encode_family(&labels(key))?)?;
                }
            }
            Ok(())
        };
        all("schedule_freshness", "For how long the newest due month has been due without an output", &|row| {
            Some(since(row.behind_since))
        })?;
        all("schedule_lateness", "For how long the newest due month has been late by its deadline", &|row| {
            Some(since(row.late_since))
        })?;
        all("schedule_next_tick_timestamp", "When the next month becomes due", &|row| row.next_tick.map(at))?;
        all("schedule_last_survey_timestamp", "When the store was last looked at", &|row| row.last_survey.map(at))?;
        attempts(&mut encoder, &rows)
    }
}

fn attempts(encoder: &mut DescriptorEncoder, rows: &BTreeMap<Key, Row>) -> fmt::Result {
    let help = "Attempts at months that have ended since the operator began";
    let mut metric = encoder.encode_descriptor("attempts", help, None, MetricType::Counter)?;
    for (key, row) in rows {
        for ((outcome, class), count) in &row.attempts {
            let [namespace, schedule] = labels(key);
            let labels = [("outcome", outcome.as_str()), ("class", class.as_str()), namespace, schedule];
            ConstCounter::new(*count).encode(metric.encode_family(&labels)?)?;
        }
    }
    Ok(())
}

fn gauge<'s>(
    encoder: &'s mut DescriptorEncoder<'_>,
    name: &'s str,
    help: &str,
    unit: Option<&'s Unit>,
) -> Result<MetricEncoder<'s>, fmt::Error> {
    encoder.encode_descriptor(name, help, unit, MetricType::Gauge)
}
