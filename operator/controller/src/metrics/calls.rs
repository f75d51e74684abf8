//! Figures of the calls to the API server: one for every request that goes over the wire, repetitions too.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The upper bounds of the latencies that are told apart, in seconds; the last is the time-out of a request.
const LATENCIES: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// The kinds that the controller asks for; others count as `other`.
const KINDS: [&str; 6] = ["jobs", "pods", "events", "leases", "scoringschedules", "scoringbackfills"];

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Call {
    verb: &'static str,
    resource: &'static str,
}

impl Call {
    /// What a request asks.
    pub fn of<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        let resource = KINDS.into_iter().find(|kind| path.split('/').any(|part| part == *kind)).unwrap_or("other");
        let watches = request.uri().query().is_some_and(|query| query.split('&').any(|part| part == "watch=true"));
        let verb = match *request.method() {
            Method::GET if watches => "watch",
            Method::GET if path.rsplit('/').next() == Some(resource) => "list",
            Method::GET => "get",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => "other",
        };
        Self { verb, resource }
    }

    /// Whether the answer goes on for as long as it may.
    pub fn is_watch(&self) -> bool {
        self.verb == "watch"
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// It was done.
    Done,
    /// There is no such object (404).
    NotFound,
    /// The object has changed, or is there already (409).
    Conflict,
    /// The server is busy (429).
    Throttled,
    /// It was refused for another reason.
    Refused,
    /// The server failed.
    Failed,
    /// The answer did not come in time.
    Late,
    /// There is no connection, or it broke.
    Broken,
}

impl CallOutcome {
    /// What a status says.
    pub fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::TOO_MANY_REQUESTS => Self::Throttled,
            status if status.is_server_error() => Self::Failed,
            status if status.is_client_error() => Self::Refused,
            _ => Self::Done,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Broken => "broken",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Counted {
    verb: &'static str,
    resource: &'static str,
    outcome: &'static str,
}

/// Figures of calls.
#[derive(Clone, Debug)]
pub struct CallFigures {
    requests: Family<Counted, Counter>,
    latency: Family<Call, Histogram, fn() -> Histogram>,
}

impl CallFigures {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let figures =
            Self { requests: Family::default(), latency: Family::new_with_constructor(|| Histogram::new(LATENCIES)) };
        let registry = registry.sub_registry_with_prefix("api");
        registry.register("requests", "Requests to the API server", figures.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "How long requests to the API server took; of a watch, until it began",
            Unit::Seconds,
            figures.latency.clone(),
        );
        figures
    }

    /// Counts a request.
    pub fn record(&self, call: &Call, outcome: CallOutcome, took: Duration) {
        let Call { verb, resource } = *call;
        self.requests.get_or_create(&Counted { verb, resource, outcome: outcome.word() }).inc();
        self.latency.get_or_create(call).observe(took.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_verb_and_kind() {
        let jobs = "/apis/batch/v1/namespaces/jobs-of-ours/jobs";
        let cases = [
            (Method::GET, format!("{jobs}?limit=500"), ("list", "jobs")),
            (Method::GET, format!("{jobs}?watch=true&resourceVersion=1"), ("watch", "jobs")),
            (Method::GET, format!("{jobs}/a"), ("get", "jobs")),
            (Method::POST, format!("{jobs}?"), ("create", "jobs")),
            (Method::DELETE, format!("{jobs}/a"), ("delete", "jobs")),
            (
                Method::PATCH,
                "/apis/batchscoring.io/v1alpha1/namespaces/n/scoringschedules/s/status".to_owned(),
                ("patch", "scoringschedules"),
            ),
            (Method::GET, "/version".to_owned(), ("get", "other")),
        ];
        for (method, uri, (verb, resource)) in cases {
            let request = Request::builder().method(method).uri(&uri).body(()).unwrap();
            assert_eq!(Call::of(&request), Call { verb, resource }, "{uri}");
        }
    }
}
