//! Addresses: one strict parser for every URI that a task or a model names. It decides what an address is and touches
//! nothing.
//!
//! An address comes from a tenant, so what is not plainly a file, an object or a page is refused: no user names or
//! queries (they hold secrets, and addresses are written into manifests), no `..`, no backslash, no control characters,
//! no link-local host (a cloud's metadata service answers there). A host's name may still lead to such an address: names
//! are looked up later, by who calls.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use scoring_contract::bounds;

use crate::visible::visible;

/// The longest key, in bytes (S3 user guide, "Creating object key names").
const KEY: usize = 1024;

/// The schemes that MLflow's own server answers for (MLflow documentation, "Artifact Stores" and "Model Registry").
const TRACKED: [&str; 4] = ["models:", "runs:", "mlflow-artifacts:", "dbfs:"];

/// Where EC2's metadata service answers over IPv6 (EC2 user guide, "Use the Instance Metadata Service").
const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// A checked address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Uri {
    /// A path on this machine, absolute.
    File(PathBuf),
    /// An object: bucket and key. The key of a folder has no slash at its end.
    S3 {
        /// 3 to 63 lower-case letters, digits, dots and dashes.
        bucket: String,
        /// At most 1024 bytes.
        key: String,
    },
    /// A page, `http` or `https`.
    Http(url::Url),
}

/// Why a text is not an address. `Display` says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No scheme, or one that is not known.
    #[error("`{}` has no known scheme: write s3://bucket/key, https://host/path or file:///path", shown(.0))]
    Scheme(String),
    /// Longer than an address may be.
    #[error("the address has {0} bytes: at most {most} are allowed", most = bounds::URI)]
    Length(usize),
    /// A character that has no place in an address.
    #[error("`{}` holds {what}: leave it out", shown(uri))]
    Character {
        /// The address.
        uri: String,
        /// The character, in words.
        what: &'static str,
    },
    /// A path that climbs, or has nothing between two slashes.
    #[error("`{}` has the path segment `{segment}`: write the path out without it", shown(uri))]
    Segment {
        /// The address.
        uri: String,
        /// `..`, `.`, nothing, or one that a server may read so.
        segment: String,
    },
    /// An address without a bucket's name.
    #[error("`{}` names no bucket: a bucket's name has 3 to 63 lower-case letters, digits, dots and dashes", shown(.0))]
    Bucket(String),
    /// A bucket with nothing in it named.
    #[error("`{}` names a bucket and no object in it: write s3://bucket/key", shown(.0))]
    NoKey(String),
    /// A key that no store takes.
    #[error("the key has {0} bytes: at most {KEY} are allowed")]
    Key(usize),
    /// A page's address that does not parse.
    #[error("`{}` is no http address: {problem}", shown(uri))]
    Http {
        /// The address.
        uri: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A name that only a tracking server could turn into an address.
    #[error(
        "`{}` is known to an MLflow tracking server alone, which is never asked: write experimentUri and runId, or the \
         address of the folder that holds the MLmodel file",
        shown(.0)
    )]
    Tracked(String),
    /// A host that only this machine's own network has.
    #[error("`{0}` is a link-local address: name the store's own host")]
    LinkLocal(String),
    /// A file address that does not begin at the root.
    #[error("`{}` is not an absolute path: write file:///folder/file", shown(.0))]
    Relative(String),
}

impl Uri {
    /// Checks an address.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        check_text(text)?;
        match text.split_once("://") {
            Some(("s3", rest)) => parse_s3(text, rest),
            Some(("file", rest)) => parse_file(text, rest),
            Some(("http" | "https", _)) => parse_http(text),
            _ if TRACKED.iter().any(|scheme| text.starts_with(scheme)) => Err(UriError::Tracked(text.to_owned())),
            _ => Err(UriError::Scheme(text.to_owned())),
        }
    }

    /// The address of something below this folder.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        match self {
            Self::File(path) => Self::File(path.join(below)),
            Self::S3 { bucket, key } => {
                let key = if key.is_empty() { below.to_owned() } else { format!("{key}/{below}") };
                Self::S3 { bucket: bucket.clone(), key }
            }
            Self::Http(url) => {
                let mut url = url.clone();
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(below.split('/'));
                }
                Self::Http(url)
            }
        }
    }

    /// The folder that holds this file, and the file's name in it.
    pub fn split(&self) -> (Self, String) {
        match self {
            Self::File(path) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                (Self::File(path.parent().unwrap_or(Path::new("/")).to_owned()), name)
            }
            Self::S3 { bucket, key } => {
                let (folder, name) = key.rsplit_once('/').unwrap_or(("", key));
                (Self::S3 { bucket: bucket.clone(), key: folder.to_owned() }, name.to_owned())
            }
            Self::Http(url) => {
                let mut folder = url.clone();
                let name = url.path_segments().and_then(Iterator::last).unwrap_or_default().to_owned();
                if let Ok(mut segments) = folder.path_segments_mut() {
                    segments.pop();
                }
                (Self::Http(folder), name)
            }
        }
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file://{}", path.display()),
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Http(url) => write!(f, "{url}"),
        }
    }
}

fn check_text(text: &str) -> Result<(), UriError> {
    if text.len() > bounds::URI {
        return Err(UriError::Length(text.len()));
    }
    let refused = [
        (text.contains(char::is_control), "a control character"),
        (text.contains('\\'), "a backslash"),
        (text.contains(['{', '}']), "a brace that is no placeholder"),
        (text.contains(['?', '#']), "a query or a fragment (`?` or `#`)"),
    ];
    match refused.into_iter().find(|(found, _)| *found) {
        Some((_, what)) => Err(UriError::Character { uri: text.to_owned(), what }),
        None => Ok(()),
    }
}

fn check_segments(text: &str, path: &str) -> Result<(), UriError> {
    match path.split('/').find(|segment| matches!(*segment, "" | "." | "..")) {
        Some(segment) => Err(UriError::Segment { uri: text.to_owned(), segment: segment.to_owned() }),
        None => Ok(()),
    }
}

fn parse_s3(text: &str, rest: &str) -> Result<Uri, UriError> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(allowed) {
        return Err(UriError::Bucket(text.to_owned()));
    }
    let key = key.strip_suffix('/').unwrap_or(key);
    if key.is_empty() {
        return Err(UriError::NoKey(text.to_owned()));
    }
    if key.len() > KEY {
        return Err(UriError::Key(key.len()));
    }
    check_segments(text, key)?;
    Ok(Uri::S3 { bucket: bucket.to_owned(), key: key.to_owned() })
}

fn parse_file(text: &str, rest: &str) -> Result<Uri, UriError> {
    let Some(path) = rest.strip_prefix('/') else {
        return Err(UriError::Relative(text.to_owned()));
    };
    let path = path.strip_suffix('/').unwrap_or(path);
    check_segments(text, path)?;
    Ok(Uri::File(Path::new("/").join(path)))
}

fn parse_http(text: &str) -> Result<Uri, UriError> {
    let wrong = |problem: &str| UriError::Http { uri: text.to_owned(), problem: problem.to_owned() };
    // The parser would take the first name of the path for the host.
    if text.split_once("://").is_some_and(|(_, rest)| rest.starts_with('/')) {
        return Err(wrong("it names no host: write https://host/path"));
    }
    let url = url::Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a user name or a password, which would be written into manifests: leave it out"));
    }
    refuse_link_local(&url)?;
    let written = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let written = written.strip_suffix('/').unwrap_or(written);
    check_segments(text, written)?;
    check_escapes(text, written)?;
    Ok(Uri::Http(url))
}

/// Refuses segments that climb once a server has decoded them.
fn check_escapes(text: &str, path: &str) -> Result<(), UriError> {
    let climbs = |segment: &&str| {
        let lower = segment.to_ascii_lowercase();
        lower.contains("%2f") || lower.contains("%5c") || matches!(lower.replace("%2e", ".").as_str(), "." | "..")
    };
    match path.split('/').find(climbs) {
        Some(segment) => Err(UriError::Segment { uri: text.to_owned(), segment: shown(segment) }),
        None => Ok(()),
    }
}

/// An address that is refused, for a message: what stands before an `@` or behind a `?` or `#` may be a secret, and control
/// characters are written out.
pub(crate) fn shown(text: &str) -> String {
    let is_scheme = |scheme: &&str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let scheme = text.split("://").next().filter(is_scheme).filter(|scheme| scheme.len() < text.len());
    let start = scheme.map_or(0, |scheme| scheme.len() + 3);
    // The last `@`: a password, or a key of S3, may hold slashes and question marks.
    let (hidden, rest) = match text[start..].rfind('@') {
        Some(at) => ("…", &text[start + at..]),
        None => ("", &text[start..]),
    };
    let kept: String = rest.chars().take_while(|character| !matches!(character, '?' | '#')).take(bounds::URI).collect();
    let cut = if kept.len() < rest.len() { "…" } else { "" };
    visible(&format!("{}{hidden}{kept}{cut}", &text[..start]))
}

/// Refuses the hosts of a machine's own link, however they are written (the parser reads `0xa9fea9fe` as an address).
pub fn refuse_link_local(url: &url::Url) -> Result<(), UriError> {
    let link_local = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_link_local(),
        Some(url::Host::Ipv6(address)) => {
            address == METADATA
                || address.is_unicast_link_local()
                || address.to_ipv4().or_else(|| behind_nat64(address)).is_some_and(|inner| inner.is_link_local())
        }
        _ => false,
    };
    if link_local { Err(UriError::LinkLocal(url.host_str().unwrap_or_default().to_owned())) } else { Ok(()) }
}

/// The IPv4 address that a translator's well-known prefix `64:ff9b::/96` stands before (RFC 6052, section 2.1).
fn behind_nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_three_kinds_are_read_and_printed_as_they_were() {
        for text in [
            "s3://nyc-tlc/trip data/green_tripdata_2021-02.parquet",
            "file:///data/green_tripdata_2021-02.parquet",
            "https://d37ci6vzurychx.cloudfront.net/trip-data/green_tripdata_2021-02.parquet",
            "http://127.0.0.1:8000/a.parquet",
        ] {
            assert_eq!(Uri::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_address_that_could_lead_elsewhere_is_refused() {
        for text in [
            "",
            "green.parquet",
            "ftp://host/file",
            "s3://UPPER/key",
            "s3://no",
            "s3://bucket",
            "s3://bucket/",
            "s3://bucket/a/../b",
            "s3://bucket/a//b",
            "s3://bucket/a\\b",
            "s3://bucket/a\nb",
            "s3://bucket/a?versionId=1",
            "s3://bucket/{month",
            "https:///green.parquet",
            "models:/green/Production",
            "runs:/ab12/model",
            "mlflow-artifacts:/2/ab12/artifacts",
            "mlflow-artifacts://server/2/ab12/artifacts",
            "file://host/path",
            "file:///a/../etc/passwd",
            "https://user:secret@host/file",
            "https://host/a/%2e%2e/../b",
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/latest",
            "http://[fe80::1]/x",
            "http://[::ffff:169.254.169.254]/x",
            "http://[fd00:ec2::254]/x",
            "http://[64:ff9b::a9fe:a9fe]/x",
            "https://host/a/%2e%2E/b",
            "https://host/a/.%2e/b",
            "https://host/a/%2E/b",
            "https://host/a/..%2fb",
            "https://host/a/..%5Cb",
        ] {
            assert!(Uri::parse(text).is_err(), "{text:?} was taken");
        }
        assert!(Uri::parse(&format!("s3://bucket/{}", "a".repeat(3000))).is_err());
        assert!(Uri::parse(&format!("s3://bucket/{}", "a".repeat(1025))).is_err());
        assert!(Uri::parse(&format!("s3://bucket/{}", "a".repeat(1024))).is_ok());
    }

    #[test]
    fn a_refusal_never_repeats_a_secret() {
        for text in [
            "https://user:secret@host/file",
            "https://user:se/secret?secret@host/file",
            "https://secret@169.254.169.254/file",
            "https://host/file?X-Amz-Signature=secret",
            "https://host/file#secret",
            "https://user:secret@host/a/../b",
            "https://user:secret@[host/a",
            "s3://KEY:secret@bucket/key",
            "s3://KEY:secret/secret@bucket",
            "s3://KEY:secret@bucket/a\\b",
            "file://user:secret@host/path",
            "ftp://user:secret@host/path",
            "user:secret@host/path",
            "user:secret@host://path",
            "page?key=secret://path",
            "s3:/KEY:secret@bucket/key",
        ] {
            let error = Uri::parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_shown_of_an_address_says_what_was_left_out() {
        assert_eq!(shown("s3://bucket/a b.parquet"), "s3://bucket/a b.parquet");
        assert_eq!(shown("https://user:pass@host/a?b=c"), "https://…@host/a…");
        assert_eq!(shown("s3://bucket/a\n"), "s3://bucket/a\\n");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn a_folder_and_a_name_make_an_address_again() {
        for text in ["s3://bucket/a/b.parquet", "s3://bucket/b.parquet", "file:///a/b.parquet", "http://h/a/b.parquet"]
        {
            let uri = Uri::parse(text).unwrap();
            let (folder, name) = uri.split();
            assert_eq!(name, "b.parquet");
            assert_eq!(folder.join(&name), uri);
        }
    }
}
