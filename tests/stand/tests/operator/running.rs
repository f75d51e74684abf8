//! A running operator, in this process: its clock can be moved, and it can be dropped at any point as a crash would.

use std::path::Path;
use std::sync::Arc;

use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use scoring_operator::client::{Limits, connect};
use scoring_operator::controller::{Operator, RunError, run};
use scoring_operator::metrics::Metrics;
use scoring_operator::settings::Settings;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::MovedClock;

/// An operator that looks after one namespace.
pub(crate) struct Running {
    pub(crate) clock: Arc<MovedClock>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RunError>>,
}

#[expect(clippy::unwrap_used, reason = "an operator that cannot be started is a failed test")]
impl Running {
    /// Starts one as the user of a kubeconfig, without a lease.
    pub(crate) async fn start(kubeconfig: &Path, namespace: &str, settings: Settings) -> Self {
        let clock = Arc::<MovedClock>::default();
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let found = Kubeconfig::read_from(kubeconfig).unwrap();
        let mut config = Config::from_custom_kubeconfig(found, &KubeConfigOptions::default()).await.unwrap();
        // The server is on this machine, whatever the machine's proxy is.
        config.proxy_url = None;
        let operator = Operator {
            client: connect(config, Limits::WORK, &metrics.calls).unwrap(),
            namespace: Some(namespace.to_owned()),
            lease: None,
            settings,
            clock: clock.clone(),
            metrics,
            listener: None,
            instance: "operator".to_owned(),
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(operator, async {
            let _ = stopped.await;
        }));
        Self { clock, stop, task }
    }

    /// Stops it as SIGTERM does.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap().unwrap();
    }

    /// Ends it where it stands.
    pub(crate) async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
