//! How etcd, kube-apiserver and kube-controller-manager are called: their folders, ports and flags, and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::assets::Assets;
use crate::keys::Keys;
use crate::{StandError, port};

/// The controllers that a Job's life needs (kube-controller-manager 1.34, `--controllers`). The node lifecycle controller
/// is not among them: it would taint nodes that no kubelet keeps alive.
const CONTROLLERS: &str = "clusterrole-aggregation-controller,disruption-controller,garbage-collector-controller,\
    job-controller,namespace-controller,pod-garbage-collector-controller,resourcequota-controller,\
    root-ca-certificate-publisher-controller,serviceaccount-controller,serviceaccount-token-controller,\
    taint-eviction-controller,ttl-after-finished-controller";

/// The names of the servers, in the order in which they start.
pub(crate) const ETCD: &str = "etcd";
pub(crate) const API_SERVER: &str = "kube-apiserver";
pub(crate) const CONTROLLER_MANAGER: &str = "kube-controller-manager";

/// Where the servers of one control plane keep their files and listen.
pub(crate) struct Layout {
    /// The folder of everything.
    pub(crate) folder: PathBuf,
    etcd: u16,
    peer: u16,
    api: u16,
}

impl Layout {
    /// Takes free ports for servers that live in a folder.
    pub(crate) fn new(folder: &Path) -> Result<Self, StandError> {
        Ok(Self { folder: folder.to_owned(), etcd: port::free()?, peer: port::free()?, api: port::free()? })
    }

    /// The address of the API server.
    pub(crate) fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.api)
    }

    /// The certificate that the API server signs for itself when it starts.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("certificates/apiserver.crt")
    }

    /// The audit log.
    pub(crate) fn audit_log(&self) -> PathBuf {
        self.folder.join("audit.jsonl")
    }

    /// What a server says.
    pub(crate) fn log(&self, server: &str) -> PathBuf {
        self.folder.join(format!("{server}.log"))
    }

    /// etcd without fsync: nobody needs its data after a crash of the machine.
    pub(crate) fn etcd(&self, assets: &Assets) -> Command {
        let (client, peer) = (format!("http://127.0.0.1:{}", self.etcd), format!("http://127.0.0.1:{}", self.peer));
        let mut command = Command::new(assets.path(ETCD));
        command.arg(flag("data-dir", &self.folder.join("etcd"))).arg("--unsafe-no-fsync").arg("--log-level=warn");
        command.arg(format!("--listen-client-urls={client}")).arg(format!("--advertise-client-urls={client}"));
        command.arg(format!("--listen-peer-urls={peer}")).arg(format!("--initial-advertise-peer-urls={peer}"));
        command.arg("--name=stand").arg(format!("--initial-cluster=stand={peer}"));
        // A day's load of a benchmark fits; the default is 2 GiB.
        command.arg(format!("--quota-backend-bytes={}", 8_u64 << 30));
        command
    }

    /// The API server, with tokens for users and RBAC.
    pub(crate) fn api_server(&self, assets: &Assets, keys: &Keys, policy: Option<&Path>) -> Command {
        let mut command = Command::new(assets.path(API_SERVER));
        command.arg(format!("--etcd-servers=http://127.0.0.1:{}", self.etcd));
        command.arg(format!("--secure-port={}", self.api)).args(["--bind-address=127.0.0.1"]);
        // Given, for where it is not it is looked for among the routes of the machine, which may have none.
        command.args(["--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"]);
        command.arg(flag("cert-dir", &self.folder.join("certificates")));
        command.args([
            "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=Node,RBAC",
            "--profiling=false",
        ]);
        command.arg("--service-account-issuer=https://kubernetes.default.svc");
        command.arg(flag("service-account-signing-key-file", &keys.signing));
        command.arg(flag("service-account-key-file", &keys.verifying));
        command.arg(flag("token-auth-file", &keys.tokens));
        if let Some(policy) = policy {
            command.arg(flag("audit-policy-file", policy)).arg(flag("audit-log-path", &self.audit_log()));
            // In MiB. One file for a whole run: the default of 100 would turn it over in the middle.
            command.args(["--audit-log-mode=blocking", "--audit-log-maxsize=100000"]);
        }
        command
    }

    /// The controller manager. Its own limits (20 requests a second, 5 Jobs at once) would be what a load measures.
    pub(crate) fn controller_manager(&self, assets: &Assets, keys: &Keys, kubeconfig: &Path) -> Command {
        let mut command = Command::new(assets.path(CONTROLLER_MANAGER));
        command.arg(flag("kubeconfig", kubeconfig)).arg(flag("root-ca-file", &self.certificate()));
        command.arg(flag("service-account-private-key-file", &keys.signing));
        command.args(["--use-service-account-credentials", "--leader-elect=false", "--secure-port=0"]);
        command.args(["--kube-api-qps=500", "--kube-api-burst=1000", "--concurrent-job-syncs=20"]);
        command.arg(format!("--controllers={CONTROLLERS}"));
        command
    }
}

fn flag(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}
