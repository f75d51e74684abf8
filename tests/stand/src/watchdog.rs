//! A shell that outlives the test process by a moment: it kills the process groups that were not stopped by then, and
//! removes the folder of the stand. It notices by the end of a pipe, so a panic, `exit` and SIGKILL are all the same.
//!
//! It is there for what `Drop` cannot do: values in statics are never dropped, nor are those of a process that is killed.

use std::env;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use crate::StandError;

/// Reads `watch GROUP` and `forget GROUP`, and acts at the end of its input. A process that is still dying may write into
/// the folder once more; hence the second attempt.
const SCRIPT: &str = r#"
groups=' '
while read -r verb group; do
  case $verb in
    watch) groups="$groups$group " ;;
    forget) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
[ -n "$STAND_KEEP" ] || rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"#;

/// The watchdog of this process.
pub(crate) struct Watchdog {
    folder: PathBuf,
    pipe: Mutex<ChildStdin>,
    // Kept, and never waited for: it ends after this process.
    _shell: Child,
}

impl Watchdog {
    /// The one of this process, started at the first call.
    pub(crate) fn of_this_process() -> Result<Arc<Self>, StandError> {
        static STARTED: Mutex<Option<Arc<Watchdog>>> = Mutex::new(None);
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watchdog) = &*started {
            return Ok(Arc::clone(watchdog));
        }
        let watchdog = Arc::new(Self::start()?);
        *started = Some(Arc::clone(&watchdog));
        Ok(watchdog)
    }

    fn start() -> Result<Self, StandError> {
        let parent = env::temp_dir();
        let folder = tempfile::Builder::new().prefix("scoring-stand-").tempdir_in(&parent);
        // From here on it is the shell that removes it.
        let folder = folder.map_err(StandError::file("create a folder in", &parent))?.keep();
        let mut command = Command::new("sh");
        command
            .args(["-c", SCRIPT, "sh"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A group of its own, so that an interrupt at the terminal ends the tests and not their watchdog.
        let shell = command.process_group(0).spawn();
        let mut shell = shell.map_err(|source| StandError::Start { program: "sh".to_owned(), source })?;
        let pipe = shell.stdin.take().map(Mutex::new).ok_or(StandError::Watchdog)?;
        Ok(Self { folder, pipe, _shell: shell })
    }

    /// A folder that goes with this process, unless `STAND_KEEP` is set.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Has the process group killed at the end of this process.
    pub(crate) fn watch(&self, group: u32) -> Result<(), StandError> {
        self.tell("watch", group)
    }

    /// Leaves the process group alone: it was killed, and its id may soon be another's.
    pub(crate) fn forget(&self, group: u32) {
        // A watchdog that is gone kills nothing.
        let _ = self.tell("forget", group);
    }

    fn tell(&self, verb: &str, group: u32) -> Result<(), StandError> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.write_all(format!("{verb} {group}\n").as_bytes()).map_err(|_| StandError::Watchdog)
    }
}
