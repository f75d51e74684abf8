//! What a request asks for, read from its method and path as the API server does (Kubernetes 1.34,
//! `apiserver/pkg/endpoints/request/requestinfo.go`).

use std::fmt;

use http::{Method, Request};

/// A verb on an object or on a kind's collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`.
    pub verb: &'static str,
    /// `jobs`, `pods` and so on; empty where the path is not of an object.
    pub resource: String,
    /// `status` and so on.
    pub subresource: String,
    /// The namespace; empty where there is none.
    pub namespace: String,
    /// The name; empty for a collection, and for a create whose name is in its body.
    pub name: String,
    /// What a list or watch selects by; one list is told from another by it.
    pub selector: String,
}

impl Asked {
    /// What a request asks for; `named` is the name in its body.
    pub fn of<B>(request: &Request<B>, named: Option<String>) -> Self {
        let uri = request.uri();
        let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
        let rest = match *parts.as_slice() {
            ["api", _, ref rest @ ..] | ["apis", _, _, ref rest @ ..] => rest,
            _ => &[],
        };
        let (namespace, rest) = match *rest {
            ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => (namespace, rest),
            _ => ("", rest),
        };
        let at = |index: usize| rest.get(index).copied().unwrap_or_default().to_owned();
        let query = uri.query().unwrap_or_default();
        let selected = |pair: &&str| pair.starts_with("labelSelector=") || pair.starts_with("fieldSelector=");
        let selector = query.split('&').filter(selected).collect::<Vec<_>>().join("&");
        let verb = verb(request.method(), !at(1).is_empty(), query.split('&').any(|pair| pair == "watch=true"));
        let name = named.filter(|_| verb == "create").unwrap_or_else(|| at(1));
        Self { verb, resource: at(0), subresource: at(2), namespace: namespace.to_owned(), name, selector }
    }

    /// Whether it is a watch, which has no end of its own.
    pub fn is_watch(&self) -> bool {
        self.verb == "watch"
    }

    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        !matches!(self.verb, "get" | "list" | "watch")
    }

    /// Which list or watch it is: both have the same name where one goes on where the other ended.
    pub fn collection(&self) -> String {
        format!("{}?{}", self.resource, self.selector)
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.verb, self.resource)?;
        if !self.subresource.is_empty() {
            write!(formatter, "/{}", self.subresource)?;
        }
        if self.name.is_empty() { Ok(()) } else { write!(formatter, " {}", self.name) }
    }
}

fn verb(method: &Method, one: bool, watch: bool) -> &'static str {
    match (method.as_str(), one) {
        ("GET", _) if watch => "watch",
        ("GET", true) => "get",
        ("GET", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, uri: &str) -> Asked {
        Asked::of(&Request::builder().method(method).uri(uri).body(()).unwrap(), None)
    }

    #[test]
    fn a_request_is_read_as_the_server_reads_it() {
        let cases = [
            ("GET", "/api/v1/pods?labelSelector=a%3Db&watch=true", "watch pods"),
            ("GET", "/apis/batch/v1/namespaces/n/jobs?limit=500", "list jobs"),
            ("GET", "/apis/batch/v1/namespaces/n/jobs/j", "get jobs j"),
            ("POST", "/apis/batch/v1/namespaces/n/jobs", "create jobs"),
            ("DELETE", "/apis/batch/v1/namespaces/n/jobs/j", "delete jobs j"),
            ("DELETE", "/apis/batch/v1/namespaces/n/jobs", "deletecollection jobs"),
            (
                "PATCH",
                "/apis/batchscoring.io/v1alpha1/namespaces/n/scoringschedules/s/status",
                "patch scoringschedules/status s",
            ),
            ("GET", "/api/v1/namespaces/n", "get namespaces n"),
            ("GET", "/readyz", "list "),
        ];
        for (method, uri, text) in cases {
            assert_eq!(asked(method, uri).to_string(), text, "{uri}");
        }
    }

    #[test]
    fn a_watch_goes_on_with_the_list_of_its_selector() {
        let list = asked("GET", "/api/v1/namespaces/n/pods?labelSelector=a&limit=500");
        let watch = asked("GET", "/api/v1/namespaces/n/pods?resourceVersion=7&labelSelector=a&watch=true");
        let other = asked("GET", "/api/v1/namespaces/n/pods?labelSelector=b");
        assert_eq!(list.collection(), watch.collection());
        assert_ne!(list.collection(), other.collection());
    }
}
