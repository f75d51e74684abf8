//! An output on its way to an S3 store: in one piece where it is small enough, else in parts.
//!
//! Until the last call nothing can be seen at its key. What a killed run leaves are pending parts; clearing them away is
//! not done here.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};

use super::s3::{S3, unquoted, uri};
use super::s3_client::sending;
use super::s3_error::{Call, explain};
use super::{Condition, Object, StoreError, retry};

/// The size of a part, unless the output is cut below that. With S3's 10,000 parts an output may have 156 GiB, and 48 GiB
/// in parts of 5 MiB.
const PART: usize = 16 * 1024 * 1024;

/// An output on its way.
pub struct S3Upload {
    store: S3,
    bucket: String,
    key: String,
    condition: Condition,
    /// What is not sent yet.
    held: BytesMut,
    sent: u64,
    parts: Option<Parts>,
}

/// A multipart upload under way.
struct Parts {
    id: String,
    done: Vec<CompletedPart>,
}

impl S3Upload {
    pub(super) fn new(store: &S3, bucket: &str, key: &str, condition: Condition) -> Self {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Self { store: store.clone(), bucket, key, condition, held: BytesMut::new(), sent: 0, parts: None }
    }

    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.held.extend_from_slice(&bytes);
        if self.parts.is_none() && self.held.len() as u64 > self.store.multipart_above {
            self.parts = Some(self.begin().await?);
        }
        if self.parts.is_some() {
            let size = PART.min(self.store.multipart_above as usize);
            while self.held.len() > size {
                let part = self.held.split_to(size).freeze();
                self.send(part).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<Object, StoreError> {
        if self.parts.is_none() {
            let bytes = self.held.split().freeze();
            return self.store.put(&self.bucket, &self.key, bytes, &self.condition).await;
        }
        let last = self.held.split().freeze();
        let done = async {
            self.send(last).await?;
            self.complete().await
        };
        match done.await {
            Ok(object) => Ok(object),
            Err(error) => {
                self.abort().await;
                Err(error)
            }
        }
    }

    pub(super) async fn abort(self) {
        if let Some(parts) = &self.parts {
            // What cannot be aborted now is cleared away when the output is committed.
            drop(self.store.abort(&self.bucket, &self.key, &parts.id).await);
        }
    }

    async fn begin(&self) -> Result<Parts, StoreError> {
        let begun = self.store.client.create_multipart_upload().bucket(&self.bucket).key(&self.key).send().await;
        let begun = begun.map_err(|error| explain(error, Call::BEGIN, &self.uri()))?;
        let id = begun.upload_id().ok_or_else(|| self.refused(Call::BEGIN, "it named no upload"))?;
        Ok(Parts { id: id.to_owned(), done: Vec::new() })
    }

    async fn send(&mut self, part: Bytes) -> Result<(), StoreError> {
        let uri = self.uri();
        let Some(parts) = &mut self.parts else { return Ok(()) };
        let number = i32::try_from(parts.done.len() + 1).unwrap_or(i32::MAX);
        let (client, bucket, key, id) = (&self.store.client, &self.bucket, &self.key, &parts.id);
        let size = part.len() as u64;
        let sent = retry::repeat(async || {
            let call = client.upload_part().bucket(bucket).key(key).upload_id(id).part_number(number);
            let call = call.body(ByteStream::from(part.clone())).customize().config_override(sending(size));
            let sent = call.send().await;
            sent.map_err(|error| explain(error, Call::PART, &uri))
        });
        let sent = match sent.await {
            // Another run of this output has aborted the upload.
            Err(StoreError::NotFound { uri }) => return Err(StoreError::Conflict { uri }),
            other => other?,
        };
        parts.done.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
        self.sent += size;
        Ok(())
    }

    /// Completing may be repeated: the same upload ends in the same object. Where the upload is gone after an unclear
    /// answer, the object itself says whether it was completed.
    async fn complete(&mut self) -> Result<Object, StoreError> {
        let Some(parts) = &self.parts else { return Err(self.refused(Call::COMPLETE, "no upload was begun")) };
        let mut next = 2;
        loop {
            let error = match self.complete_once(parts).await {
                Ok(object) => return Ok(object),
                Err(error) => error,
            };
            let repeated = next > 2;
            match error {
                StoreError::Unavailable { .. } => {
                    let Some(wait) = retry::wait_before(next) else { return Err(error) };
                    tokio::time::sleep(wait).await;
                    next += 1;
                }
                StoreError::NotFound { .. } | StoreError::Conflict { .. } if repeated => {
                    return self.completed(parts.done.len()).await;
                }
                StoreError::NotFound { uri } => return Err(StoreError::Conflict { uri }),
                error => return Err(error),
            }
        }
    }

    /// Completes by one call; by a second one without the condition, where the store has no conditions.
    async fn complete_once(&self, parts: &Parts) -> Result<Object, StoreError> {
        let sent = self.store.conditions.sent(&self.condition);
        match self.complete_if(parts, sent).await {
            Err(StoreError::NotImplemented { .. }) if sent.is_some() => {
                self.store.conditions.refuse();
                self.complete_if(parts, None).await
            }
            other => other,
        }
    }

    async fn complete_if(&self, parts: &Parts, condition: Option<&Condition>) -> Result<Object, StoreError> {
        let done = CompletedMultipartUpload::builder().set_parts(Some(parts.done.clone())).build();
        let call = self.store.client.complete_multipart_upload().bucket(&self.bucket).key(&self.key);
        let call = call.upload_id(&parts.id).multipart_upload(done);
        let call = match condition {
            Some(Condition::Absent) => call.if_none_match("*"),
            Some(Condition::Matches(etag)) => call.if_match(format!("\"{etag}\"")),
            None => call,
        };
        let completed = call.send().await.map_err(|error| explain(error, Call::COMPLETE, &self.uri()))?;
        match completed.e_tag() {
            Some(etag) => Ok(Object { etag: unquoted(etag), size: self.sent }),
            None => self.store.stat(&self.bucket, &self.key).await,
        }
    }

    async fn completed(&self, parts: usize) -> Result<Object, StoreError> {
        let found = self.store.stat(&self.bucket, &self.key).await?;
        if found.size == self.sent && found.etag.ends_with(&format!("-{parts}")) {
            return Ok(found);
        }
        Err(StoreError::Conflict { uri: self.uri() })
    }

    fn uri(&self) -> String {
        uri(&self.bucket, &self.key)
    }

    fn refused(&self, call: Call, problem: &'static str) -> StoreError {
        StoreError::Refused { uri: self.uri(), call: call.name, source: problem.into() }
    }
}
