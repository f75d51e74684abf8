//! `kubectl scoring` as a process: documents and flags go in, an exit code and two texts come out.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use crate::build::Program;
use crate::process::tail;
use crate::{Credentials, StandError};

/// How the plugin is called: which binary, with which variables.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    variables: Vec<(&'static str, String)>,
}

/// What a command said, and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub log: String,
}

impl Said {
    /// The months that were started, each with its reason, in the order of the months.
    pub fn started(&self) -> Vec<(&str, &str)> {
        let starts = self.log.lines().filter_map(|line| line.split_once(" starts: "));
        let mut started: Vec<_> =
            starts.map(|(head, reason)| (head.rsplit(' ').next().unwrap_or_default(), reason)).collect();
        started.sort_unstable();
        started
    }

    /// The months that were started, in their order.
    pub fn months(&self) -> Vec<&str> {
        self.started().into_iter().map(|(month, _)| month).collect()
    }
}

impl From<&Output> for Said {
    fn from(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), log: text(&output.stderr) }
    }
}

impl Kubectl {
    /// The plugin under test: `KUBECTL_SCORING_BIN`, else the debug build of this checkout, built once per test process.
    pub fn new() -> Result<Self, StandError> {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        let program = Program { variable: "KUBECTL_SCORING_BIN", package: "kubectl-scoring", name: "kubectl-scoring" };
        Ok(Self { program: program.path(&BUILT)?, variables: Vec::new() })
    }

    /// The binary.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The same plugin with the keys of a store, in the variables of the AWS SDK.
    #[must_use]
    pub fn with_credentials(mut self, credentials: &Credentials) -> Self {
        self.variables.push(("AWS_ACCESS_KEY_ID", credentials.access_key.clone()));
        self.variables.push(("AWS_SECRET_ACCESS_KEY", credentials.secret_key.clone()));
        self
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Said, StandError> {
        let output = self.start(arguments)?.wait_with_output().map_err(|source| self.failed(source))?;
        Ok(Said::from(&output))
    }

    /// Starts a command and leaves it running; the caller ends it or waits for it.
    pub fn start(&self, arguments: &[&str]) -> Result<Child, StandError> {
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
            command.env_remove(name);
        }
        // A proxy of the machine must not stand between the plugin and the stand.
        command.env("NO_PROXY", "127.0.0.1").envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.spawn().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> StandError {
        StandError::Start { program: self.program.display().to_string(), source }
    }
}

/// Sends SIGINT, as Ctrl-C does; one that has ended by itself is left as it is.
pub fn interrupt(child: &mut Child) -> Result<(), StandError> {
    if !matches!(child.try_wait(), Ok(None)) {
        return Ok(());
    }
    // From here on it keeps its id until it is waited for, also where it ends before the signal.
    let mut command = Command::new("sh");
    command.args(["-c", "kill -s INT \"$0\"", &child.id().to_string()]);
    let output = command.output().map_err(|source| StandError::Start { program: "sh".to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let log = tail(&output.stderr);
    Err(StandError::Oracle { program: "kill".to_owned(), status: output.status.to_string(), log })
}
