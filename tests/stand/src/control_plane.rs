//! A control plane for tests: a real API server with its controllers, that ends with its owner.
//!
//! It knows nothing of what is tested. Pods stay pending until a [`Node`](crate::Node) takes them.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::PostParams;
use kube::{Api, Client};
use rustix::process::Signal;
use tokio::sync::OnceCell;

use crate::assets::{Assets, root};
use crate::options::{ADMIN, Options, User};
use crate::program::Running;
use crate::servers::{Servers, kubeconfig_path};
use crate::watchdog::Watchdog;
use crate::{AuditLog, Kubectl, Namespace, StandError, definitions, kubeconfig};

/// How long a service account's token is good for, in seconds: longer than any test.
const TOKEN_SECONDS: i64 = 24 * 3600;

/// A control plane: the stand's own, or with `USE_EXISTING_CLUSTER=true` the one that `KUBECONFIG` names.
pub struct ControlPlane {
    folder: PathBuf,
    users: Vec<User>,
    // None where the cluster was there before.
    servers: Option<Servers>,
}

impl ControlPlane {
    /// Starts one on free ports, with no data, and waits until its controllers work.
    ///
    /// With `USE_EXISTING_CLUSTER=true` nothing is started: the users are then those that the admin of that cluster acts
    /// as, there is no audit log, and its API server cannot be stopped.
    pub async fn start(options: Options) -> Result<Self, StandError> {
        let folder = folder()?;
        if !env::var("USE_EXISTING_CLUSTER").is_ok_and(|value| value.eq_ignore_ascii_case("true")) {
            let servers = Servers::start(&folder, &options).await?;
            return Ok(Self { folder, users: options.users, servers: Some(servers) });
        }
        for user in &options.users {
            let path = kubeconfig_path(&folder, &user.name);
            kubeconfig::write_impersonation(&path, user, user.name == ADMIN)?;
        }
        Ok(Self { folder, users: options.users, servers: None })
    }

    /// The one that all tests of a test binary share; it ends with the process. It has no user but [`ADMIN`].
    pub async fn shared() -> Result<&'static Self, StandError> {
        static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();
        SHARED.get_or_try_init(|| Self::start(Options::default())).await
    }

    /// The kubeconfig of a user.
    pub fn kubeconfig(&self, user: &str) -> Result<PathBuf, StandError> {
        if self.users.iter().any(|known| known.name == user) {
            return Ok(kubeconfig_path(&self.folder, user));
        }
        Err(StandError::User { name: user.to_owned() })
    }

    /// A client of a user. It belongs to the runtime that it is made in, so each test makes its own.
    pub async fn client(&self, user: &str) -> Result<Client, StandError> {
        kubeconfig::client(&self.kubeconfig(user)?).await
    }

    /// A client of [`ADMIN`].
    pub async fn admin(&self) -> Result<Client, StandError> {
        self.client(ADMIN).await
    }

    /// The kubeconfig of a service account, with a token from the `TokenRequest` API, as a pod gets one.
    pub async fn service_account(&self, namespace: &str, name: &str) -> Result<PathBuf, StandError> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.admin().await?, namespace);
        let spec = TokenRequestSpec { expiration_seconds: Some(TOKEN_SECONDS), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let user = format!("system:serviceaccount:{namespace}:{name}");
        let answer = accounts.create_token_request(name, &PostParams::default(), &request).await;
        let answer = answer.map_err(StandError::call("get a token of", &user))?;
        let token = answer.status.map(|status| status.token).unwrap_or_default();
        kubeconfig::write_with_token(&kubeconfig_path(&self.folder, &user), &self.kubeconfig(ADMIN)?, &token)
    }

    /// A client for a kubeconfig, such as that of [`Self::service_account`].
    pub async fn client_of(&self, kubeconfig: &Path) -> Result<Client, StandError> {
        kubeconfig::client(kubeconfig).await
    }

    /// A new namespace in which pods can be made; it goes with its value.
    pub async fn namespace(&self, prefix: &str) -> Result<Namespace, StandError> {
        Namespace::create(&self.kubeconfig(ADMIN)?, prefix).await
    }

    /// Applies the product's definitions, `crds/*.yaml`, and waits until they are served.
    pub async fn apply_crds(&self) -> Result<(), StandError> {
        definitions::apply(self.admin().await?, &root().join("crds")).await
    }

    /// `kubectl` of the same version, as a user.
    pub fn kubectl(&self, user: &str) -> Result<Kubectl, StandError> {
        let program = match &self.servers {
            Some(servers) => servers.program("kubectl"),
            None => Assets::find(&["kubectl"])?.path("kubectl"),
        };
        Ok(Kubectl::new(program, self.kubeconfig(user)?))
    }

    /// A reader of the audit log, at its beginning.
    pub fn audit(&self) -> Result<AuditLog, StandError> {
        let log = self.servers("read the audit log")?.audit_log();
        Ok(AuditLog::new(log.ok_or(StandError::NotAudited)?))
    }

    /// The servers that run now, each with its process id and memory; none for an existing cluster.
    pub fn running(&self) -> Vec<Running> {
        self.servers.as_ref().map(Servers::running).unwrap_or_default()
    }

    /// Whether the stand started it. Of another cluster there is no audit log, and its servers cannot be stopped: a test
    /// that needs either says so and leaves itself out.
    pub fn is_ours(&self) -> bool {
        self.servers.is_some()
    }

    /// The folder with the logs of the servers.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops the API server where it stands (SIGSTOP): connections stay open and nothing answers.
    pub fn stop_api_server(&self) -> Result<(), StandError> {
        self.servers("stop the API server")?.signal_api_server(Signal::STOP)
    }

    /// Lets it go on (SIGCONT).
    pub fn continue_api_server(&self) -> Result<(), StandError> {
        self.servers("continue the API server")?.signal_api_server(Signal::CONT)
    }

    /// Ends the API server as a crash does: connections are reset and refused.
    pub fn kill_api_server(&self) -> Result<(), StandError> {
        self.servers("kill the API server").map(Servers::kill_api_server)
    }

    /// Starts the API server again on the same port and data, and waits until it is ready.
    pub async fn start_api_server(&self) -> Result<(), StandError> {
        self.servers("start the API server")?.start_api_server().await
    }

    fn servers(&self, doing: &'static str) -> Result<&Servers, StandError> {
        self.servers.as_ref().ok_or(StandError::Existing { doing })
    }
}

/// A folder of its own for each control plane of this process.
fn folder() -> Result<PathBuf, StandError> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = Watchdog::of_this_process()?.folder().join(format!("control-plane-{number}"));
    std::fs::create_dir_all(&folder).map_err(StandError::file("create", &folder))?;
    Ok(folder)
}
