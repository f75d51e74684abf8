//! The functions of dates, timestamps and intervals.

use super::{Form, Function, Overload, Special, function, may_fail, works};
use crate::kernel::{date as d, interval as i, part};
use crate::types::Type::{BigInt, Date, Double, Interval, Timestamp, TimestampTz, Varchar};

macro_rules! overloads {
    ($($name:ident: $($overload:expr),+);* $(;)?) => {
        $(static $name: &[Overload] = &[$($overload),+];)*
    };
}

overloads! {
    EPOCH: works(&[Date], Double, part::epoch_of_date), works(&[Timestamp], Double, part::epoch_of_timestamp), works(&[TimestampTz], Double, part::epoch_of_zoned), works(&[Interval], Double, part::epoch_of_interval);
    EPOCH_US: works(&[Timestamp], BigInt, d::to_microseconds), works(&[TimestampTz], BigInt, d::to_microseconds);
    MAKE_DATE: may_fail(&[BigInt, BigInt, BigInt], Date, d::make_date);
    MAKE_TIMESTAMP: works(&[BigInt], Timestamp, d::of_microseconds), may_fail(&[BigInt, BigInt, BigInt, BigInt, BigInt, Double], Timestamp, d::make_timestamp);
    LAST_DAY: may_fail(&[Date], Date, d::last_day), may_fail(&[Timestamp], Date, d::last_day), may_fail(&[TimestampTz], Date, d::last_day);
    DAYNAME: works(&[Date], Varchar, d::dayname), works(&[Timestamp], Varchar, d::dayname), works(&[TimestampTz], Varchar, d::dayname);
    MONTHNAME: works(&[Date], Varchar, d::monthname), works(&[Timestamp], Varchar, d::monthname), works(&[TimestampTz], Varchar, d::monthname);
    DATE_ADD: may_fail(&[Date, Interval], Timestamp, i::shift), may_fail(&[Timestamp, Interval], Timestamp, i::shift), may_fail(&[TimestampTz, Interval], TimestampTz, i::shift);
    TO_YEARS: may_fail(&[BigInt], Interval, i::to_years);
    TO_QUARTERS: may_fail(&[BigInt], Interval, i::to_quarters);
    TO_MONTHS: may_fail(&[BigInt], Interval, i::to_months);
    TO_WEEKS: may_fail(&[BigInt], Interval, i::to_weeks);
    TO_DAYS: may_fail(&[BigInt], Interval, i::to_days);
    TO_HOURS: may_fail(&[BigInt], Interval, i::to_hours);
    TO_MINUTES: may_fail(&[BigInt], Interval, i::to_minutes);
    TO_SECONDS: may_fail(&[BigInt], Interval, i::to_seconds);
    TO_MILLISECONDS: may_fail(&[BigInt], Interval, i::to_milliseconds);
    TO_MICROSECONDS: may_fail(&[BigInt], Interval, i::to_microseconds);
}

const fn part_of(part: &'static str) -> Form {
    Form::Special(Special::PartOf(part))
}

pub(super) static DATES: &[Function] = &[
    function!("dates", "date_part" | "datepart", "date_part(part, time), extract(part FROM time)", "a part of a date, timestamp or interval: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, dow, isodow, doy, isoyear, decade, century, millennium, epoch", "date_part('hour', TIMESTAMP '2021-02-03 04:05:06')" => "4", Form::Special(Special::DatePart)),
    function!("dates", "year", "year(time)", "its year", "year(DATE '2021-02-03')" => "2021", part_of("year")),
    function!("dates", "quarter", "quarter(time)", "its quarter, 1 to 4", "quarter(DATE '2021-02-03')" => "1", part_of("quarter")),
    function!("dates", "month", "month(time)", "its month, 1 to 12", "month(DATE '2021-02-03')" => "2", part_of("month")),
    function!("dates", "week" | "weekofyear", "week(time)", "its ISO week, 1 to 53", "week(DATE '2021-01-03')" => "53", part_of("week")),
    function!("dates", "isoyear", "isoyear(time)", "the year of its ISO week", "isoyear(DATE '2021-01-03')" => "2020", part_of("isoyear")),
    function!("dates", "day" | "dayofmonth", "day(time)", "its day of the month", "day(DATE '2021-02-03')" => "3", part_of("day")),
    function!("dates", "dayofweek" | "weekday", "dayofweek(time)", "its day of the week, 0 (Sunday) to 6", "dayofweek(DATE '2021-01-03')" => "0", part_of("dow")),
    function!("dates", "isodow", "isodow(time)", "its day of the week, 1 (Monday) to 7", "isodow(DATE '2021-01-03')" => "7", part_of("isodow")),
    function!("dates", "dayofyear", "dayofyear(time)", "its day of the year, 1 to 366", "dayofyear(DATE '2021-02-03')" => "34", part_of("doy")),
    function!("dates", "hour", "hour(time)", "its hour", "hour(TIMESTAMP '2021-02-03 04:05:06')" => "4", part_of("hour")),
    function!("dates", "minute", "minute(time)", "its minute", "minute(TIMESTAMP '2021-02-03 04:05:06')" => "5", part_of("minute")),
    function!("dates", "second", "second(time)", "its whole second", "second(TIMESTAMP '2021-02-03 04:05:06.7')" => "6", part_of("second")),
    function!("dates", "millisecond", "millisecond(time)", "its second in milliseconds", "millisecond(TIMESTAMP '2021-02-03 04:05:06.7')" => "6700", part_of("millisecond")),
    function!("dates", "microsecond", "microsecond(time)", "its second in microseconds", "microsecond(TIMESTAMP '2021-02-03 04:05:06.7')" => "6700000", part_of("microsecond")),
    function!("dates", "epoch", "epoch(time)", "seconds since 1970-01-01, or of an interval", "epoch(INTERVAL '1 day 00:00:01.5')" => "86401.5", Form::Overloads(&[EPOCH])),
    function!("dates", "epoch_us", "epoch_us(time)", "microseconds since 1970-01-01", "epoch_us(TIMESTAMP '1970-01-01 00:00:01')" => "1000000", Form::Overloads(&[EPOCH_US])),
    function!("dates", "date_trunc" | "datetrunc", "date_trunc(part, time)", "the beginning of the part, as a timestamp", "date_trunc('month', DATE '2021-02-03')" => "2021-02-01 00:00:00", Form::Special(Special::DateTrunc)),
    function!("dates", "date_diff" | "datediff", "date_diff(part, from, to)", "how many beginnings of the part lie between", "date_diff('day', DATE '2021-01-31', DATE '2021-02-03')" => "3", Form::Special(Special::DateDiff)),
    function!("dates", "date_add", "date_add(time, interval)", "a date or timestamp moved, as a timestamp", "date_add(DATE '2021-02-03', INTERVAL 1 DAY)" => "2021-02-04 00:00:00", Form::Overloads(&[DATE_ADD])),
    function!("dates", "make_date", "make_date(year, month, day)", "a date", "make_date(2021, 2, 3)" => "2021-02-03", Form::Overloads(&[MAKE_DATE])),
    function!("dates", "make_timestamp", "make_timestamp(year, month, day, hour, minute, seconds), make_timestamp(microseconds)", "a timestamp", "make_timestamp(2021, 2, 3, 4, 5, 6.5)" => "2021-02-03 04:05:06.5", Form::Overloads(&[MAKE_TIMESTAMP])),
    function!("dates", "strftime", "strftime(time, format)", "its text in a format of %Y %y %m %d %j %H %I %M %S %f %g %p %a %A %b %B %u %w %U %W %V %G %x %X %c", "strftime(DATE '2021-02-03', '%d.%m.%Y')" => "03.02.2021", Form::Special(Special::Strftime)),
    function!("dates", "last_day", "last_day(time)", "the last day of its month", "last_day(DATE '2021-02-03')" => "2021-02-28", Form::Overloads(&[LAST_DAY])),
    function!("dates", "dayname", "dayname(time)", "the English name of its weekday", "dayname(DATE '2021-02-03')" => "Wednesday", Form::Overloads(&[DAYNAME])),
    function!("dates", "monthname", "monthname(time)", "the English name of its month", "monthname(DATE '2021-02-03')" => "February", Form::Overloads(&[MONTHNAME])),
    function!("intervals", "to_years", "to_years(n)", "an interval of years", "epoch(to_years(1))" => "31557600.0", Form::Overloads(&[TO_YEARS])),
    function!("intervals", "to_quarters", "to_quarters(n)", "an interval of quarters", "date_part('month', to_quarters(1))" => "3", Form::Overloads(&[TO_QUARTERS])),
    function!("intervals", "to_months", "to_months(n)", "an interval of months", "date_part('month', to_months(2))" => "2", Form::Overloads(&[TO_MONTHS])),
    function!("intervals", "to_weeks", "to_weeks(n)", "an interval of weeks", "date_part('day', to_weeks(2))" => "14", Form::Overloads(&[TO_WEEKS])),
    function!("intervals", "to_days", "to_days(n)", "an interval of days", "DATE '2021-02-03' + to_days(2)" => "2021-02-05 00:00:00", Form::Overloads(&[TO_DAYS])),
    function!("intervals", "to_hours", "to_hours(n)", "an interval of hours", "epoch(to_hours(2))" => "7200.0", Form::Overloads(&[TO_HOURS])),
    function!("intervals", "to_minutes", "to_minutes(n)", "an interval of minutes", "epoch(to_minutes(2))" => "120.0", Form::Overloads(&[TO_MINUTES])),
    function!("intervals", "to_seconds", "to_seconds(n)", "an interval of seconds", "epoch(to_seconds(2))" => "2.0", Form::Overloads(&[TO_SECONDS])),
    function!("intervals", "to_milliseconds", "to_milliseconds(n)", "an interval of milliseconds", "epoch(to_milliseconds(2500))" => "2.5", Form::Overloads(&[TO_MILLISECONDS])),
    function!("intervals", "to_microseconds", "to_microseconds(n)", "an interval of microseconds", "epoch(to_microseconds(2500000))" => "2.5", Form::Overloads(&[TO_MICROSECONDS])),
];
