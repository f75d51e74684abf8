//! Pages, for reading. Redirects are not followed (a page could send the run to a place that its task does not name).
//!
//! A page whose server does not read ranges, or gives neither a tag nor a time of change, is read once, to its end. Asking
//! what is there then reads it too, where its server does not say: without a tag, the bytes are what tells two pages apart.
//! A name may lead to another address at every call; what keeps a run from its own network is the network's policy.

use std::ops::Range;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED, RANGE};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use super::{Cause, Object, Source, StoreError, retry, spool};

const CONNECT: Duration = Duration::from_millis(3100);
/// The longest silence of a server.
const SILENCE: Duration = Duration::from_secs(15);
/// The time of one range, its body included: 8 MiB at about 140 kB/s.
const RANGE_TIME: Duration = Duration::from_mins(1);
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

    /// Opens a page.
    pub(super) async fn open(&self, url: &url::Url) -> Result<Source, StoreError> {
        retry::repeat(async || match self.ask(url).await? {
            Page::Ranged(object) => {
                Ok(Source::Http(HttpSource { client: self.client.clone(), url: url.clone(), object }))
            }
            Page::Whole { tag, answer } => spool::spool(url.as_str(), tag, body(url, answer)).await.map(Source::File),
        })
        .await
    }

    /// Size and tag, as [`Http::open`] would find them.
    pub(super) async fn stat(&self, url: &url::Url) -> Result<Object, StoreError> {
        retry::repeat(async || match self.ask(url).await? {
            Page::Ranged(object) => Ok(object),
            Page::Whole { tag, answer } => {
                match (&tag, answer.headers().get(CONTENT_LENGTH), answer.content_length()) {
                    (Some(tag), Some(_), Some(size)) => Ok(Object { etag: tag.clone(), size }),
                    _ => spool::measure(url.as_str(), tag, body(url, answer)).await,
                }
            }
        })
        .await
    }

    /// Asks for the first byte: the answer says the page's size, its tag, and whether ranges are read at all.
    async fn ask(&self, url: &url::Url) -> Result<Page, StoreError> {
        let answer = get(&self.client, url, Some(FIRST)).await?;
        let (status, tag) = (answer.status(), tag(answer.headers()));
        match (status, tag) {
            (StatusCode::PARTIAL_CONTENT, Some(etag)) => match total(answer.headers()) {
                Some(size) => Ok(Page::Ranged(Object { etag, size })),
                None => Err(refused(url, "it does not say the page's size")),
            },
            // An empty page has no first byte; one without a tag is known by all its bytes.
            (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, tag) => {
                Ok(Page::Whole { tag, answer: get(&self.client, url, None).await? })
            }
            (_, tag) => Ok(Page::Whole { tag, answer }),
        }
    }
}

/// What a server says of a page.
enum Page {
    /// It reads ranges of this page.
    Ranged(Object),
    /// It is to be read to its end.
    Whole { tag: Option<String>, answer: Response },
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
            let part = timeout(RANGE_TIME, self.part(range.clone())).await;
            part.map_err(|late| unavailable(&self.url, late.into()))?
        })
        .await
    }

    async fn part(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let header = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        let answer = get(&self.client, &self.url, Some(&header)).await?;
        let etag = tag(answer.headers());
        let same = answer.status() == StatusCode::PARTIAL_CONTENT && etag.as_ref() == Some(&self.object.etag);
        let length = range.end - range.start;
        if !same || answer.content_length().is_some_and(|answered| answered != length) {
            return Err(StoreError::Changed { uri: self.uri() });
        }
        let mut body = body(&self.url, answer);
        let mut bytes = BytesMut::new();
        while bytes.len() as u64 <= length
            && let Some(more) = body.next().await
        {
            bytes.extend_from_slice(&more?);
        }
        if bytes.len() as u64 == length { Ok(bytes.freeze()) } else { Err(StoreError::Changed { uri: self.uri() }) }
    }
}

fn body(url: &url::Url, answer: Response) -> BoxStream<'_, Result<Bytes, StoreError>> {
    answer.bytes_stream().map_err(|error| unavailable(url, error.into())).boxed()
}

async fn get(client: &reqwest::Client, url: &url::Url, range: Option<&str>) -> Result<Response, StoreError> {
    let call = client.get(url.clone());
    let call = if let Some(range) = range { call.header(RANGE, range) } else { call };
    let answer = call.send().await.map_err(|error| unavailable(url, error.into()))?;
    let status = answer.status();
    if status.is_success() || (status == StatusCode::RANGE_NOT_SATISFIABLE && range.is_some()) {
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
        408 | 425 | 429 | 500 | 502..=599 => unavailable(url, source),
        300..=399 => refused(url, "it sends the caller elsewhere, which is not followed: name the final address"),
        _ => StoreError::Refused { uri, call: CALL, source },
    })
}

/// The tag of a page, or the time of its last change; none where the server gives neither.
fn tag(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(ETAG).or_else(|| headers.get(LAST_MODIFIED))?;
    let text = header.to_str().ok()?.trim_start_matches("W/").trim_matches('"');
    (!text.is_empty()).then(|| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::super::canned::Canned;
    use super::*;
    use crate::uri::Uri;

    async fn both(canned: &Canned) -> (Object, Object, Bytes) {
        let uri = Uri::parse(&format!("{}/page", canned.endpoint)).unwrap();
        let store = canned.store();
        let source = store.open(&uri).await.unwrap();
        let bytes = source.all(100).await.unwrap();
        (store.stat(&uri).await.unwrap().unwrap(), source.object().clone(), bytes)
    }

    #[tokio::test]
    async fn a_page_without_a_tag_is_told_from_another_of_its_size() {
        let mut tags = Vec::new();
        for page in ["one page", "two page"] {
            let (found, opened, bytes) = both(&Canned::start(move |_| (200, "", page.to_owned())).await).await;
            assert_eq!((&found, bytes.as_ref(), found.size), (&opened, page.as_bytes(), 8));
            tags.push(found.etag);
        }
        assert_ne!(tags[0], tags[1]);
        // SHA-256 of `one page`, by sha256sum of GNU coreutils 9.
        assert_eq!(tags[0], "59e26b3f73655a55fbe0abc4923639e12ad5c497ba50c3eec2c6773cc827a19b");
    }

    #[tokio::test]
    async fn a_page_of_ranges_without_a_tag_is_read_whole() {
        let canned = Canned::start(|asked| {
            if asked.has("range: ") {
                (206, "Content-Range: bytes 0-0/8\r\n", "o".to_owned())
            } else {
                (200, "", "one page".to_owned())
            }
        })
        .await;
        let (found, opened, bytes) = both(&canned).await;
        assert_eq!((&found, bytes.as_ref()), (&opened, b"one page".as_slice()));
        assert_eq!(found.etag.len(), 64);
    }

    #[tokio::test]
    async fn a_page_without_a_length_has_the_size_of_its_body() {
        let chunked = "ETag: \"e\"\r\nX-Body: unmeasured\r\n";
        let (found, opened, _) = both(&Canned::start(move |_| (200, chunked, "one page".to_owned())).await).await;
        assert_eq!((&found, found.size), (&opened, 8));
    }

    #[tokio::test(start_paused = true)]
    async fn a_range_that_has_no_end_is_read_no_further_than_was_asked() {
        let endless = "ETag: \"e\"\r\nContent-Range: bytes 0-0/4\r\nX-Body: endless\r\n";
        let canned = Canned::start(move |_| (206, endless, "many more bytes".to_owned())).await;
        let uri = Uri::parse(&format!("{}/page", canned.endpoint)).unwrap();
        let source = canned.store().open(&uri).await.unwrap();
        assert!(matches!(source.all(9).await, Err(StoreError::Changed { .. })));
    }
}
