//! Objects of an S3 store: reading, listing, and small writes.

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use tokio::time::timeout;

use super::s3_error::{Call, explain};
use super::{Condition, Listed, Listing, Object, StoreError, retry, s3_client};
use crate::task::Storage;

/// The time that the body of one ranged read may take: 8 MiB at about 140 kB/s.
const BODY: Duration = Duration::from_mins(1);
/// Listed entries at most: outputs of a thousand models over eight years in one folder.
const ENTRIES: usize = 100_000;

/// A client of one store.
pub(super) struct S3 {
    pub(super) client: aws_sdk_s3::Client,
    pub(super) multipart_above: u64,
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
        Ok(Self { client: s3_client::client(settings).await, multipart_above: settings.multipart_above })
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
            Err(error @ StoreError::Denied { .. }) => Err(self.cause(bucket, key, error).await),
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

    pub(super) async fn list(&self, bucket: &str, key: &str) -> Result<Listing, StoreError> {
        let prefix = if key.is_empty() { String::new() } else { format!("{key}/") };
        let uri = uri(bucket, &prefix);
        let mut listing = Listing::default();
        let mut next: Option<String> = None;
        loop {
            let page = retry::repeat(async || {
                let call = self.client.list_objects_v2().bucket(bucket).prefix(&prefix).delimiter("/");
                let page = call.set_continuation_token(next.clone()).send().await;
                page.map_err(|error| explain(error, Call::LIST, &uri))
            })
            .await?;
            let folders = page.common_prefixes().iter().filter_map(|folder| folder.prefix()?.strip_prefix(&prefix));
            listing.folders.extend(folders.map(|name| name.trim_end_matches('/').to_owned()));
            listing.files.extend(page.contents().iter().filter_map(|object| listed(object, &prefix)));
            let entries = listing.folders.len() + listing.files.len();
            if entries > ENTRIES {
                return Err(StoreError::TooLarge { uri, size: entries as u64, most: ENTRIES as u64 });
            }
            next = page.next_continuation_token().map(str::to_owned).filter(|_| page.is_truncated() == Some(true));
            if next.is_none() {
                return Ok(listing);
            }
        }
    }

    /// Writes an object in one piece. After an unclear answer, or a refused condition, the object is read back: where it
    /// holds these very bytes, they were written, by this call or by a run that makes the same.
    pub(super) async fn put(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: Option<&Condition>,
    ) -> Result<Object, StoreError> {
        let mut next = 2;
        loop {
            let error = match self.put_once(bucket, key, bytes.clone(), condition).await {
                Ok(object) => return Ok(object),
                Err(error @ (StoreError::Unavailable { .. } | StoreError::Conflict { .. })) => error,
                Err(error) => return Err(error),
            };
            if let Some(object) = self.holds(bucket, key, &bytes).await? {
                return Ok(object);
            }
            let wait = retry::wait_before(next).filter(|_| error.is_unclear());
            let Some(wait) = wait else { return Err(error) };
            tokio::time::sleep(wait).await;
            next += 1;
        }
    }

    pub(super) async fn put_once(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: Option<&Condition>,
    ) -> Result<Object, StoreError> {
        let size = bytes.len() as u64;
        let mut call = self.client.put_object().bucket(bucket).key(key).body(ByteStream::from(bytes));
        call = match condition {
            Some(Condition::Absent) => call.if_none_match("*"),
            Some(Condition::Matches(etag)) => call.if_match(format!("\"{etag}\"")),
            None => call,
        };
        match call.send().await.map_err(|error| explain(error, Call::PUT, &uri(bucket, key))) {
            Ok(put) => match put.e_tag() {
                Some(etag) => Ok(Object { etag: unquoted(etag), size }),
                None => self.stat(bucket, key).await,
            },
            // The bytes that the condition names are gone: on AWS a 404, on others a 412.
            Err(StoreError::NotFound { uri }) if condition.is_some() => Err(StoreError::Conflict { uri }),
            Err(error) => Err(error),
        }
    }

    /// The object, if it holds these bytes.
    async fn holds(&self, bucket: &str, key: &str, bytes: &Bytes) -> Result<Option<Object>, StoreError> {
        let source = match self.open(bucket, key).await {
            Ok(source) => source,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if source.object.size != bytes.len() as u64 {
            return Ok(None);
        }
        let object = source.object.clone();
        let found = super::Source::S3(source).all(bytes.len() as u64).await?;
        Ok((found == *bytes).then_some(object))
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
    let body = timeout(BODY, answer.body.collect()).await.map_err(|late_body| late(late_body.into()))?;
    let bytes = body.map_err(|cut| late(cut.into()))?.into_bytes();
    Ok((etag, bytes))
}

/// A file of a listing, under its name in the folder.
fn listed(object: &aws_sdk_s3::types::Object, prefix: &str) -> Option<(String, Listed)> {
    let name = object.key()?.strip_prefix(prefix).filter(|name| !name.is_empty())?.to_owned();
    let etag = object.e_tag().map(unquoted).unwrap_or_default();
    let size = object.size().and_then(|size| u64::try_from(size).ok())?;
    let written = object.last_modified().map_or(0, aws_sdk_s3::primitives::DateTime::secs);
    Some((name, Listed { object: Object { etag, size }, written }))
}

pub(super) fn uri(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}

pub(super) fn unquoted(etag: &str) -> String {
    etag.trim_start_matches("W/").trim_matches('"').to_owned()
}
