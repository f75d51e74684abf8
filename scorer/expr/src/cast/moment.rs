//! Texts read as dates and timestamps: `2021-02-03`, `2021-02-03 04:05:06.789+02:00`.

use super::text::{is_space, trimmed};
use crate::kernel::civil::{self, Civil, DAY};

/// What the offset after a timestamp does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Nothing: the time stays as it is written.
    Ignored,
    /// The time is moved to UTC.
    Applied,
}

/// A number of at most `most` digits at the beginning of a text, and what follows it.
fn number(text: &str, most: usize) -> Option<(i64, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    if end == 0 || end > most {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// Year, month and day between equal separators (`-`, `/`, `\` or space), and what follows them.
fn calendar(text: &str) -> Option<(Civil, &str)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (year, rest) = number(text, 7)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '\\' | ' '))?;
    let (month, rest) = number(rest.strip_prefix(separator)?, 2)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 2)?;
    let (year, rest) = match rest.strip_prefix(" (BC)") {
        Some(after) if !negative && year > 0 => (1 - year, after),
        _ => (if negative { -year } else { year }, rest),
    };
    Some((Civil::checked(year, month, day)?, rest))
}

/// Days since 1970-01-01; a time of day may follow and is left out.
pub(super) fn date(text: &str) -> Option<i32> {
    if trimmed(text).eq_ignore_ascii_case("epoch") {
        return Some(0);
    }
    let (date, rest) = calendar(text.trim_start_matches(is_space))?;
    let ends = rest.trim_start_matches(is_space).is_empty() || clock_and_offset(rest).is_some();
    if !ends {
        return None;
    }
    i32::try_from(date.to_days()).ok()
}

/// Microseconds of `HH:MM[:SS[.ffffff]]` and what follows.
fn time(text: &str) -> Option<(i64, &str)> {
    let (hour, rest) = number(text, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 2)?,
        None => (0, rest),
    };
    let (micros, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.bytes().take_while(u8::is_ascii_digit).count();
            let padded = format!("{:0<6}", &rest[..end.min(6)]);
            (padded.parse().ok()?, &rest[end..])
        }
        None => (0, rest),
    };
    let midnight = hour == 24 && minute == 0 && second == 0 && micros == 0;
    if (hour > 23 && !midnight) || minute > 59 || second > 59 {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, rest))
}

/// Microseconds of a clock time that ends the text; its hours may be any number.
pub(super) fn clock(text: &str) -> Option<i64> {
    let (hours, _) = text.split_once(':')?;
    let hours: i64 = hours.parse().ok()?;
    let minutes = format!("0{}", &text[text.find(':')?..]);
    let (micros, rest) = time(&minutes)?;
    if !rest.is_empty() {
        return None;
    }
    hours.checked_mul(3_600_000_000)?.checked_add(micros)
}

/// Microseconds east of UTC of `Z`, ` UTC`, `+HH`, `+HHMM`, `+HH:MM`, `+HH:MM:SS`.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" || text == " Z" || text.eq_ignore_ascii_case(" utc") {
        return Some(0);
    }
    let text = text.strip_prefix(' ').unwrap_or(text);
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let mut seconds = 0;
    let mut rest = &text[1..];
    for (unit, place) in [(3600, 0), (60, 1), (1, 2)] {
        if rest.is_empty() && place > 0 {
            break;
        }
        let (digits, after) = rest.strip_prefix(':').filter(|_| place > 0).unwrap_or(rest).split_at_checked(2)?;
        let (number, _) = number(digits, 2).filter(|(number, left)| left.is_empty() && (place == 0 || *number < 60))?;
        seconds += unit * number;
        rest = after;
    }
    rest.is_empty().then_some(sign * seconds * 1_000_000)
}

/// What stands after the day of a timestamp: microseconds of the day and of the offset.
fn clock_and_offset(text: &str) -> Option<(i64, i64)> {
    let (clock, rest) = time(text.strip_prefix([' ', 'T'])?)?;
    let rest = rest.trim_end_matches(is_space);
    Some((clock, if rest.is_empty() { 0 } else { offset(rest)? }))
}

/// Microseconds since 1970-01-01 00:00:00.
pub(super) fn timestamp(text: &str, zone: Zone) -> Option<i64> {
    if trimmed(text).eq_ignore_ascii_case("epoch") {
        return Some(0);
    }
    let (date, rest) = calendar(text.trim_start_matches(is_space))?;
    let (clock, offset) = if rest.is_empty() { (0, 0) } else { clock_and_offset(rest)? };
    let shift = if zone == Zone::Applied { offset } else { 0 };
    let micros = date.to_days().checked_mul(DAY)?.checked_add(clock)?.checked_sub(shift)?;
    civil::is_timestamp(micros).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_three_numbers_between_equal_signs() {
        assert_eq!(date("1970-1-2"), Some(1));
        assert_eq!(date(" 1970/01/02 "), Some(1));
        assert_eq!(date("1970-01-02 03:04"), Some(1));
        assert_eq!(date("1970-01/02"), None);
        assert_eq!(date("1970-01-02x"), None);
        assert_eq!(date("1970-02-30"), None);
        assert_eq!(date("19700102"), None);
    }

    #[test]
    fn a_timestamp_may_leave_out_its_seconds_but_not_its_minutes() {
        assert_eq!(timestamp("1970-01-01 00:01", Zone::Ignored), Some(60_000_000));
        assert_eq!(timestamp("1970-01-01 01", Zone::Ignored), None);
        assert_eq!(timestamp("1970-01-01 24:00:00", Zone::Ignored), Some(DAY));
        assert_eq!(timestamp("1970-01-01T00:00:00.1234567Z", Zone::Ignored), Some(123_456));
    }

    #[test]
    fn an_offset_moves_a_time_only_where_it_has_a_zone() {
        assert_eq!(timestamp("1970-01-01 02:00:00+02", Zone::Applied), Some(0));
        assert_eq!(timestamp("1970-01-01 02:00:00+02", Zone::Ignored), Some(7_200_000_000));
        assert_eq!(timestamp("1970-01-01 02:00:00+2", Zone::Ignored), None);
    }
}
