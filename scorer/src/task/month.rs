//! A calendar month, the identity of all work: `2021-02`. No day, no time, no zone.

use std::fmt;
use std::str::FromStr;

/// A calendar month of the years 1900 to 2199, outside of which a typing error is likelier than a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    number: u8,
}

/// A text that is no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month: write it as 2021-02")]
pub struct MonthError(String);

impl Month {
    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// 1 for January to 12 for December.
    pub fn number(self) -> u8 {
        self.number
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let wrong = || MonthError(text.chars().take(32).collect());
        let shape = text.len() == 7
            && text.bytes().enumerate().all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shape {
            return Err(wrong());
        }
        let year = text[..4].parse().map_err(|_| wrong())?;
        let number = text[5..].parse().map_err(|_| wrong())?;
        if (1900..2200).contains(&year) && (1..=12).contains(&number) {
            Ok(Self { year, number })
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written() {
        for text in ["1900-01", "2021-02", "2199-12"] {
            assert_eq!(text.parse::<Month>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in
            ["", "2021", "2021-2", "2021-13", "2021-00", "0021-01", "2021/02", "2021-02-01", "+021-02", "２０２１-02"]
        {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
