//! The operator's flags. Each can be given as an environment variable instead, as the chart does.

use std::net::SocketAddr;

use clap::Parser;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::log::LogFormat;
use crate::settings::Settings;

/// Keeps the months of every schedule scored.
#[derive(Clone, Debug, Parser)]
#[command(name = "scoring-operator", version)]
pub struct Args {
    /// The image of the scorer, `registry/name:tag` or with a digest.
    #[arg(long, env = "SCORER_IMAGE")]
    pub scorer_image: String,
    /// When a node pulls it.
    #[arg(long, env = "SCORER_PULL_POLICY", default_value = "IfNotPresent", value_parser = ["Always", "IfNotPresent", "Never"])]
    pub scorer_pull_policy: String,
    /// The service account of scorers whose schedule names none.
    #[arg(long, env = "SCORER_SERVICE_ACCOUNT")]
    pub scorer_service_account: Option<String>,
    /// The processor time that a scorer asks for where its schedule says nothing.
    #[arg(long, env = "SCORER_CPU_REQUEST")]
    pub scorer_cpu_request: Option<String>,
    /// The memory that a scorer asks for where its schedule says nothing.
    #[arg(long, env = "SCORER_MEMORY_REQUEST")]
    pub scorer_memory_request: Option<String>,
    /// The memory that a scorer may use where its schedule says nothing.
    #[arg(long, env = "SCORER_MEMORY_LIMIT")]
    pub scorer_memory_limit: Option<String>,
    /// The one namespace to look after; all of them where none is given.
    #[arg(long, env = "WATCH_NAMESPACE")]
    pub namespace: Option<String>,
    /// Where health and figures are served.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Do without a lease: this is the only operator.
    #[arg(long, env = "NO_LEASE")]
    pub no_lease: bool,
    /// The namespace of the lease.
    #[arg(long, env = "POD_NAMESPACE", default_value = "default")]
    pub lease_namespace: String,
    /// The name of the lease.
    #[arg(long, env = "LEASE_NAME", default_value = "scoring-operator")]
    pub lease_name: String,
    /// The name of this process, in events and in the lease.
    #[arg(long, env = "POD_NAME", default_value = "scoring-operator")]
    pub instance: String,
    /// How the log is written.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,
    /// What is logged, as `level` or `target=level,…`.
    #[arg(long, env = "RUST_LOG")]
    pub log: Option<String>,
}

impl Args {
    /// What holds for all schedules.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::of(&self.scorer_image);
        settings.pull_policy.clone_from(&self.scorer_pull_policy);
        settings.service_account.clone_from(&self.scorer_service_account);
        let set = |amount: &mut Option<IntOrString>, given: &Option<String>| {
            if let Some(given) = given {
                *amount = Some(IntOrString::String(given.clone()));
            }
        };
        let requests = settings.resources.requests.get_or_insert_default();
        set(&mut requests.cpu, &self.scorer_cpu_request);
        set(&mut requests.memory, &self.scorer_memory_request);
        set(&mut settings.resources.limits.get_or_insert_default().memory, &self.scorer_memory_limit);
        settings
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_is_given_replaces_the_default_alone() {
        let args = Args::parse_from(["scoring-operator", "--scorer-image", "scorer:1", "--scorer-memory-limit", "2Gi"]);
        let (settings, default) = (args.settings(), Settings::of("scorer:1"));
        assert_eq!(settings.resources.requests, default.resources.requests);
        assert_eq!(settings.resources.limits.unwrap().memory, Some(IntOrString::String("2Gi".to_owned())));
    }
}
