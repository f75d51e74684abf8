//! What `kubectl` prints, kept for whoever writes it down or judges how it reads.

use std::env;
use std::fs;
use std::path::Path;

use crate::site::Site;

/// Writes what commands print to a file of this name, where `KUBECTL_OUTPUT` names a folder for it.
#[expect(clippy::unwrap_used, reason = "a folder that cannot be written is a failed test")]
pub(crate) async fn keep(site: &Site, name: &str, commands: &[&[&str]]) {
    let Some(folder) = env::var_os("KUBECTL_OUTPUT") else { return };
    let mut text = String::new();
    for command in commands {
        let said = site.kubectl(command).await;
        text.extend(["$ kubectl ", &command.join(" "), "\n", &said.out, &said.log, "\n"]);
    }
    fs::write(Path::new(&folder).join(format!("{name}.txt")), text).unwrap();
}
