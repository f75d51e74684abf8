//! The calendar: days since 1970-01-01 to year, month and day and back, over the whole range that DuckDB has (which is wider than jiff's).
//! Proleptic Gregorian, year 0 is 1 BC. Counts of days and microseconds only; no Arrow here.

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;
/// What an interval's month counts where it must be days (DuckDB's constant).
pub(crate) const DAYS_PER_MONTH: i64 = 30;
/// Days of a 400-year era.
const ERA: i64 = 146_097;
/// First and last date of DuckDB 2.0.0: 5877642-06-25 (BC) and 5881580-07-10, as days.
const FIRST_DATE: i64 = -2_147_483_646;
const LAST_DATE: i64 = 2_147_483_646;
/// First timestamp: 290309-12-22 (BC) 00:00:00.
const FIRST_MICROS: i64 = -9_223_372_022_400_000_000;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    /// 1 to 31.
    pub(crate) day: i64,
}

pub(crate) fn is_date(days: i64) -> bool {
    (FIRST_DATE..=LAST_DATE).contains(&days)
}

/// Whether DuckDB has this timestamp; the greatest count of all is its infinity.
pub(crate) fn is_timestamp(micros: i64) -> bool {
    (FIRST_MICROS..i64::MAX).contains(&micros)
}

impl Civil {
    /// The day `days` after 1970-01-01. Years are counted from March, so that a leap day comes last.
    pub(crate) fn of_days(days: i64) -> Self {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(ERA);
        let day_of_era = shifted.rem_euclid(ERA);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month, day: day_of_year - (153 * from_march + 2) / 5 + 1 }
    }

    pub(crate) fn of_micros(micros: i64) -> Self {
        Self::of_days(micros.div_euclid(DAY))
    }

    /// Days since 1970-01-01.
    pub(crate) fn to_days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let from_march = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let day_of_year = (153 * from_march + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * ERA + day_of_era - 719_468
    }

    /// A day that the calendar and DuckDB's range have.
    pub(crate) fn checked(year: i64, month: i64, day: i64) -> Option<Self> {
        let year = (-6_000_000..=6_000_000).contains(&year).then_some(year)?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let date = Self { year, month, day };
        is_date(date.to_days()).then_some(date)
    }

    /// 1 to 366.
    pub(crate) fn day_of_year(self) -> i64 {
        self.to_days() - Self { year: self.year, month: 1, day: 1 }.to_days() + 1
    }

    /// 1 (Monday) to 7.
    pub(crate) fn iso_weekday(self) -> i64 {
        iso_weekday(self.to_days())
    }

    /// The ISO year and the week in it.
    pub(crate) fn iso_week(self) -> (i64, i64) {
        let thursday = Self::of_days(self.to_days() + 4 - self.iso_weekday());
        (thursday.year, (thursday.day_of_year() - 1) / 7 + 1)
    }
}

/// 1 (Monday) to 7, for days since 1970-01-01, a Thursday.
pub(crate) fn iso_weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The Monday of the week.
pub(crate) fn monday(days: i64) -> i64 {
    days + 1 - iso_weekday(days)
}

pub(crate) fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap_year(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The same day of another month, or that month's last; `None` beyond the range of dates.
pub(crate) fn add_months(days: i64, months: i64) -> Option<i64> {
    let date = Civil::of_days(days);
    let count = (date.year * 12 + date.month - 1).checked_add(months)?;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    Civil::checked(year, month, date.day.min(days_in_month(year, month))).map(Civil::to_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_nine_centuries_comes_back() {
        for days in -200_000..150_000 {
            assert_eq!(Civil::of_days(days).to_days(), days);
        }
    }

    #[test]
    fn known_days_have_their_dates() {
        assert_eq!(Civil::of_days(0), Civil { year: 1970, month: 1, day: 1 });
        assert_eq!(Civil::of_days(18_000), Civil { year: 2019, month: 4, day: 14 });
        assert_eq!(Civil::of_days(LAST_DATE), Civil { year: 5_881_580, month: 7, day: 10 });
        assert_eq!(Civil { year: 2021, month: 1, day: 3 }.iso_week(), (2020, 53));
    }

    #[test]
    fn a_day_beyond_the_month_is_cut_to_its_last() {
        let january = Civil { year: 2021, month: 1, day: 31 }.to_days();
        assert_eq!(add_months(january, 1).map(Civil::of_days), Some(Civil { year: 2021, month: 2, day: 28 }));
        assert_eq!(add_months(january, i64::from(i32::MAX)), None);
    }
}
