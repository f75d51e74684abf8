//! What is asked again, and when.
//!
//! | request | asked again | since |
//! |---|---|---|
//! | GET, a list too | yes | it changes nothing |
//! | DELETE | yes | each carries the UID: a second one finds nothing, or another object, and leaves it alone |
//! | PATCH | yes | each carries the resourceVersion, or sets what it set before: a second one changes nothing |
//! | POST | never | a create whose answer is lost may have taken place; whoever creates looks by name first |
//! | PUT | never | only the lease is replaced, and its next renewal is the repetition |
//!
//! An answer is worth another try if it says that the server is busy or broken (429, 500, 502, 503, 504), if it came too
//! late, or if it broke off.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};

/// The first pause; it doubles.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that a server may ask for. One that asks for more gets its answer taken for what it is.
const LONGEST: Duration = Duration::from_secs(10);

/// Whether a request with this method may be sent a second time.
pub(super) fn is_repeatable(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::DELETE | Method::PATCH)
}

/// Whether an answer may be another one next time.
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// How long to wait after the answer to a try (counted from 1), whose headers are these; none where the server asks for
/// more patience than there is.
pub(super) fn pause(tried: u32, headers: Option<&HeaderMap>) -> Option<Duration> {
    let own = jittered(PAUSE.saturating_mul(1 << tried.saturating_sub(1).min(10)));
    let Some(asked) = headers.and_then(retry_after) else { return Some(own) };
    (asked <= LONGEST).then(|| own.max(asked))
}

/// `Retry-After` in seconds; the API server writes no dates.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// Between a half and the whole of it, so that many who were turned away together do not come back together.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let part = RandomState::new().hash_one(0) % 1000;
    pause / 2 + pause / 2 * part as u32 / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_create_is_never_sent_twice() {
        assert!(!is_repeatable(&Method::POST));
        assert!(!is_repeatable(&Method::PUT));
        assert!(is_repeatable(&Method::GET) && is_repeatable(&Method::DELETE) && is_repeatable(&Method::PATCH));
    }

    #[test]
    fn a_pause_doubles_and_never_exceeds_itself() {
        for (tried, most) in [(1, 100), (2, 200), (3, 400)] {
            let pause = pause(tried, None).unwrap();
            assert!(pause >= Duration::from_millis(most / 2) && pause <= Duration::from_millis(most), "{pause:?}");
        }
    }

    #[test]
    fn the_servers_wish_is_honoured_up_to_ten_seconds() {
        let asked = |seconds: &str| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, seconds.parse().unwrap())]);
            pause(1, Some(&headers))
        };
        assert_eq!(asked("3"), Some(Duration::from_secs(3)));
        assert_eq!(asked("10"), Some(Duration::from_secs(10)));
        assert_eq!(asked("11"), None);
        assert!(asked("soon").unwrap() <= Duration::from_millis(100));
    }
}
