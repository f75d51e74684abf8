//! Pages, for reading. Redirects are not followed (a page could send the run to a place that its task does not name);
//! a server that does not read ranges is read once, to the end.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED, RANGE};
use reqwest::{Response, StatusCode};

use super::file::FileSource;
use super::{Cause, Object, Source, StoreError, retry, spool};

const CONNECT: Duration = Duration::from_millis(3100);
/// The longest silence of a server.
const SILENCE: Duration = Duration::from_secs(15);
const CALL: &str = "GET";
/// The first byte, whose answer says the page's size and tag.
const FIRST: &str = "bytes=0-0";

/// A client of pages.
pub(super) struct Http {
    client: reqwest::Client,
}

/// A page whose server reads ranges.
pub struct HttpSource {
    client: reqwest::Client,
    url: url::Url,
    object: Object,
}

impl Http {
    pub(super) fn new() -> Result<Self, StoreError> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("scoring-operator/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| StoreError::Settings { problem: error.to_string() })?;
        Ok(Self { client })
    }

    /// Asks for the first byte: the answer says the page's size, its tag, and whether ranges are read at all.
    pub(super) async fn open(&self, url: &url::Url) -> Result<Source, StoreError> {
        retry::repeat(async || {
            let answer = get(&self.client, url, FIRST).await?;
            let tag = tag(answer.headers());
            if answer.status() == StatusCode::PARTIAL_CONTENT {
                let Some(size) = total(answer.headers()) else {
                    return Err(refused(url, "it does not say the page's size"));
                };
                return Ok(Source::Http(HttpSource {
                    client: self.client.clone(),
                    url: url.clone(),
                    object: Object { etag: tag, size },
                }));
            }
            if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
                return Ok(Source::File(empty(url, tag)?));
            }
            let body = answer.bytes_stream().map_err(|error| unavailable(url, error.into()));
            spool::spool(url.as_str(), tag, body.boxed()).await.map(Source::File)
        })
        .await
    }
}

impl Http {
    /// Size and tag, by an answer whose body is not read.
    pub(super) async fn stat(&self, url: &url::Url) -> Result<Object, StoreError> {
        retry::repeat(async || {
            let answer = get(&self.client, url, FIRST).await?;
            let size = match answer.status() {
                StatusCode::PARTIAL_CONTENT => total(answer.headers()),
                StatusCode::RANGE_NOT_SATISFIABLE => Some(0),
                _ => answer.content_length(),
            };
            Ok(Object { etag: tag(answer.headers()), size: size.unwrap_or_default() })
        })
        .await
    }
}

impl HttpSource {
    pub(super) fn object(&self) -> &Object {
        &self.object
    }

    pub(super) fn uri(&self) -> String {
        self.url.to_string()
    }

    pub(super) async fn range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        retry::repeat(async || {
            let header = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
            let answer = get(&self.client, &self.url, &header).await?;
            let same = answer.status() == StatusCode::PARTIAL_CONTENT && tag(answer.headers()) == self.object.etag;
            let length = range.end - range.start;
            if !same || answer.content_length().is_some_and(|answered| answered != length) {
                return Err(StoreError::Changed { uri: self.uri() });
            }
            let bytes = answer.bytes().await.map_err(|error| unavailable(&self.url, error.into()))?;
            if bytes.len() as u64 == length { Ok(bytes) } else { Err(StoreError::Changed { uri: self.uri() }) }
        })
        .await
    }
}

async fn get(client: &reqwest::Client, url: &url::Url, range: &str) -> Result<Response, StoreError> {
    let answer = client.get(url.clone()).header(RANGE, range).send().await;
    let answer = answer.map_err(|error| unavailable(url, error.into()))?;
    let status = answer.status();
    if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(answer);
    }
    let source: Cause = format!("status {status}").into();
    let uri = url.to_string();
    Err(match status.as_u16() {
        404 | 410 => StoreError::NotFound { uri },
        401 | 403 => StoreError::Denied {
            uri,
            permission: "to be let in by the server",
            hint: "; a server may answer so for a page that is not there",
            source,
        },
        408 | 425 | 429 | 500 | 502 | 503 | 504 => unavailable(url, source),
        300..=399 => refused(url, "it sends the caller elsewhere, which is not followed: name the final address"),
        _ => StoreError::Refused { uri, call: CALL, source },
    })
}

fn empty(url: &url::Url, tag: String) -> Result<FileSource, StoreError> {
    let file = tempfile::tempfile();
    let file =
        file.map_err(|source| StoreError::File { uri: url.to_string(), wish: "kept in the temporary folder", source })?;
    Ok(FileSource::unnamed(file, url.as_str(), Object { etag: tag, size: 0 }))
}

/// The tag of a page, or the time of its last change where the server gives none.
fn tag(headers: &HeaderMap) -> String {
    let header = headers.get(ETAG).or_else(|| headers.get(LAST_MODIFIED));
    let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.trim_start_matches("W/").trim_matches('"').to_owned()
}

/// The size behind `bytes 0-0/123`.
fn total(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.parse().ok()
}

fn refused(url: &url::Url, problem: &'static str) -> StoreError {
    StoreError::Refused { uri: url.to_string(), call: CALL, source: problem.into() }
}

fn unavailable(url: &url::Url, source: Cause) -> StoreError {
    StoreError::Unavailable { uri: url.to_string(), call: CALL, source }
}
