//! The audit log of the API server: what was asked of it, by whom, and what it answered, in the order of the answers.
//!
//! What is logged with bodies, without, or not at all stands in `audit-policy.yaml`.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::StandError;

/// One answered request (`audit.k8s.io/v1` `Event`, Kubernetes 1.34, at stage `ResponseComplete`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// The stage: `ResponseComplete`, or `Panic`.
    pub stage: String,
    /// `create`, `update`, `patch`, `delete`, `deletecollection`, `get`, `list` or `watch`.
    pub verb: String,
    /// Who asked.
    pub user: AuditUser,
    /// Whom they acted as, if anyone.
    pub impersonated_user: Option<AuditUser>,
    /// What they called themselves.
    #[serde(default)]
    pub user_agent: String,
    /// What was asked for.
    #[serde(default)]
    pub object_ref: ObjectRef,
    /// How it was answered.
    #[serde(default)]
    pub response_status: ResponseStatus,
    /// The body that was sent: an object, a patch or options.
    #[serde(default)]
    pub request_object: Value,
    /// The body that was answered: an object or a `Status`.
    #[serde(default)]
    pub response_object: Value,
    /// The path and query.
    #[serde(rename = "requestURI")]
    pub request_uri: String,
    /// When the request arrived.
    pub request_received_timestamp: Timestamp,
    /// When it was answered.
    pub stage_timestamp: Timestamp,
}

/// A user of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct AuditUser {
    /// The name.
    #[serde(default)]
    pub username: String,
    /// The groups.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// The object of a request. A field that the request does not name is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectRef {
    /// `jobs`, `pods` and so on.
    pub resource: String,
    /// `status`, `binding` and so on.
    pub subresource: String,
    /// The API group; empty for the core.
    pub api_group: String,
    /// The namespace.
    pub namespace: String,
    /// The name; of a create, where the path has none, see [`AuditEvent::name`].
    pub name: String,
    /// The uid that a precondition named.
    pub uid: String,
    /// The resource version that was sent.
    pub resource_version: String,
}

/// How a request was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ResponseStatus {
    /// The HTTP status.
    #[serde(default)]
    pub code: u16,
}

impl AuditEvent {
    /// Whether the server did what was asked.
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.response_status.code)
    }

    /// Whether it is of this verb on this resource (not on a subresource of it) in this namespace.
    pub fn is(&self, verb: &str, resource: &str, namespace: &str) -> bool {
        let object = &self.object_ref;
        self.verb == verb
            && object.resource == resource
            && object.subresource.is_empty()
            && object.namespace == namespace
    }

    /// The name of the object: the one asked for, else the one that was answered or sent.
    pub fn name(&self) -> &str {
        if !self.object_ref.name.is_empty() {
            return &self.object_ref.name;
        }
        let bodies = [&self.response_object, &self.request_object];
        bodies.into_iter().find_map(|body| body.pointer("/metadata/name")?.as_str()).unwrap_or_default()
    }

    /// The uid of the object: the one that was answered, else the one that a precondition named.
    pub fn uid(&self) -> &str {
        let answered = self.response_object.pointer("/metadata/uid").and_then(Value::as_str);
        answered.unwrap_or(&self.object_ref.uid)
    }
}

/// A reader of the log that goes on where it was.
pub struct AuditLog {
    path: PathBuf,
    offset: u64,
}

impl AuditLog {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, offset: 0 }
    }

    /// The events since the last call; at first, all of them. A server logs an answer a moment after it gave it, so that
    /// a test that has seen the answer may have to ask again.
    pub fn read(&mut self) -> Result<Vec<AuditEvent>, StandError> {
        let new = self.new_bytes()?;
        let mut events = Vec::new();
        // What follows the last line break is still being written.
        for line in new.split_inclusive(|&byte| byte == b'\n').filter(|line| line.ends_with(b"\n")) {
            let event = serde_json::from_slice(line);
            let unreadable = |source| StandError::Audit { path: self.path.clone(), offset: self.offset, source };
            events.push(event.map_err(unreadable)?);
            self.offset += line.len() as u64;
        }
        Ok(events)
    }

    fn new_bytes(&self) -> Result<Vec<u8>, StandError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            // The server makes it with its first event.
            Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(problem) => return Err(StandError::file("open", &self.path)(problem)),
        };
        let mut bytes = Vec::new();
        let read = file.seek(SeekFrom::Start(self.offset)).and_then(|_| file.read_to_end(&mut bytes));
        read.map_err(StandError::file("read", &self.path))?;
        Ok(bytes)
    }
}
