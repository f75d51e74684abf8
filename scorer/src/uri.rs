//! Addresses: one strict parser for every URI that a task or a model names. It decides what an address is and touches
//! nothing.
//!
//! An address comes from a tenant, so what is not plainly a file, an object or a page is refused: no user names or
//! queries (they hold secrets, and addresses are written into manifests), no `..`, no backslash, no control characters,
//! no link-local host (a cloud's metadata service answers there).

use std::fmt;
use std::path::{Path, PathBuf};

use scoring_contract::bounds;

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
    #[error("`{0}` has no known scheme: write s3://bucket/key, https://host/path or file:///path")]
    Scheme(String),
    /// Longer than an address may be.
    #[error("the address has {0} bytes: at most {most} are allowed", most = bounds::URI)]
    Length(usize),
    /// A character that has no place in an address.
    #[error("`{uri}` holds {what}: leave it out")]
    Character {
        /// The address.
        uri: String,
        /// The character, in words.
        what: &'static str,
    },
    /// A path that climbs, or has nothing between two slashes.
    #[error("`{uri}` has the path segment `{segment}`: write the path out without it")]
    Segment {
        /// The address.
        uri: String,
        /// `..`, `.` or nothing.
        segment: String,
    },
    /// Not a bucket's name.
    #[error("`{0}` is no bucket name: it has 3 to 63 lower-case letters, digits, dots and dashes")]
    Bucket(String),
    /// A bucket with nothing in it named.
    #[error("`{0}` names a bucket and no object in it: write s3://bucket/key")]
    NoKey(String),
    /// A page's address that does not parse.
    #[error("`{uri}` is no http address: {problem}")]
    Http {
        /// The address.
        uri: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A host that only this machine's own network has.
    #[error("`{0}` is a link-local address: name the store's own host")]
    LinkLocal(String),
    /// A file address that does not begin at the root.
    #[error("`{0}` is not an absolute path: write file:///folder/file")]
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
        Some((_, what)) => Err(UriError::Character { uri: text.escape_debug().collect(), what }),
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
        return Err(UriError::Bucket(bucket.to_owned()));
    }
    let key = key.strip_suffix('/').unwrap_or(key);
    if key.is_empty() {
        return Err(UriError::NoKey(text.to_owned()));
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
    let url = url::Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UriError::Http {
            uri: format!("{}://…@{}", url.scheme(), url.host_str().unwrap_or_default()),
            problem: "it holds a user name or a password, which would be written into manifests".to_owned(),
        });
    }
    refuse_link_local(&url)?;
    let written = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    check_segments(text, written.strip_suffix('/').unwrap_or(written))?;
    Ok(Uri::Http(url))
}

/// Refuses the hosts of a machine's own link, however they are written (the parser reads `0xa9fea9fe` as an address).
pub fn refuse_link_local(url: &url::Url) -> Result<(), UriError> {
    let link_local = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_link_local(),
        Some(url::Host::Ipv6(address)) => {
            address.is_unicast_link_local() || address.to_ipv4().is_some_and(|inner| inner.is_link_local())
        }
        _ => false,
    };
    if link_local { Err(UriError::LinkLocal(url.host_str().unwrap_or_default().to_owned())) } else { Ok(()) }
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
            "file://host/path",
            "file:///a/../etc/passwd",
            "https://user:secret@host/file",
            "https://host/a/%2e%2e/../b",
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/latest",
            "http://[fe80::1]/x",
            "http://[::ffff:169.254.169.254]/x",
        ] {
            assert!(Uri::parse(text).is_err(), "{text:?} was taken");
        }
        assert!(Uri::parse(&format!("s3://bucket/{}", "a".repeat(3000))).is_err());
    }

    #[test]
    fn a_refusal_never_repeats_a_password() {
        let error = Uri::parse("https://user:secret@host/file").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
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
