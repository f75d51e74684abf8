//! A calendar month, `2021-02`: the identity of everything that the product scores, names and reports.
//!
//! A month is a label, never an instant or a length of time. What instants it covers depends on a time zone and is asked
//! for by name ([`Month::start`]); nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The first year that a month may have. Older datasets are a slip of the pen.
pub const FIRST_YEAR: i16 = 1900;
/// The last year that a month may have.
pub const LAST_YEAR: i16 = 2199;

/// A calendar month of the years [`FIRST_YEAR`] to [`LAST_YEAR`], ordered by time.
///
/// Held as its ordinal, `12 · year + (month − 1)`, so that months are counted and never divided out of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u16);

/// Why a text or a number is not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MonthError {
    /// The text has another form.
    #[error("{text:?} is not a month: write it as YYYY-MM, such as 2021-02")]
    Form {
        /// What was written, cut to a few characters.
        text: String,
    },
    /// There is no such month in a year.
    #[error("month {number:02} does not exist: write 01 to 12")]
    Number {
        /// The month of the year.
        number: i8,
    },
    /// The year is out of bounds.
    #[error("year {year} is out of bounds: months from {FIRST_YEAR}-01 to {LAST_YEAR}-12 are known")]
    Year {
        /// The year.
        year: i16,
    },
}

impl Month {
    /// The first month there is.
    pub const MIN: Self = Self(FIRST_YEAR as u16 * 12);
    /// The last month there is.
    pub const MAX: Self = Self(LAST_YEAR as u16 * 12 + 11);

    /// The month with this year and this number, 1 to 12.
    pub fn new(year: i16, number: i8) -> Result<Self, MonthError> {
        if !(1..=12).contains(&number) {
            return Err(MonthError::Number { number });
        }
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(MonthError::Year { year });
        }
        Ok(Self(year as u16 * 12 + (number as u16 - 1)))
    }

    /// The month that a date falls in; none outside the years that are known.
    pub fn of(date: Date) -> Option<Self> {
        Self::new(date.year(), date.month()).ok()
    }

    /// The year.
    pub const fn year(self) -> i16 {
        (self.0 / 12) as i16
    }

    /// The number in the year, 1 to 12.
    pub const fn number(self) -> i8 {
        (self.0 % 12) as i8 + 1
    }

    /// `12 · year + (month − 1)`: consecutive months have consecutive ordinals.
    pub const fn ordinal(self) -> u16 {
        self.0
    }

    /// The month with this ordinal; none outside the years that are known.
    pub const fn from_ordinal(ordinal: u16) -> Option<Self> {
        if ordinal >= Self::MIN.0 && ordinal <= Self::MAX.0 { Some(Self(ordinal)) } else { None }
    }

    /// The month that is this many months later, or earlier where the count is negative.
    pub fn plus(self, months: i32) -> Option<Self> {
        let ordinal = i32::from(self.0).checked_add(months)?;
        Self::from_ordinal(u16::try_from(ordinal).ok()?)
    }

    /// The month after this one; none after [`Month::MAX`].
    pub fn next(self) -> Option<Self> {
        self.plus(1)
    }

    /// The month before this one; none before [`Month::MIN`].
    pub fn previous(self) -> Option<Self> {
        self.plus(-1)
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year(), self.number(), 1)
    }

    /// Its first instant in a zone: midnight of the first day or, where the clocks skip that, the first instant after;
    /// where midnight comes twice, the first of the two.
    ///
    /// None where the instant is beyond what a [`Timestamp`] holds; never so for the years that are known.
    pub fn start(self, zone: &TimeZone) -> Option<Timestamp> {
        crate::ticks::instant(self.first_day().at(0, 0, 0, 0), zone)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let form = || MonthError::Form { text: text.chars().take(20).collect() };
        let [year @ .., b'-', tens, ones] = text.as_bytes() else { return Err(form()) };
        let year = <[u8; 4]>::try_from(year).map_err(|_| form())?;
        Self::new(number(&year).ok_or_else(form)?, number(&[*tens, *ones]).ok_or_else(form)? as i8)
    }
}

/// A few decimal digits as a number.
fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_prints_as_it_is_written() {
        let mut each = Some(Month::MIN);
        while let Some(one) = each {
            assert_eq!(month(&one.to_string()), one);
            assert_eq!(Month::from_ordinal(one.ordinal()), Some(one));
            each = one.next();
        }
    }

    #[test]
    fn months_are_counted_across_years() {
        assert_eq!(month("2020-12").next(), Some(month("2021-01")));
        assert_eq!(month("2021-01").previous(), Some(month("2020-12")));
        assert_eq!(month("2021-03").plus(-15), Some(month("2019-12")));
        assert_eq!(Month::MAX.next(), None);
        assert_eq!(Month::MIN.previous(), None);
        assert_eq!(Month::MAX.plus(i32::MAX), None);
    }

    #[test]
    fn what_is_not_a_month_is_refused_with_the_form_to_write() {
        for text in
            ["", "2021", "2021-2", "2021-002", "21-02", "2021/02", "+021-02", "2021-02-01", " 2021-02", "２０２１-02"]
        {
            assert!(matches!(text.parse::<Month>(), Err(MonthError::Form { .. })), "{text:?}");
        }
        assert_eq!("2021-00".parse::<Month>(), Err(MonthError::Number { number: 0 }));
        assert_eq!("2021-13".parse::<Month>(), Err(MonthError::Number { number: 13 }));
        assert_eq!("1899-12".parse::<Month>(), Err(MonthError::Year { year: 1899 }));
        assert_eq!("2200-01".parse::<Month>(), Err(MonthError::Year { year: 2200 }));
    }
}
