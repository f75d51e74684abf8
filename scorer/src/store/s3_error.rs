//! What an S3 store's answers mean. The one place where its codes and statuses are read.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

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
    if lacks_credentials(&error) {
        let hint = "; none were found in the environment, the profile, the web identity or the container";
        return StoreError::Denied { uri, permission: call.permission, hint, source: "no credentials".into() };
    }
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let code = error.code().unwrap_or_default().to_owned();
    let source = said(&code, error.message().unwrap_or_default());
    match (status, code.as_str()) {
        (_, "NoSuchBucket") => StoreError::NoPlace { uri },
        (_, "NoSuchKey" | "NotFound") | (404 | 410, _) => StoreError::NotFound { uri },
        (_, "PreconditionFailed") | (412, _) => StoreError::Conflict { uri },
        (_, denied) if hint_of(denied).is_some() || matches!(status, 401 | 403) => {
            let hint = hint_of(denied).unwrap_or(call.hint);
            StoreError::Denied { uri, permission: call.permission, hint, source: source.unwrap_or(error.into()) }
        }
        (_, "ConditionalRequestConflict" | "OperationAborted" | "RequestTimeout" | "SlowDown" | "Throttling")
        | (0 | 408 | 429 | 500 | 502 | 503 | 504, _) => unanswered(error, call, uri),
        _ => StoreError::Refused { uri, call: call.name, source: source.unwrap_or(error.into()) },
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

fn lacks_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<CredentialsError>().is_some() {
            return true;
        }
        next = error.source();
    }
    false
}
