//! Figures of the passes over schedules: how many, how long, how many failed, how many wait.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The upper bounds of the durations that are told apart, in seconds.
const DURATIONS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0, 60.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// Figures of passes.
#[derive(Clone, Debug)]
pub struct PassFigures {
    duration: Histogram,
    errors: Family<Reason, Counter>,
    waiting: Gauge,
}

impl PassFigures {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let figures =
            Self { duration: Histogram::new(DURATIONS), errors: Family::default(), waiting: Gauge::default() };
        registry.register_with_unit(
            "reconcile_duration",
            "How long passes over a schedule took",
            Unit::Seconds,
            figures.duration.clone(),
        );
        registry.register("reconcile_errors", "Passes over a schedule that failed", figures.errors.clone());
        registry.register("queue_depth", "Schedules that wait for a pass", figures.waiting.clone());
        figures
    }

    /// Counts a pass.
    pub fn record(&self, took: Duration) {
        self.duration.observe(took.as_secs_f64());
    }

    /// Counts a pass that failed, by one of a few reasons.
    pub fn failed(&self, reason: &'static str) {
        self.errors.get_or_create(&Reason { reason }).inc();
    }

    /// How many schedules wait for a pass.
    pub fn set_waiting(&self, schedules: usize) {
        self.waiting.set(schedules as i64);
    }
}
