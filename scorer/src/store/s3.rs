//! Objects of an S3 store: what is there, and its bytes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::{ByteStream, ByteStreamError};
use bytes::{Bytes, BytesMut};
use tokio::time::timeout;

use super::s3_error::{Call, explain};
use super::s3_put::Conditions;
use super::{Object, StoreError, retry, s3_client};
use crate::task::Storage;

/// The time that the body of one ranged read may take: 8 MiB at about 140 kB/s.
const BODY: Duration = Duration::from_mins(1);

/// A client of one store.
#[derive(Clone)]
pub(super) struct S3 {
    pub(super) client: aws_sdk_s3::Client,
    pub(super) multipart_above: u64,
    pub(super) conditions: Arc<Conditions>,
}

/// An object opened for reading.
pub struct S3Source {
    client: aws_sdk_s3::Client,
    bucket: String,
    key: String,
    object: Object,
}

impl S3 {
    pub(super) async fn connect(settings: &Storage) -> Result<Self, StoreError> {
        let client = s3_client::client(settings).await;
        Ok(Self { client, multipart_above: settings.multipart_above, conditions: Arc::default() })
    }

    pub(super) async fn open(&self, bucket: &str, key: &str) -> Result<S3Source, StoreError> {
        let object = match self.stat(bucket, key).await {
            Ok(object) => object,
            Err(error @ StoreError::NotFound { .. }) => return Err(self.cause(bucket, key, error).await),
            Err(error) => return Err(error),
        };
        Ok(S3Source { client: self.client.clone(), bucket: bucket.to_owned(), key: key.to_owned(), object })
    }

    pub(super) async fn stat(&self, bucket: &str, key: &str) -> Result<Object, StoreError> {
        match self.head(bucket, key).await {
            Err(error @ (StoreError::Denied { .. } | StoreError::Refused { .. })) => {
                Err(self.cause(bucket, key, error).await)
            }
            answer => answer,
        }
    }

    /// The answer to a HEAD has no body and so no cause; a GET of the first byte is asked for one.
    async fn cause(&self, bucket: &str, key: &str, error: StoreError) -> StoreError {
        get(&self.client, bucket, key, 0..1).await.err().unwrap_or(error)
    }

    async fn head(&self, bucket: &str, key: &str) -> Result<Object, StoreError> {
        let uri = uri(bucket, key);
        retry::repeat(async || {
            let head = self.client.head_object().bucket(bucket).key(key).send().await;
            let head = head.map_err(|error| explain(error, Call::GET, &uri))?;
            let tag = head.e_tag().map(unquoted).or_else(|| head.last_modified().map(ToString::to_string));
            let size = head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            Ok(Object { etag: tag.unwrap_or_default(), size })
        })
        .await
    }
}

impl S3Source {
    pub(super) fn object(&self) -> &Object {
        &self.object
    }

    pub(super) fn uri(&self) -> String {
        uri(&self.bucket, &self.key)
    }

    pub(super) async fn range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        retry::repeat(async || {
            let (etag, bytes) = get(&self.client, &self.bucket, &self.key, range.clone()).await?;
            let whole = bytes.len() as u64 == range.end - range.start;
            if !whole || etag.is_some_and(|etag| etag != self.object.etag) {
                return Err(StoreError::Changed { uri: self.uri() });
            }
            Ok(bytes)
        })
        .await
    }
}

/// One ranged read: the object's tag and the bytes.
async fn get(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    range: Range<u64>,
) -> Result<(Option<String>, Bytes), StoreError> {
    let uri = uri(bucket, key);
    let late = |source: super::Cause| StoreError::Unavailable { uri: uri.clone(), call: Call::GET.name, source };
    let header = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
    let answer = client.get_object().bucket(bucket).key(key).range(header).send().await;
    let answer: GetObjectOutput = answer.map_err(|error| explain(error, Call::GET, &uri))?;
    let etag = answer.e_tag().map(unquoted);
    let most = range.end - range.start;
    if answer.content_length().is_some_and(|length| u64::try_from(length).is_ok_and(|length| length > most)) {
        return Err(StoreError::Refused { uri, call: Call::GET.name, source: "the store does not read ranges".into() });
    }
    let bytes = timeout(BODY, collect(answer.body, most)).await.map_err(|late_body| late(late_body.into()))?;
    Ok((etag, bytes.map_err(|cut| late(cut.into()))?))
}

/// A body, or the beginning of one that has more bytes than it should.
async fn collect(mut body: ByteStream, most: u64) -> Result<Bytes, ByteStreamError> {
    let mut bytes = BytesMut::new();
    while let Some(more) = body.try_next().await? {
        bytes.extend_from_slice(&more);
        if bytes.len() as u64 > most {
            break;
        }
    }
    Ok(bytes.freeze())
}

pub(super) fn uri(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}

pub(super) fn unquoted(etag: &str) -> String {
    etag.trim_start_matches("W/").trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::canned::{Canned, error};
    use super::*;
    use crate::uri::Uri;

    #[tokio::test]
    async fn the_cause_of_a_refused_head_is_asked_for() {
        let canned =
            Canned::start(
                |asked| if asked.has("head ") { (400, "", String::new()) } else { (400, "", error("ExpiredToken")) },
            )
            .await;
        let denied = canned.store().stat(&Uri::parse("s3://bucket/key").unwrap()).await.unwrap_err();
        assert!(denied.to_string().contains("the session token has expired"), "{denied}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_without_an_end_is_read_no_further_than_was_asked() {
        let canned = Canned::start(|asked| {
            if asked.has("head ") {
                (200, "ETag: \"e\"\r\nContent-Length: 4\r\n", String::new())
            } else {
                (206, "ETag: \"e\"\r\nX-Body: endless\r\n", "many more bytes".to_owned())
            }
        })
        .await;
        let source = canned.store().open(&Uri::parse("s3://bucket/key").unwrap()).await.unwrap();
        assert!(matches!(source.all(9).await, Err(StoreError::Changed { .. })));
    }
}
