//! A month's row in a report: words with one space in between.
//!
//! ```text
//! month  the file                         the output
//! 2021-01 0a1b2c3d4e5f                    -                                       nothing is committed
//! 2021-02 -  (not published)              c 1 76518 4.231 6.53 -0.12              current: attempt, rows, MAE, RMSE, bias
//! 2021-03 !0 (denied; why is text 0)      m 98c3b2b6befe 6574d0d7c4b0 2 76518     stale: from, to, attempt, rows
//! 2021-04 0a1b2c3d4e5f                    !1                                      damaged; how is text 1
//! ```
//! The cause of a stale output is `i` (input), `m` (model) or `f` (features); `-` stands for a from and a to that the
//! report had no room for. In a text, `{month}` stands for the row's month. The three error figures are left out where they are not known or had no room.

use std::str::{FromStr, SplitWhitespace};

use super::{ErrorText, ReportedInput, ReportedMonth, ReportedOutput, SHORT, Seen, decimal};
use crate::survey::StaleCause;

const CAUSES: [(&str, StaleCause); 3] =
    [("i", StaleCause::Input), ("m", StaleCause::Model), ("f", StaleCause::Features)];
const NOTHING: &str = "-";
const CURRENT: &str = "c";
/// Stands before the number of a text.
const TEXT: char = '!';
/// Stands in a text for the row's month, so that months which differ in nothing else share it.
const ANY_MONTH: &str = "{month}";
/// The most characters of an error figure.
const FIGURE: usize = 24;

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The row ends too early.
    #[error("its {0} is missing")]
    Missing(&'static str),
    /// A word that is none of those that may stand there.
    #[error("its {0} is not of its form")]
    Form(&'static str),
    /// The row goes on after its end.
    #[error("it has more words than a row has")]
    Long,
}

/// What a row has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Detail {
    /// Significant digits of the error figures; none where they are left out.
    pub(super) digits: Option<usize>,
    /// What an output was made from, and what is there now.
    pub(super) change: bool,
}

/// A month's row. Long texts are given their numbers by `number`, with the month written as [`ANY_MONTH`].
pub(super) fn write(
    month: &str,
    found: &ReportedMonth,
    detail: Detail,
    mut number: impl FnMut(&str) -> usize,
) -> String {
    let mut text = |text: &str| format!("{TEXT}{}", number(&text.replace(month, ANY_MONTH)));
    let mut words = vec![month.to_owned()];
    words.push(match &found.input {
        ReportedInput::NotPublished => NOTHING.to_owned(),
        ReportedInput::Denied { message } => text(message),
        ReportedInput::Available { identity } => identity.clone(),
    });
    match &found.output {
        ReportedOutput::None => words.push(NOTHING.to_owned()),
        ReportedOutput::Damaged { problem } => words.push(text(problem)),
        ReportedOutput::Current(seen) => {
            words.push(CURRENT.to_owned());
            words.extend(seen_words(seen, detail));
        }
        ReportedOutput::Stale { cause, from, to, seen } => {
            words.extend(CAUSES.iter().filter(|(_, known)| known == cause).map(|(word, _)| (*word).to_owned()));
            let shown =
                |text: &String| if detail.change && !text.is_empty() { text.clone() } else { NOTHING.to_owned() };
            words.extend([shown(from), shown(to)]);
            words.extend(seen_words(seen, detail));
        }
    }
    words.join(" ")
}

fn seen_words(seen: &Seen, detail: Detail) -> Vec<String> {
    let mut words = vec![seen.attempt.to_string(), seen.rows.to_string()];
    if let (Some(ErrorText { mae, rmse, bias }), Some(digits)) = (&seen.error, detail.digits) {
        let rounded = |text: &String| text.parse().map_or_else(|_| text.clone(), |number| decimal(number, digits));
        words.extend([mae, rmse, bias].map(rounded));
    }
    words
}

/// The month of a row, and what is said of it.
pub(super) fn read(row: &str, texts: &[String]) -> Result<(String, ReportedMonth), RowError> {
    let mut words = row.split_whitespace();
    let month = words.next().ok_or(RowError::Missing("month"))?;
    if !is_month(month) {
        return Err(RowError::Form("month"));
    }
    let mut words = Words { left: words, month, texts };
    let found = ReportedMonth { input: words.input()?, output: words.output()? };
    if words.left.next().is_some() { Err(RowError::Long) } else { Ok((month.to_owned(), found)) }
}

fn is_month(word: &str) -> bool {
    let digit = |(place, byte): (usize, u8)| if place == 4 { byte == b'-' } else { byte.is_ascii_digit() };
    word.len() == 7 && word.bytes().enumerate().all(digit)
}

/// The words of a row that are not read yet, its month, and the report's texts.
struct Words<'a> {
    left: SplitWhitespace<'a>,
    month: &'a str,
    texts: &'a [String],
}

impl<'a> Words<'a> {
    fn next(&mut self, what: &'static str) -> Result<&'a str, RowError> {
        self.left.next().ok_or(RowError::Missing(what))
    }

    fn number<N: FromStr>(&mut self, what: &'static str) -> Result<N, RowError> {
        self.next(what)?.parse().map_err(|_| RowError::Form(what))
    }

    /// The text that a word names; none for a word that names none.
    fn text(&self, word: &str, what: &'static str) -> Result<Option<String>, RowError> {
        let Some(number) = word.strip_prefix(TEXT) else { return Ok(None) };
        let text = number.parse().ok().and_then(|number: usize| self.texts.get(number));
        text.map(|text| Some(text.replace(ANY_MONTH, self.month))).ok_or(RowError::Form(what))
    }

    fn input(&mut self) -> Result<ReportedInput, RowError> {
        const WHAT: &str = "input";
        let word = self.next(WHAT)?;
        if let Some(message) = self.text(word, WHAT)? {
            return Ok(ReportedInput::Denied { message });
        }
        match word {
            NOTHING => Ok(ReportedInput::NotPublished),
            _ if word.len() == SHORT && word.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(ReportedInput::Available { identity: word.to_owned() })
            }
            _ => Err(RowError::Form(WHAT)),
        }
    }

    fn output(&mut self) -> Result<ReportedOutput, RowError> {
        const WHAT: &str = "output";
        let word = self.next(WHAT)?;
        if let Some(problem) = self.text(word, WHAT)? {
            return Ok(ReportedOutput::Damaged { problem });
        }
        match word {
            NOTHING => Ok(ReportedOutput::None),
            CURRENT => Ok(ReportedOutput::Current(self.seen()?)),
            _ => {
                let cause = CAUSES.iter().find(|(known, _)| *known == word).ok_or(RowError::Form(WHAT))?.1;
                let (from, to) = (self.change("from")?, self.change("to")?);
                Ok(ReportedOutput::Stale { cause, from, to, seen: self.seen()? })
            }
        }
    }

    fn change(&mut self, what: &'static str) -> Result<String, RowError> {
        match self.next(what)? {
            NOTHING => Ok(String::new()),
            word if word.len() <= SHORT => Ok(word.to_owned()),
            _ => Err(RowError::Form(what)),
        }
    }

    fn seen(&mut self) -> Result<Seen, RowError> {
        let (attempt, rows) = (self.number("attempt")?, self.number("rows")?);
        let error = match self.left.next() {
            None => None,
            Some(mae) => Some(ErrorText {
                mae: figure(mae)?,
                rmse: figure(self.next("RMSE")?)?,
                bias: figure(self.next("bias")?)?,
            }),
        };
        Ok(Seen { attempt, rows, error })
    }
}

fn figure(word: &str) -> Result<String, RowError> {
    let finite = word.len() <= FIGURE && word.parse().is_ok_and(f64::is_finite);
    if finite { Ok(word.to_owned()) } else { Err(RowError::Form("error figure")) }
}
