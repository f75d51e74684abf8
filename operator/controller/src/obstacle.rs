//! What keeps Jobs of a schedule from running although nothing is wrong with their months: an image that cannot be pulled,
//! a Secret that is not there, a quota. It is read from what pods, events and refusals say; nothing is decided here.
//!
//! What Kubernetes says about one obstacle changes from try to try, so an obstacle keeps the names in it and not its words:
//! a status that repeated them would be written again and again.

use std::fmt;

use crate::record::Trouble;

/// An obstacle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// The scorer's image cannot be pulled.
    ImageNotPulled,
    /// A Secret is not there.
    SecretNotFound {
        /// Its name; none where Kubernetes does not say.
        name: Option<String>,
    },
    /// A Secret lacks a key.
    SecretIncomplete {
        /// What Kubernetes says, without what changes.
        detail: String,
    },
    /// The service account is not there.
    ServiceAccountNotFound {
        /// Its name; none where Kubernetes does not say.
        name: Option<String>,
    },
    /// The priority class is not there.
    PriorityClassNotFound,
    /// A Job's name is taken by an object that is not the schedule's.
    NameTaken {
        /// The name.
        job: String,
    },
    /// The namespace's policy refuses the Job or its pods.
    Refused {
        /// What Kubernetes says.
        detail: String,
    },
    /// The container cannot be started.
    ContainerNotStarted {
        /// The kubelet's reason, in CamelCase.
        reason: String,
    },
    /// A quota of the namespace is used up.
    QuotaExceeded,
    /// No node has room.
    Unschedulable,
}

/// Whether an obstacle goes away without anybody doing something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// It may.
    ByItself,
    /// Somebody must change something.
    ByAChange,
}

impl Obstacle {
    /// What keeps a pod.
    pub fn of_pod(trouble: &Trouble) -> Self {
        let Trouble { reason, message } = trouble;
        match reason.as_str() {
            "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "RegistryUnavailable"
            | "ImageInspectError"
            | "SignatureValidationFailed" => Self::ImageNotPulled,
            "Unschedulable" => Self::Unschedulable,
            "CreateContainerConfigError" if message.contains("couldn't find key") => {
                Self::SecretIncomplete { detail: cut(message) }
            }
            "CreateContainerConfigError" if message.starts_with("secret ") => {
                Self::SecretNotFound { name: quoted(message) }
            }
            _ => Self::ContainerNotStarted { reason: reason.clone() },
        }
    }

    /// Why a Job has no pods: the message of an event `FailedCreate`, or of the API server where it refused the Job.
    pub fn of_refusal(message: &str) -> Self {
        if message.contains("exceeded quota") {
            Self::QuotaExceeded
        } else if message.contains("serviceaccount") && message.contains("not found") {
            // `… service account rides/scorer: serviceaccount "scorer" not found`
            let named = message.rsplit_once("serviceaccount ").map_or(message, |(_, rest)| rest);
            Self::ServiceAccountNotFound { name: quoted(named) }
        } else if message.contains("no PriorityClass with name") {
            Self::PriorityClassNotFound
        } else {
            Self::Refused { detail: cut(message) }
        }
    }

    /// A stable word for it, in CamelCase.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::ImageNotPulled => "ImageNotPulled",
            Self::SecretNotFound { .. } => "SecretNotFound",
            Self::SecretIncomplete { .. } => "SecretIncomplete",
            Self::ServiceAccountNotFound { .. } => "ServiceAccountNotFound",
            Self::PriorityClassNotFound => "PriorityClassNotFound",
            Self::NameTaken { .. } => "NameTaken",
            Self::Refused { .. } => "PodsRefused",
            Self::ContainerNotStarted { .. } => "ContainerNotStarted",
            Self::QuotaExceeded => "QuotaExceeded",
            Self::Unschedulable => "Unschedulable",
        }
    }

    /// Whether it goes away by itself.
    pub fn passing(&self) -> Passing {
        match self {
            Self::QuotaExceeded | Self::Unschedulable => Passing::ByItself,
            Self::ImageNotPulled
            | Self::SecretNotFound { .. }
            | Self::SecretIncomplete { .. }
            | Self::ServiceAccountNotFound { .. }
            | Self::PriorityClassNotFound
            | Self::NameTaken { .. }
            | Self::Refused { .. }
            | Self::ContainerNotStarted { .. } => Passing::ByAChange,
        }
    }
}

/// The first text in double quotes.
fn quoted(message: &str) -> Option<String> {
    let (_, rest) = message.split_once('"')?;
    let (name, _) = rest.split_once('"')?;
    Some(cut(name))
}

/// At most 256 bytes of a text, up to a character's end; the names of pods in it, which differ from try to try, are cut
/// with all that follows.
fn cut(message: &str) -> String {
    let stable = message
        .split_once("pods \"")
        .map_or(message, |(_, rest)| rest.split_once("\" ").map_or(rest, |(_, rest)| rest));
    stable[..stable.floor_char_boundary(256)].to_owned()
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |name: &Option<String>| name.as_deref().map(|name| format!(" `{name}`")).unwrap_or_default();
        match self {
            Self::ImageNotPulled => f.write_str(
                "the scorer's image cannot be pulled: have whoever runs the operator correct its name, or let this \
                 namespace's service account pull it",
            ),
            Self::SecretNotFound { name } => write!(
                f,
                "the Secret{} is not in this namespace: create it with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
                 correct `credentialsSecret`",
                named(name)
            ),
            Self::SecretIncomplete { detail } => {
                write!(f, "the Secret lacks a key ({detail}): it needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            }
            Self::ServiceAccountNotFound { name } => write!(
                f,
                "the service account{} is not in this namespace: create it, or correct `job.serviceAccountName`",
                named(name)
            ),
            Self::PriorityClassNotFound => {
                f.write_str("the priority class is not there: correct `job.priorityClassName`, or have it created")
            }
            Self::NameTaken { job } => {
                write!(f, "the name `{job}` is taken by a Job that is not this schedule's: delete that Job")
            }
            Self::Refused { detail } => write!(f, "the namespace does not let its pods in: {detail}"),
            Self::ContainerNotStarted { reason } => {
                write!(f, "the scorer's container cannot be started ({reason}): `kubectl describe` of its pod says why")
            }
            Self::QuotaExceeded => {
                f.write_str("a quota of this namespace is used up: it goes on when something ends, or the quota is raised")
            }
            Self::Unschedulable => f.write_str(
                "no node has room for a pod, or none fits `job.nodeSelector`, `job.tolerations` and `job.resources`: it \
                 goes on when one does",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_pod_is_named() {
        struct Case {
            reason: &'static str,
            message: &'static str,
            obstacle: Obstacle,
        }
        let cases = [
            Case {
                reason: "ImagePullBackOff",
                message: "Back-off pulling image \"scorer:none\"",
                obstacle: Obstacle::ImageNotPulled,
            },
            Case {
                reason: "CreateContainerConfigError",
                message: "secret \"bucket-keys\" not found",
                obstacle: Obstacle::SecretNotFound { name: Some("bucket-keys".to_owned()) },
            },
            Case {
                reason: "CreateContainerConfigError",
                message: "couldn't find key AWS_ACCESS_KEY_ID in Secret rides/bucket-keys",
                obstacle: Obstacle::SecretIncomplete {
                    detail: "couldn't find key AWS_ACCESS_KEY_ID in Secret rides/bucket-keys".to_owned(),
                },
            },
            Case {
                reason: "CreateContainerConfigError",
                message: "container has runAsNonRoot and image will run as root",
                obstacle: Obstacle::ContainerNotStarted { reason: "CreateContainerConfigError".to_owned() },
            },
            Case { reason: "Unschedulable", message: "0/3 nodes are available", obstacle: Obstacle::Unschedulable },
        ];
        for Case { reason, message, obstacle } in cases {
            let trouble = Trouble { reason: reason.to_owned(), message: message.to_owned() };
            assert_eq!(Obstacle::of_pod(&trouble), obstacle, "{reason}: {message}");
        }
    }

    #[test]
    fn why_a_job_has_no_pods_is_named() {
        struct Case {
            message: &'static str,
            obstacle: Obstacle,
        }
        let cases = [
            Case {
                message: "Error creating: pods \"g-x1\" is forbidden: error looking up service account rides/scorer: \
                          serviceaccount \"scorer\" not found",
                obstacle: Obstacle::ServiceAccountNotFound { name: Some("scorer".to_owned()) },
            },
            Case {
                message: "Error creating: pods \"g-x1\" is forbidden: exceeded quota: small, requested: pods=1",
                obstacle: Obstacle::QuotaExceeded,
            },
            Case {
                message: "Error creating: pods \"g-x1\" is forbidden: no PriorityClass with name high was found",
                obstacle: Obstacle::PriorityClassNotFound,
            },
            Case {
                message: "Error creating: pods \"g-x1\" is forbidden: violates PodSecurity",
                obstacle: Obstacle::Refused { detail: "is forbidden: violates PodSecurity".to_owned() },
            },
        ];
        for Case { message, obstacle } in cases {
            assert_eq!(Obstacle::of_refusal(message), obstacle, "{message}");
        }
    }
}
