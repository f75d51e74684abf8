//! What a container needs before it can start: its image, its variables, its folders; or why it cannot yet.

use std::fs;
use std::path::PathBuf;

use k8s_openapi::api::core::v1::{Container, Pod};
use kube::ResourceExt;

use super::Kubelet;
use super::container::Launch;
use super::environment::Environment;
use super::expansion::expand;
use super::mounts::Mounts;
use super::status::container;

/// Why a container waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unready {
    /// The kubelet's reason.
    pub(super) reason: &'static str,
    /// The kubelet's message.
    pub(super) message: String,
}

/// What is to be run for a pod.
pub(super) async fn prepare(node: &Kubelet, pod: &Pod) -> Result<Launch, Unready> {
    let container = container(pod);
    let program = image(node, &container)?;
    let variables = Environment::new(node.calls.client(), pod).resolve().await;
    let variables = variables.map_err(|message| Unready { reason: "CreateContainerConfigError", message })?;
    let folder = node.pod_folder(&pod.name_any());
    let unmade = |message| Unready { reason: "CreateContainerError", message };
    fs::create_dir_all(&folder).map_err(|problem| unmade(problem.to_string()))?;
    let mounts = Mounts::make(pod, &folder).map_err(|problem| unmade(problem.to_string()))?.map_err(unmade)?;
    // The first word of a command is the program in the image; ours stands for it.
    let command = container.command.unwrap_or_default().into_iter().skip(1);
    let words = command.chain(container.args.unwrap_or_default());
    let words = words.map(|word| expand(&word, |name| variables.get(name).cloned()));
    // A program that is told no folder for its scratch files takes `/tmp`, which may be a volume of the pod.
    let scratch = Some("/tmp").filter(|path| mounts.holds(path)).map(|path| ("TMPDIR".to_owned(), path.to_owned()));
    let all = scratch.iter().map(|(name, path)| (name, path)).chain(&variables);
    Ok(Launch {
        program,
        arguments: words.map(|word| mounts.replace(&word)).collect(),
        variables: all.map(|(name, value)| (name.clone(), mounts.replace(value))).collect(),
        host: pod.name_any(),
        folder,
        falls_back_to_log: container.termination_message_policy.as_deref() == Some("FallbackToLogsOnError"),
    })
}

/// The program that stands for the image (messages: kubelet 1.34.4, `pkg/kubelet/images/image_manager.go`).
fn image(node: &Kubelet, container: &Container) -> Result<PathBuf, Unready> {
    let image = container.image.as_deref().unwrap_or_default();
    if let Some(program) = node.images.get(image) {
        return Ok(program.clone());
    }
    if container.image_pull_policy.as_deref() == Some("Never") {
        let message = format!("Container image {image:?} is not present with pull policy of Never");
        return Err(Unready { reason: "ErrImageNeverPull", message });
    }
    let message = format!("Back-off pulling image {image:?}: ErrImagePull: the stand has no program for {image:?}");
    Err(Unready { reason: "ImagePullBackOff", message })
}
