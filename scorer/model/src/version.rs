//! Versions of scikit-learn and which of them are read. Comparison only.

use std::fmt;

/// The oldest version whose models are read: the first with today's module paths and with `_sklearn_version` throughout.
const OLDEST: (u32, u32) = (0, 24);

/// The newest version whose models have been compared with scikit-learn itself.
const NEWEST: (u32, u32) = (1, 9);

/// The versions that are read, for messages.
pub(crate) const SUPPORTED: &str = "0.24 to 1.9";

/// A version of scikit-learn as far as it decides anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The version in texts such as `1.9.1` or `1.0.dev0`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut number = || parts.next()?.parse().ok();
        Some(Self { major: number()?, minor: number()? })
    }

    /// Whether models of this version are read.
    pub(crate) fn is_supported(self) -> bool {
        (OLDEST..=NEWEST).contains(&(self.major, self.minor))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_that_were_compared_are_supported() {
        for (text, supported) in
            [("0.23.2", false), ("0.24.0", true), ("1.0.2", true), ("1.9.1", true), ("1.10.0", false), ("2.0", false)]
        {
            assert_eq!(Version::parse(text).unwrap().is_supported(), supported, "{text}");
        }
        for text in ["", "1", "one.two", "-1.0", "1."] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
