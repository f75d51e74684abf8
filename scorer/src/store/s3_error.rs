//! What an S3 store's answers mean. The one place where its codes and statuses are read.

use std::error::Error;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::s3_credentials::{Lack, lack};
use super::{Cause, StoreError};

/// A call, for the messages.
#[derive(Clone, Copy)]
pub(super) struct Call {
    /// The S3 operation.
    pub(super) name: &'static str,
    /// The permission that it needs.
    pub(super) permission: &'static str,
    /// What to say beside a plain 403.
    pub(super) hint: &'static str,
}

impl Call {
    pub(super) const GET: Self = Self {
        name: "GetObject",
        permission: "s3:GetObject",
        hint: "; the store answers so for a missing object too, unless they may list the bucket (s3:ListBucket)",
    };
    pub(super) const LIST: Self = Self { name: "ListObjectsV2", permission: "s3:ListBucket", hint: "" };
    pub(super) const PUT: Self = Self { name: "PutObject", permission: "s3:PutObject", hint: "" };
    pub(super) const BEGIN: Self = Self { name: "CreateMultipartUpload", permission: "s3:PutObject", hint: "" };
    pub(super) const PART: Self = Self { name: "UploadPart", permission: "s3:PutObject", hint: "" };
    pub(super) const COMPLETE: Self = Self { name: "CompleteMultipartUpload", permission: "s3:PutObject", hint: "" };
    pub(super) const PENDING: Self =
        Self { name: "ListMultipartUploads", permission: "s3:ListBucketMultipartUploads", hint: "" };
    pub(super) const ABORT: Self =
        Self { name: "AbortMultipartUpload", permission: "s3:AbortMultipartUpload", hint: "" };
}

/// What an error answer, or no answer, means.
pub(super) fn explain<E>(error: SdkError<E, HttpResponse>, call: Call, uri: &str) -> StoreError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let uri = uri.to_owned();
    if let Some(lack) = lack(&error) {
        return without_credentials(lack, call, uri);
    }
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let code = error.code().unwrap_or_default().to_owned();
    let source = said(&code, error.message().unwrap_or_default());
    match (status, code.as_str()) {
        (_, "NoSuchBucket") => StoreError::NoPlace { uri },
        (_, "NoSuchKey" | "NotFound") | (404 | 410, _) => StoreError::NotFound { uri },
        (_, "PreconditionFailed") | (412, _) => StoreError::Conflict { uri },
        (_, "NotImplemented") | (501, _) => {
            StoreError::NotImplemented { uri, call: call.name, source: source.unwrap_or(error.into()) }
        }
        (_, denied) if hint_of(denied).is_some() || matches!(status, 401 | 403) => {
            let hint = hint_of(denied).unwrap_or(call.hint);
            StoreError::Denied { uri, permission: call.permission, hint, source: source.unwrap_or(error.into()) }
        }
        (status, code) if is_passing(status, code) => unanswered(error, call, uri),
        _ if matches!(error, SdkError::ResponseError(_)) => unanswered(error, call, uri),
        _ => StoreError::Refused { uri, call: call.name, source: source.unwrap_or(error.into()) },
    }
}

/// Whether an answer says "later". Completing an upload may answer 200 and say in the body that it failed, so the codes
/// count as the statuses do (S3 API reference, `CompleteMultipartUpload`; "Error responses" for the codes).
fn is_passing(status: u16, code: &str) -> bool {
    matches!(status, 0 | 408 | 425 | 429 | 500 | 502..=599)
        || matches!(
            code,
            "ConditionalRequestConflict"
                | "InternalError"
                | "OperationAborted"
                | "RequestTimeout"
                | "ServiceUnavailable"
                | "SlowDown"
                | "Throttling"
        )
}

fn without_credentials(lack: Lack, call: Call, uri: String) -> StoreError {
    let denied = |uri, hint, source: String| StoreError::Denied {
        uri,
        permission: call.permission,
        hint,
        source: source.into(),
    };
    match lack {
        Lack::NotConfigured => {
            let hint = "; none were found in the environment, the profile, the web identity or the container";
            denied(uri, hint, "no credentials".to_owned())
        }
        Lack::Later(words) => StoreError::Unavailable { uri, call: call.name, source: words.into() },
        Lack::Refused(words) => denied(uri, "; those that are configured could not be had", words),
    }
}

/// The store's own words, where its answer had any: the client's error does not print them.
fn said(code: &str, message: &str) -> Option<Cause> {
    (!code.is_empty()).then(|| format!("{code}: {message}").into())
}

/// A failure without an answer is a passing one, unless the request could not even be made.
fn unanswered<E: Error + Send + Sync + 'static>(
    error: SdkError<E, HttpResponse>,
    call: Call,
    uri: String,
) -> StoreError {
    match error {
        SdkError::ConstructionFailure(_) => StoreError::Refused { uri, call: call.name, source: error.into() },
        _ => StoreError::Unavailable { uri, call: call.name, source: error.into() },
    }
}

/// Codes that say what is wrong with the credentials themselves.
fn hint_of(code: &str) -> Option<&'static str> {
    match code {
        "InvalidAccessKeyId" => Some("; the store does not know the access key"),
        "SignatureDoesNotMatch" => Some("; the secret key is not the one of the access key"),
        "ExpiredToken" | "TokenRefreshRequired" => Some("; the session token has expired"),
        "InvalidToken" => Some("; the session token is not valid"),
        "RequestTimeTooSkewed" => Some("; this machine's clock is wrong by more than the store allows"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError;
    use aws_sdk_s3::primitives::SdkBody;

    use super::*;

    fn answered(status: u16, code: &str) -> StoreError {
        let said = ErrorMetadata::builder().code(code).message("so it is").build();
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(CompleteMultipartUploadError::generic(said), answer);
        explain(error, Call::COMPLETE, "s3://bucket/key")
    }

    #[test]
    fn a_failure_of_the_store_itself_passes_whatever_its_status() {
        for (status, code) in [(200, "InternalError"), (200, "SlowDown"), (500, ""), (507, ""), (520, ""), (599, "")] {
            assert!(answered(status, code).is_unclear(), "{status} {code}");
        }
    }

    #[test]
    fn what_a_store_does_not_do_is_not_asked_for_again() {
        for (status, code) in [(501, ""), (501, "NotImplemented"), (400, "NotImplemented")] {
            assert!(matches!(answered(status, code), StoreError::NotImplemented { .. }), "{status} {code}");
        }
        assert!(matches!(answered(400, "InvalidPart"), StoreError::Refused { .. }));
    }

    #[test]
    fn an_answer_about_the_credentials_is_a_denial_whatever_its_status() {
        let denied = answered(400, "ExpiredToken").to_string();
        assert!(denied.contains("the session token has expired"), "{denied}");
    }
}
