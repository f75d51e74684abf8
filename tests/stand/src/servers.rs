//! The three servers of a control plane, as processes: started in order, asked for their memory, stopped.
//!
//! It does not know what they are used for.

mod layout;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::{GetParams, Request};
use kube::{Api, Client};
use rustix::process::Signal;
use serde_json::json;
use tokio::time::{Instant, sleep};

use self::layout::{API_SERVER, CONTROLLER_MANAGER, ETCD, Layout};
use crate::assets::Assets;
use crate::keys::{Keys, token};
use crate::options::{ADMIN, Audit, Options};
use crate::program::{Program, Running};
use crate::{StandError, kubeconfig};

/// The control plane is ready in five seconds on two free cores; a busy machine is given far more.
const DEADLINE: Duration = Duration::from_mins(2);
/// How often a server is asked whether it is ready.
const EVERY: Duration = Duration::from_millis(50);
const AUDIT_POLICY: &str = include_str!("audit-policy.yaml");

/// Running servers; they end with this value.
pub(crate) struct Servers {
    // Dropped in this order: who asks first, who answers last.
    controller_manager: Program,
    // None while it is stopped.
    api_server: Mutex<Option<Program>>,
    etcd: Program,
    assets: Assets,
    keys: Keys,
    layout: Layout,
    policy: Option<PathBuf>,
}

impl Servers {
    /// Starts all three in a folder, each once the one before it answers, and writes a kubeconfig for each user.
    pub(crate) async fn start(folder: &Path, options: &Options) -> Result<Self, StandError> {
        let assets = Assets::find(&[ETCD, API_SERVER, CONTROLLER_MANAGER, "kubectl"])?;
        let (layout, keys) = (Layout::new(folder)?, Keys::write(folder, &options.users)?);
        let policy = audit_policy(&options.audit).map(|policy| (folder.join("audit-policy.yaml"), policy));
        if let Some((path, policy)) = &policy {
            fs::write(path, policy).map_err(StandError::file("write", path))?;
        }
        let policy = policy.map(|(path, _)| path);
        for user in &options.users {
            let path = kubeconfig_path(folder, &user.name);
            kubeconfig::write(&path, &layout.address(), &layout.certificate(), &token(&user.name))?;
        }
        let admin = kubeconfig_path(folder, ADMIN);
        // The API server waits for etcd by itself.
        let etcd = Program::start(ETCD, layout.etcd(&assets), &layout.log(ETCD))?;
        let api_server = start_api_server(&assets, &keys, &layout, policy.as_deref()).await?;
        let command = layout.controller_manager(&assets, &keys, &admin);
        let mut controller_manager = Program::start(CONTROLLER_MANAGER, command, &layout.log(CONTROLLER_MANAGER))?;
        ready(&mut controller_manager, &admin, has_default_account).await?;
        let api_server = Mutex::new(Some(api_server));
        Ok(Self { controller_manager, api_server, etcd, assets, keys, layout, policy })
    }

    /// The path of a program that belongs to the control plane.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.assets.path(name)
    }

    /// The audit log, where there is one.
    pub(crate) fn audit_log(&self) -> Option<PathBuf> {
        self.policy.as_ref().map(|_| self.layout.audit_log())
    }

    /// What runs now.
    pub(crate) fn running(&self) -> Vec<Running> {
        let api_server = self.api_server.lock().unwrap_or_else(PoisonError::into_inner);
        let programs = [Some(&self.etcd), api_server.as_ref(), Some(&self.controller_manager)];
        programs.into_iter().flatten().map(Program::running).collect()
    }

    /// Sends a signal to the API server; to one that is not there, none.
    pub(crate) fn signal_api_server(&self, signal: Signal) -> Result<(), StandError> {
        let api_server = self.api_server.lock().unwrap_or_else(PoisonError::into_inner);
        api_server.as_ref().map_or(Ok(()), |program| program.signal(signal))
    }

    /// Ends the API server as a crash does.
    pub(crate) fn kill_api_server(&self) {
        self.api_server.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Starts the API server again, on the same port and the same data, and waits until it answers.
    pub(crate) async fn start_api_server(&self) -> Result<(), StandError> {
        self.kill_api_server();
        let started = start_api_server(&self.assets, &self.keys, &self.layout, self.policy.as_deref()).await?;
        *self.api_server.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(())
    }
}

/// Where a user's kubeconfig is.
pub(crate) fn kubeconfig_path(folder: &Path, user: &str) -> PathBuf {
    // A name may hold a slash or a colon, as those of service accounts do.
    let name: String = user.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    folder.join(format!("{name}.kubeconfig"))
}

/// The policy (`audit.k8s.io/v1`) by which the log is written, where there is one.
fn audit_policy(audit: &Audit) -> Option<String> {
    match audit {
        Audit::Nothing => None,
        Audit::Everything => Some(AUDIT_POLICY.to_owned()),
        // YAML, of which JSON is a part.
        Audit::User(name) => Some(
            json!({
                "apiVersion": "audit.k8s.io/v1",
                "kind": "Policy",
                "omitStages": ["RequestReceived", "ResponseStarted"],
                "rules": [{"level": "Metadata", "users": [name]}, {"level": "None"}],
            })
            .to_string(),
        ),
    }
}

async fn start_api_server(
    assets: &Assets,
    keys: &Keys,
    layout: &Layout,
    policy: Option<&Path>,
) -> Result<Program, StandError> {
    let command = layout.api_server(assets, keys, policy);
    let mut program = Program::start(API_SERVER, command, &layout.log(API_SERVER))?;
    ready(&mut program, &kubeconfig_path(&layout.folder, ADMIN), is_ready).await?;
    Ok(program)
}

/// Asks until the answer is yes; an error where the program ends before that, or the deadline comes.
async fn ready(program: &mut Program, kubeconfig: &Path, ask: impl AsyncFn(Client) -> bool) -> Result<(), StandError> {
    let end = Instant::now() + DEADLINE;
    while program.runs() && Instant::now() < end {
        // Until the server has signed its certificate there is nothing to make a client of.
        if let Ok(client) = kubeconfig::client(kubeconfig).await
            && ask(client).await
        {
            return Ok(());
        }
        sleep(EVERY).await;
    }
    Err(StandError::Ready { program: program.running().name, deadline: DEADLINE, log: program.tail() })
}

/// Whether the API server says that it is ready.
async fn is_ready(client: Client) -> bool {
    match Request::new("").get("readyz", &GetParams::default()) {
        Ok(request) => client.request_text(request).await.is_ok(),
        Err(_) => false,
    }
}

/// Whether the controllers work: they have made the first thing that they make.
async fn has_default_account(client: Client) -> bool {
    Api::<ServiceAccount>::namespaced(client, "default").get("default").await.is_ok()
}
