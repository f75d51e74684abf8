//! Paths of a container that are folders of this machine. Nothing can be mounted without root, so a path is replaced
//! where the container is told it: in its arguments and in the values of its variables.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Pod, Volume};

use super::status::container;

/// What stands for what.
#[derive(Debug, Default)]
pub(super) struct Mounts(Vec<(String, PathBuf)>);

impl Mounts {
    /// Makes a folder for each volume that the container mounts, and a file for its termination message.
    ///
    /// An `emptyDir` is an empty folder; the token of a service account is one too, for nothing here reads it. Any other
    /// volume is refused.
    pub(super) fn make(pod: &Pod, folder: &Path) -> io::Result<Result<Self, String>> {
        let container = container(pod);
        let volumes = pod.spec.as_ref().and_then(|spec| spec.volumes.clone()).unwrap_or_default();
        let mut mounts = Vec::new();
        for mount in container.volume_mounts.unwrap_or_default() {
            let volume = volumes.iter().find(|volume| volume.name == mount.name);
            if !volume.is_some_and(is_folder) {
                return Ok(Err(format!("the stand can mount an emptyDir alone, not volume {:?}", mount.name)));
            }
            let path = folder.join("volumes").join(&mount.name).join(mount.sub_path.unwrap_or_default());
            fs::create_dir_all(&path)?;
            mounts.push((mount.mount_path.trim_end_matches('/').to_owned(), path));
        }
        let message = container.termination_message_path.unwrap_or_else(|| "/dev/termination-log".to_owned());
        fs::write(message_file(folder), "")?;
        mounts.push((message, message_file(folder)));
        // The longest first: one mount may lie within another.
        mounts.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Ok(Ok(Self(mounts)))
    }

    /// Whether something is mounted at this path.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.0.iter().any(|(mounted, _)| mounted == path)
    }

    /// The text with each path of the container replaced by that of this machine.
    pub(super) fn replace(&self, text: &str) -> String {
        let mut replaced = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let starts = !text[..at].ends_with(is_name);
            let mount = self.0.iter().filter(|_| starts).find(|(path, _)| is_path(rest, path));
            if let Some((path, real)) = mount {
                replaced.push_str(&real.to_string_lossy());
                at += path.len();
            } else {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                replaced.push_str(&rest[..length]);
                at += length;
            }
        }
        replaced
    }
}

/// Where a pod's termination message is written.
pub(super) fn message_file(folder: &Path) -> PathBuf {
    folder.join("termination-message")
}

fn is_folder(volume: &Volume) -> bool {
    volume.empty_dir.is_some() || volume.projected.is_some()
}

/// Whether the text begins with the path, and not with that of a sibling whose name is longer.
fn is_path(text: &str, path: &str) -> bool {
    !path.is_empty() && text.strip_prefix(path).is_some_and(|rest| !rest.starts_with(is_name))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Mounts;

    #[test]
    fn a_path_is_replaced_where_it_is_one() {
        let mounts = [("/tmp/work", "/real/work"), ("/tmp", "/real/tmp"), ("/dev/termination-log", "/real/message")];
        let mounts = Mounts(mounts.map(|(path, real)| (path.to_owned(), PathBuf::from(real))).to_vec());
        let cases = [
            ("/tmp", "/real/tmp"),
            ("--outcome=/dev/termination-log", "--outcome=/real/message"),
            ("/tmp/work/a and /tmp/b", "/real/work/a and /real/tmp/b"),
            ("file:///tmp/x", "file:///real/tmp/x"),
            (r#"{"uri":"/tmp"}"#, r#"{"uri":"/real/tmp"}"#),
            ("/tmpfs /tmp-1 /var/tmp ü/tmp", "/tmpfs /tmp-1 /var/tmp ü/tmp"),
        ];
        for (text, expected) in cases {
            assert_eq!(mounts.replace(text), expected, "{text}");
        }
    }
}
