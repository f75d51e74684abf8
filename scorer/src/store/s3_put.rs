//! Writing an object in one piece, on a condition where the store has them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::s3::{S3, unquoted, uri};
use super::s3_client::sending;
use super::s3_error::{Call, explain};
use super::{Condition, Object, Source, StoreError, retry};

/// What writes have shown of a store's conditions.
#[derive(Default)]
pub(super) struct Conditions {
    kept: OnceLock<bool>,
    refused: AtomicBool,
}

impl Conditions {
    /// Whether the store keeps conditions, where a write has found out.
    pub(super) fn kept(&self) -> Option<bool> {
        self.kept.get().copied()
    }

    /// The condition to send: none to a store that refuses a write for having one.
    pub(super) fn sent<'a>(&self, condition: &'a Condition) -> Option<&'a Condition> {
        (!self.refused.load(Ordering::Relaxed)).then_some(condition)
    }

    /// Notes that the store refuses a write for having a condition.
    pub(super) fn refuse(&self) {
        self.refused.store(true, Ordering::Relaxed);
        self.kept.set(false).ok();
    }
}

impl S3 {
    /// Writes an object, and finds out in doing so whether the store keeps conditions: the first write carries one that
    /// cannot hold.
    pub(super) async fn put_guarded(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: &Condition,
    ) -> Result<Object, StoreError> {
        if self.conditions.kept().is_none() {
            let never = Condition::Matches("0".repeat(32));
            match self.put_once(bucket, key, bytes.clone(), &never).await {
                Ok(object) => {
                    self.conditions.kept.set(false).ok();
                    return Ok(object);
                }
                Err(StoreError::Conflict { .. }) => drop(self.conditions.kept.set(true)),
                // Whatever else is wrong is wrong with the write itself too, which says so.
                Err(_) => {}
            }
        }
        self.put(bucket, key, bytes, condition).await
    }

    /// Writes an object. After an unclear answer, or a refused condition, the object is read back: where it holds these
    /// very bytes, they were written, by this call or by a run that makes the same.
    pub(super) async fn put(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: &Condition,
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

    /// Writes an object by one call; by a second one without the condition, where the store has no conditions.
    async fn put_once(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: &Condition,
    ) -> Result<Object, StoreError> {
        let sent = self.conditions.sent(condition);
        match self.send(bucket, key, bytes.clone(), sent).await {
            Err(StoreError::NotImplemented { .. }) if sent.is_some() => {
                self.conditions.refuse();
                self.send(bucket, key, bytes, None).await
            }
            // The bytes that the condition names are gone: on AWS a 404, on others a 412.
            Err(StoreError::NotFound { uri }) if sent.is_some() => Err(StoreError::Conflict { uri }),
            other => other,
        }
    }

    async fn send(
        &self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        condition: Option<&Condition>,
    ) -> Result<Object, StoreError> {
        let size = bytes.len() as u64;
        let call = self.client.put_object().bucket(bucket).key(key).body(ByteStream::from(bytes));
        let call = match condition {
            Some(Condition::Absent) => call.if_none_match("*"),
            Some(Condition::Matches(etag)) => call.if_match(format!("\"{etag}\"")),
            None => call,
        };
        let put = call.customize().config_override(sending(size)).send().await;
        let put = put.map_err(|error| explain(error, Call::PUT, &uri(bucket, key)))?;
        match put.e_tag() {
            Some(etag) => Ok(Object { etag: unquoted(etag), size }),
            None => self.stat(bucket, key).await,
        }
    }

    /// The object, if it holds these bytes.
    async fn holds(&self, bucket: &str, key: &str, bytes: &Bytes) -> Result<Option<Object>, StoreError> {
        let source = match self.open(bucket, key).await {
            Ok(source) => source,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if source.object().size != bytes.len() as u64 {
            return Ok(None);
        }
        let object = source.object().clone();
        let found = Source::S3(source).all(bytes.len() as u64).await?;
        Ok((found == *bytes).then_some(object))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::canned::{Canned, error};
    use super::*;
    use crate::uri::Uri;

    #[tokio::test]
    async fn a_store_without_conditions_is_written_to_without_them() {
        let canned = Canned::start(|asked| {
            if asked.has("if-match") || asked.has("if-none-match") {
                (501, "", error("NotImplemented"))
            } else {
                (200, "ETag: \"e\"\r\n", String::new())
            }
        })
        .await;
        let (store, uri) = (canned.store(), Uri::parse("s3://bucket/key").unwrap());
        for _ in 0..2 {
            store.put_guarded(&uri, Bytes::from_static(b"bytes"), Condition::Absent).await.unwrap();
        }
        assert_eq!(store.keeps_conditions(), Some(false));
        assert_eq!(canned.asked().len(), 3, "the second write asks once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_take_longer_than_an_answer() {
        let canned = Canned::start(|_| (200, "ETag: \"e\"\r\n", String::new())).await.slow(Duration::from_secs(25));
        let (store, uri) = (canned.store(), Uri::parse("s3://bucket/key").unwrap());
        store.put(&uri, Bytes::from_static(b"bytes"), Condition::Absent).await.unwrap();
        assert_eq!(canned.asked().len(), 1);
    }
}
