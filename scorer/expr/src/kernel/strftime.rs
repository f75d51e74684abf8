//! `strftime`: a timestamp in a written format. The formats are those whose meaning does not hang on a place or a language.

use std::fmt::Write;

use arrow_array::ArrayRef;

use super::civil::Civil;
use super::date::{MONTHS, WEEKDAYS};
use super::map;
use super::part::{Moment, moments};
use crate::evaluate::Failure;
use crate::value::Value;

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(char),
    /// The letter after `%`, and whether a `-` takes leading zeros away.
    Field(char, bool),
}

fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            pieces.push(Piece::Text(c));
            continue;
        }
        let mut letter = rest.next();
        let bare = letter == Some('-');
        if bare {
            letter = rest.next();
        }
        let known = if bare { "dmyHIMSj" } else { "aAwudbBmyYHIpMSfgjUWGVxXc%" };
        match letter {
            Some('%') if !bare => pieces.push(Piece::Text('%')),
            Some(letter) if known.contains(letter) => pieces.push(Piece::Field(letter, bare)),
            _ => {
                let letter = letter.map_or_else(String::new, String::from);
                let dash = if bare { "-" } else { "" };
                return Err(format!("%{dash}{letter} is not a field of strftime here"));
            }
        }
    }
    Ok(pieces)
}

/// What is wrong with a format, if anything is.
pub(crate) fn check(format: &str) -> Result<(), String> {
    pieces(format).map(|_| ())
}

struct Shown {
    date: Civil,
    clock: i64,
}

impl Shown {
    fn of(Moment { days, clock }: Moment) -> Self {
        Self { date: Civil::of_days(days), clock }
    }

    fn hour(&self) -> i64 {
        self.clock / 3_600_000_000
    }

    fn minute(&self) -> i64 {
        self.clock / 60_000_000 % 60
    }

    fn second(&self) -> i64 {
        self.clock / 1_000_000 % 60
    }

    /// Weeks since the first of the weekdays `first` (0 is Sunday) of the year.
    fn week_from(&self, first: i64) -> i64 {
        let weekday = (self.date.iso_weekday() - first).rem_euclid(7);
        (self.date.day_of_year() + 6 - weekday) / 7
    }

    /// The value of a numeric field and its width.
    fn number(&self, letter: char) -> Option<(i64, usize)> {
        let date = self.date;
        Some(match letter {
            'w' => (date.iso_weekday() % 7, 1),
            'u' => (date.iso_weekday(), 1),
            'd' => (date.day, 2),
            'm' => (date.month, 2),
            'y' => (date.year.abs() % 100, 2),
            'H' => (self.hour(), 2),
            'I' => ((self.hour() + 11) % 12 + 1, 2),
            'M' => (self.minute(), 2),
            'S' => (self.second(), 2),
            'f' => (self.clock % 1_000_000, 6),
            'g' => (self.clock % 1_000_000 / 1000, 3),
            'j' => (date.day_of_year(), 3),
            'U' => (self.week_from(0), 2),
            'W' => (self.week_from(1), 2),
            'V' => (date.iso_week().1, 2),
            _ => return None,
        })
    }

    fn year(year: i64, out: &mut String) {
        let _ = if year < 0 { write!(out, "{year}") } else { write!(out, "{year:04}") };
    }

    fn field(&self, letter: char, bare: bool, out: &mut String) {
        if let Some((number, width)) = self.number(letter) {
            let _ = if bare { write!(out, "{number}") } else { write!(out, "{number:0width$}") };
            return;
        }
        let weekday = WEEKDAYS[(self.date.iso_weekday() % 7) as usize];
        let month = MONTHS[(self.date.month - 1) as usize];
        match letter {
            'a' => out.push_str(&weekday[..3]),
            'A' => out.push_str(weekday),
            'b' => out.push_str(&month[..3]),
            'B' => out.push_str(month),
            'p' => out.push_str(if self.hour() < 12 { "AM" } else { "PM" }),
            'Y' => Self::year(self.date.year, out),
            'G' => Self::year(self.date.iso_week().0, out),
            'x' => self.all("Y-m-d", out),
            'X' => self.all("H:M:S", out),
            _ => self.all("Y-m-d H:M:S", out),
        }
    }

    fn all(&self, letters: &str, out: &mut String) {
        for letter in letters.chars() {
            if letter.is_ascii_alphabetic() { self.field(letter, false, out) } else { out.push(letter) }
        }
    }
}

/// `strftime(timestamp, format)`; binding has checked the format, a literal.
pub(crate) fn strftime(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    let moments = moments(&args[0]);
    let pieces = pieces(args[1].text().get(0).unwrap_or_default()).unwrap_or_default();
    map::texts(args, rows, |row, out| {
        let shown = Shown::of(moments(row));
        for piece in &pieces {
            match piece {
                Piece::Text(c) => out.push(*c),
                Piece::Field(letter, bare) => shown.field(*letter, *bare, out),
            }
        }
        Ok(())
    })
}
