//! Ranges of months, inclusive at both ends: what a backfill names, and how coverage is told in a few words.

use std::fmt;
use std::str::FromStr;

use crate::month::{Month, MonthError};

/// The months from `first` to `last`, both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthRange {
    first: Month,
    last: Month,
}

/// Why a text or two months are not a range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MonthRangeError {
    /// An end is not a month.
    #[error("an end of the range is not a month")]
    End(#[source] MonthError),
    /// The ends are the wrong way round.
    #[error("the range ends with {last}, before it begins with {first}: exchange them")]
    Order {
        /// The first month.
        first: Month,
        /// The last month.
        last: Month,
    },
}

impl MonthRange {
    /// The months from `first` to `last`, both among them.
    pub fn new(first: Month, last: Month) -> Result<Self, MonthRangeError> {
        if first <= last { Ok(Self { first, last }) } else { Err(MonthRangeError::Order { first, last }) }
    }

    /// One month alone.
    pub const fn only(month: Month) -> Self {
        Self { first: month, last: month }
    }

    /// The first month.
    pub const fn first(self) -> Month {
        self.first
    }

    /// The last month, which is part of the range.
    pub const fn last(self) -> Month {
        self.last
    }

    /// Whether a month is one of these.
    pub fn contains(self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }

    /// How many months these are; one at least.
    pub fn count(self) -> usize {
        usize::from(self.last.ordinal() - self.first.ordinal()) + 1
    }

    /// Every month, the oldest first.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> {
        (self.first.ordinal()..=self.last.ordinal()).filter_map(Month::from_ordinal)
    }

    /// What both ranges have; none where they do not touch.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last)).ok()
    }

    /// The fewest ranges that hold these months. They come in order, the oldest first, each once or more often.
    pub fn covering(months: impl IntoIterator<Item = Month>) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for month in months {
            match ranges.last_mut() {
                Some(range) if month <= range.last => {}
                Some(range) if range.last.next() == Some(month) => range.last = month,
                _ => ranges.push(Self::only(month)),
            }
        }
        ranges
    }
}

impl fmt::Display for MonthRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}..{}", self.first, self.last) }
    }
}

impl FromStr for MonthRange {
    type Err = MonthRangeError;

    fn from_str(text: &str) -> Result<Self, MonthRangeError> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let first = first.parse().map_err(MonthRangeError::End)?;
        let last = last.parse().map_err(MonthRangeError::End)?;
        Self::new(first, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> MonthRange {
        text.parse().unwrap()
    }

    #[test]
    fn both_ends_are_part_of_a_range() {
        let year = range("2020-11..2021-02");
        assert_eq!(year.count(), 4);
        assert_eq!(year.months().count(), 4);
        assert!(year.contains(year.first()) && year.contains(year.last()));
        assert_eq!(range("2021-07").months().collect::<Vec<_>>(), ["2021-07".parse().unwrap()]);
    }

    #[test]
    fn a_range_prints_as_it_is_written() {
        for text in ["2020-11..2021-02", "2021-07"] {
            assert_eq!(range(text).to_string(), text);
        }
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_refused() {
        assert!(matches!("2021-03..2021-02".parse::<MonthRange>(), Err(MonthRangeError::Order { .. })));
        assert!(matches!("2021-03...2021-04".parse::<MonthRange>(), Err(MonthRangeError::End(_))));
    }

    #[test]
    fn neighbours_are_told_as_one_range() {
        let months = range("2020-11..2021-02").months().chain(range("2021-04").months());
        let told: Vec<String> = MonthRange::covering(months).iter().map(MonthRange::to_string).collect();
        assert_eq!(told, ["2020-11..2021-02", "2021-04"]);
    }

    #[test]
    fn ranges_share_what_both_have() {
        assert_eq!(range("2021-01..2021-06").intersection(range("2021-04..2021-09")), Some(range("2021-04..2021-06")));
        assert_eq!(range("2021-01..2021-02").intersection(range("2021-03")), None);
    }
}
