//! What is in a folder of an S3 store.

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;

use super::s3::{S3, unquoted, uri};
use super::s3_error::{Call, explain};
use super::{Listed, Listing, StoreError, retry};

/// Listed entries at most: outputs of a thousand models over eight years in one folder.
const ENTRIES: usize = 100_000;
/// Pages at most; S3 puts 1,000 entries on one, and a page may be empty.
const PAGES: usize = 1_000;

impl S3 {
    pub(super) async fn list(&self, bucket: &str, key: &str) -> Result<Listing, StoreError> {
        let prefix = if key.is_empty() { String::new() } else { format!("{key}/") };
        let uri = uri(bucket, &prefix);
        let mut listing = Listing::default();
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            let page = self.page(bucket, &prefix, next.clone()).await?;
            let folders = page.common_prefixes().iter().filter_map(|folder| folder.prefix()?.strip_prefix(&prefix));
            listing.folders.extend(folders.map(|name| name.trim_end_matches('/').to_owned()));
            listing.files.extend(page.contents().iter().filter_map(|object| listed(object, &prefix)));
            if listing.folders.len() + listing.files.len() > ENTRIES {
                return Err(StoreError::TooMany { uri, most: ENTRIES });
            }
            let last = next;
            next = page.next_continuation_token().map(str::to_owned).filter(|_| page.is_truncated() == Some(true));
            if next.is_none() {
                return Ok(listing);
            }
            if next == last {
                break;
            }
        }
        Err(StoreError::Refused { uri, call: Call::LIST.name, source: "its pages do not end".into() })
    }

    async fn page(&self, bucket: &str, prefix: &str, from: Option<String>) -> Result<ListObjectsV2Output, StoreError> {
        let uri = uri(bucket, prefix);
        retry::repeat(async || {
            let call = self.client.list_objects_v2().bucket(bucket).prefix(prefix).delimiter("/");
            let page = call.set_continuation_token(from.clone()).send().await;
            page.map_err(|error| explain(error, Call::LIST, &uri))
        })
        .await
    }
}

/// A file of a listing, under its name in the folder. Some stores give no tag here (s3s-fs 0.14.1).
fn listed(object: &aws_sdk_s3::types::Object, prefix: &str) -> Option<(String, Listed)> {
    let name = object.key()?.strip_prefix(prefix).filter(|name| !name.is_empty())?.to_owned();
    let etag = object.e_tag().map(unquoted).filter(|etag| !etag.is_empty());
    let size = object.size().and_then(|size| u64::try_from(size).ok())?;
    let written = object.last_modified().map_or(0, aws_sdk_s3::primitives::DateTime::secs);
    Some((name, Listed { etag, size, written }))
}

#[cfg(test)]
mod tests {
    use super::super::canned::Canned;
    use super::*;
    use crate::uri::Uri;

    fn page(rest: &str) -> String {
        format!(
            "<ListBucketResult><Contents><Key>out/a.parquet</Key><Size>7</Size></Contents>{rest}</ListBucketResult>"
        )
    }

    #[tokio::test]
    async fn a_listing_without_tags_says_that_it_has_none() {
        let canned = Canned::start(|_| (200, "", page(""))).await;
        let listing = canned.store().list(&Uri::parse("s3://bucket/out").unwrap()).await.unwrap();
        assert_eq!(listing.files["a.parquet"], Listed { etag: None, size: 7, written: 0 });
    }

    #[tokio::test]
    async fn a_listing_whose_pages_do_not_end_is_given_up() {
        let again = "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>";
        let canned = Canned::start(move |_| (200, "", page(again))).await;
        let refused = canned.store().list(&Uri::parse("s3://bucket/out").unwrap()).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })));
        assert_eq!(canned.asked().len(), 2);
    }
}
