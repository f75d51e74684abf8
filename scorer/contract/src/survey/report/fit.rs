//! Making a report fit its line: what gives way, and how far.

use std::collections::BTreeMap;

use super::row::{self, Detail};
use super::{DIGITS, ReportedMonth, Wire};
use crate::ExitClass;
use crate::outcome::{Failure, LIMIT};
use crate::text::cut;

/// What a report gives up, one after the other.
const DETAILS: [Detail; 4] = [
    Detail { digits: Some(DIGITS), change: true },
    Detail { digits: Some(5), change: true },
    Detail { digits: None, change: true },
    Detail { digits: None, change: false },
];
/// To how many bytes a text is cut before something else gives way.
const TEXT: usize = 64;
/// The most bytes of a stable word for a cause.
const REASON: usize = 64;

/// The line of these months, with as much as it holds; none where it does not hold them.
pub(super) fn months(months: &BTreeMap<String, ReportedMonth>) -> Option<String> {
    DETAILS.into_iter().find_map(|detail| {
        let mut texts: Vec<String> = Vec::new();
        let row = |(month, found): (&String, _)| row::write(month, found, detail, |text| number(&mut texts, text));
        let rows: Vec<String> = months.iter().map(row).collect();
        let room = LIMIT.checked_sub(written(&rows, &vec![String::new(); texts.len()]).len())?;
        let least = if detail.change { TEXT } else { 0 };
        share(&mut texts, room, least).then(|| written(&rows, &texts))
    })
}

/// The line of a failure.
pub(super) fn failure(class: ExitClass, error: &Failure) -> String {
    let whole = Wire { class: Some(class), error: Some(error.clone()), ..Wire::default() };
    let whole = serde_json::to_string(&whole).unwrap_or_default();
    if whole.len() <= LIMIT {
        return whole;
    }
    let mut reason = plain(&error.reason);
    cut(&mut reason, REASON);
    let line = |texts: [String; 2]| {
        let [message, remedy] = texts;
        let error = Some(Failure { reason: reason.clone(), message, remedy });
        serde_json::to_string(&Wire { class: Some(class), error, ..Wire::default() }).unwrap_or_default()
    };
    let empty = line([String::new(), String::new()]).len();
    let mut texts = [plain(&error.message), plain(&error.remedy)];
    share(&mut texts, LIMIT.saturating_sub(empty), 0);
    line(texts)
}

fn written(rows: &[String], texts: &[String]) -> String {
    let wire = Wire { months: Some(rows.to_vec()), texts: texts.to_vec(), ..Wire::default() };
    serde_json::to_string(&wire).unwrap_or_default()
}

/// The number of a text, which is shared by the months that have it.
fn number(texts: &mut Vec<String>, text: &str) -> usize {
    let text = plain(text);
    texts.iter().position(|known| *known == text).unwrap_or_else(|| {
        texts.push(text);
        texts.len() - 1
    })
}

/// Cuts texts so that they have this many bytes together, the long ones to one length; says whether each has at least
/// `least` bytes then, or all of its own.
fn share(texts: &mut [String], room: usize, least: usize) -> bool {
    let mut lengths: Vec<usize> = texts.iter().map(String::len).collect();
    lengths.sort_unstable();
    let (mut room, mut left, mut most) = (room, lengths.len(), usize::MAX);
    for length in lengths {
        let fair = room / left;
        if length > fair {
            most = fair;
            break;
        }
        (room, left) = (room - length, left - 1);
    }
    for text in texts {
        cut(text, most);
    }
    most >= least
}

/// The text in characters that JSON does not make longer.
fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|character| match character {
            '"' => Some('\''),
            '\\' => Some('/'),
            character if character.is_control() => None,
            character => Some(character),
        })
        .collect()
}
