//! The answers that a fault gives in the server's place.

use std::io;

use bytes::Bytes;
use http::{Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower::BoxError;

/// A body of an answer.
pub(super) type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// What `Retry-After` says, in seconds.
const RETRY_AFTER: u32 = 1;

/// A connection that broke off.
pub(super) fn reset() -> BoxError {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection was reset by a fault plan").into()
}

/// A whole body.
pub(super) fn whole(bytes: Bytes) -> Answer {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// A refusal, as the API server words it (`metav1.Status`).
pub(super) fn refusal(code: u16, verb: &str) -> Response<Answer> {
    let mut response = Response::new(whole(status(code, reason(code, verb))));
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if code == 429 {
        headers.insert(header::RETRY_AFTER, RETRY_AFTER.into());
    }
    response
}

/// The line with which a watch ends whose resource version is too old.
pub(super) fn gone() -> Bytes {
    let status: serde_json::Value = serde_json::from_slice(&status(410, "Expired")).unwrap_or_default();
    Bytes::from(format!("{}\n", json!({"type": "ERROR", "object": status})))
}

fn status(code: u16, reason: &str) -> Bytes {
    let message = format!("{reason}: said by a fault plan");
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "code": code});
    Bytes::from(status.to_string())
}

fn reason(code: u16, verb: &str) -> &'static str {
    match code {
        409 if verb == "create" => "AlreadyExists",
        409 => "Conflict",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    }
}
