//! What runs that were killed left of an output: uploads in parts that were begun and neither completed nor aborted. They
//! cannot be seen at the key, and cost what their parts take.
//!
//! An abort is no fence (it may return while a completion lands); the manifest is what makes an output count.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::operation::list_multipart_uploads::ListMultipartUploadsOutput;
use aws_sdk_s3::types::MultipartUpload;

use super::s3::{S3, uri};
use super::s3_error::{Call, explain};
use super::{StoreError, retry};

/// The age from which on nobody is at work on an upload: no run of one month lasts a day.
const ABANDONED: Duration = Duration::from_hours(24);
/// Pages that are read at most, of 1,000 uploads each (S3's default): the uploads of one key and of keys that begin alike.
const PAGES: usize = 100;

/// Which pending uploads of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that nobody can be at work on.
    Abandoned,
    /// Every one.
    All,
}

impl Which {
    fn holds(self, upload: &MultipartUpload) -> bool {
        let before = SystemTime::now().checked_sub(ABANDONED).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let old = |begun: i64| before.is_some_and(|before| begun < before.as_secs() as i64);
        self == Self::All || upload.initiated().is_some_and(|begun| old(begun.secs()))
    }
}

/// Where the next page of a list begins.
type Marker = (Option<String>, Option<String>);

impl S3 {
    /// Aborts pending uploads of one key. A caller that may not list or abort them leaves them: writing an object needs
    /// neither permission. A store that does not list them has none that could be found.
    pub(super) async fn clear_pending(&self, bucket: &str, key: &str, which: Which) -> Result<(), StoreError> {
        match self.abort_pending(bucket, key, which).await {
            Err(
                StoreError::Denied { .. }
                | StoreError::Refused { .. }
                | StoreError::NotImplemented { .. }
                | StoreError::NotFound { .. },
            ) => Ok(()),
            other => other,
        }
    }

    async fn abort_pending(&self, bucket: &str, key: &str, which: Which) -> Result<(), StoreError> {
        let mut marker = Marker::default();
        for _ in 0..PAGES {
            let page = self.pending(bucket, key, &marker).await?;
            for upload in page.uploads().iter().filter(|upload| upload.key() == Some(key) && which.holds(upload)) {
                if let Some(id) = upload.upload_id() {
                    self.abort(bucket, key, id).await?;
                }
            }
            let next = (page.next_key_marker().map(str::to_owned), page.next_upload_id_marker().map(str::to_owned));
            if page.is_truncated() != Some(true) || next == marker {
                break;
            }
            marker = next;
        }
        Ok(())
    }

    async fn pending(
        &self,
        bucket: &str,
        key: &str,
        marker: &Marker,
    ) -> Result<ListMultipartUploadsOutput, StoreError> {
        let uri = uri(bucket, key);
        retry::repeat(async || {
            let call = self.client.list_multipart_uploads().bucket(bucket).prefix(key);
            let call = call.set_key_marker(marker.0.clone()).set_upload_id_marker(marker.1.clone());
            call.send().await.map_err(|error| explain(error, Call::PENDING, &uri))
        })
        .await
    }

    pub(super) async fn abort(&self, bucket: &str, key: &str, id: &str) -> Result<(), StoreError> {
        let uri = uri(bucket, key);
        let aborted = retry::repeat(async || {
            let abort = self.client.abort_multipart_upload().bucket(bucket).key(key).upload_id(id).send().await;
            abort.map_err(|error| explain(error, Call::ABORT, &uri))
        });
        match aborted.await {
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::super::canned::{Canned, error};
    use crate::uri::Uri;

    const KEY: &str = "s3://bucket/out/a.parquet";

    fn upload(key: &str, id: &str, begun: &str) -> String {
        format!("<Upload><Key>out/{key}</Key><UploadId>{id}</UploadId><Initiated>{begun}</Initiated></Upload>")
    }

    /// A store with uploads of two keys, old and young, on two pages.
    async fn store() -> Canned {
        Canned::start(|asked| {
            let page = if asked.has("delete ") {
                return (204, "", String::new());
            } else if asked.has("key-marker=next") {
                upload("a.parquet", "young", "2999-01-01T00:00:00Z")
            } else {
                let old = upload("a.parquet", "old", "2021-01-01T00:00:00Z");
                let other = upload("a.parquet.bak", "other", "2021-01-01T00:00:00Z");
                let next = "<IsTruncated>true</IsTruncated><NextKeyMarker>next</NextKeyMarker>";
                format!("{old}{other}{next}")
            };
            (200, "", format!("<ListMultipartUploadsResult>{page}</ListMultipartUploadsResult>"))
        })
        .await
    }

    fn aborted(canned: &Canned) -> Vec<String> {
        let asked = canned.asked();
        let aborts = asked.iter().filter(|asked| asked.has("delete "));
        aborts.map(|asked| asked.head.split("uploadid=").nth(1).unwrap()[..3].to_owned()).collect()
    }

    #[tokio::test]
    async fn beginning_an_output_leaves_the_uploads_of_living_runs() {
        let canned = store().await;
        canned.store().upload(&Uri::parse(KEY).unwrap(), Condition::Absent).await.unwrap();
        assert_eq!(aborted(&canned), ["old"]);
    }

    #[tokio::test]
    async fn clearing_takes_every_upload_of_the_key_on_every_page() {
        let canned = store().await;
        canned.store().clear_pending(&Uri::parse(KEY).unwrap()).await.unwrap();
        assert_eq!(aborted(&canned), ["old", "you"]);
    }

    #[tokio::test]
    async fn a_caller_that_may_not_list_uploads_may_write() {
        let canned = Canned::start(|_| (403, "", error("AccessDenied"))).await;
        assert!(canned.store().upload(&Uri::parse(KEY).unwrap(), Condition::Absent).await.is_ok());
    }
}
