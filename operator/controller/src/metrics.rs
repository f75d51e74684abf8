//! What the operator says of itself in numbers, as OpenMetrics text. Labels are bounded: verbs, kinds and outcomes are
//! closed lists, and a schedule's series end with it.

mod calls;
mod passes;
mod schedules;

use std::sync::{Arc, Mutex};

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

pub use self::calls::{Call, CallFigures, CallOutcome};
pub use self::passes::PassFigures;
pub use self::schedules::ScheduleBoard;
use crate::clock::Clock;

/// Every figure.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    /// Of the calls to the API server.
    pub calls: CallFigures,
    /// Of the passes over schedules.
    pub passes: PassFigures,
    /// Of the schedules.
    pub schedules: ScheduleBoard,
}

impl Metrics {
    /// Figures that grow by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let mut registry = Registry::with_prefix("scoring");
        let calls = CallFigures::register(&mut registry);
        let passes = PassFigures::register(&mut registry);
        let schedules = ScheduleBoard::new(clock);
        registry.register_collector(Box::new(schedules.clone()));
        Self { registry: Mutex::new(registry), calls, passes, schedules }
    }

    /// All of them, as OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Writing to a String cannot fail.
        let _ = text::encode(&mut text, &registry);
        text
    }
}
