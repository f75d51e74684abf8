//! Completion of `kubectl scoring` by kubectl: the executable that `completions kubectl` prints is called as kubectl calls it
//! (Kubernetes enhancement 2379), with the words typed so far.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use scoring_tests::Kubectl;

/// What the executable answers to these words.
fn complete(executable: &Path, plugin: &Path, words: &[&str]) -> String {
    let folders = plugin.parent().map(Path::to_owned).into_iter();
    let path = env::join_paths(folders.chain(env::split_paths(&env::var_os("PATH").expect("a PATH")))).expect("a PATH");
    let output = Command::new(executable).args(words).env("PATH", path).output().expect("an end");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn kubectl_is_told_what_may_come_next() {
    let kubectl = Kubectl::new().unwrap();
    let printed = kubectl.run(&["completions", "kubectl"]).unwrap();
    assert_eq!(printed.code, Some(0), "{}", printed.log);
    let folder = tempfile::tempdir().unwrap();
    let executable = folder.path().join("kubectl_complete-scoring");
    fs::write(&executable, printed.out).unwrap();
    fs::set_permissions(&executable, Permissions::from_mode(0o755)).unwrap();

    let answer = |words: &[&str]| complete(&executable, kubectl.program(), words);
    assert_eq!(answer(&["cal"]), "calendar\tDraw the months: a year per line, a cell per month\n:4\n");
    assert_eq!(answer(&["local", "schedules", "--rescore", "st"]).split('\t').next(), Some("stale"));
    assert_eq!(answer(&["local", "--wat"]), "--watch\tStay, and follow the cron\n:4\n");
    assert_eq!(answer(&["plan", ""]), ":0\n", "the shell completes files");
    assert!(answer(&[""]).lines().count() > 6);
}

#[test]
fn every_shell_has_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = Kubectl::new().unwrap().run(&["completions", shell]).unwrap();
        assert_eq!(printed.code, Some(0), "{shell}: {}", printed.log);
        assert!(printed.out.contains("kubectl-scoring") && printed.out.contains("validate"), "{shell}");
    }
}
