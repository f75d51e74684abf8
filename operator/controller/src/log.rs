//! The log: one line for each thing that happened, as text for people or as JSON for machines. It names schedules, months
//! and Jobs, and never an address with a secret in it, since the controller is given none.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// What is logged where nobody says otherwise: kube repeats as errors what its caller handles.
const DEFAULT: &str = "info,kube=off,kube_client=off,kube_runtime=warn";

/// Begins the log, on standard error. A filter that cannot be read is taken for none.
pub fn start(format: LogFormat, filter: Option<&str>) {
    let filter = filter.and_then(|filter| filter.parse().ok()).unwrap_or_else(|| EnvFilter::new(DEFAULT));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}
