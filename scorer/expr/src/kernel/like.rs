//! LIKE and ILIKE: `%` stands for any text, `_` for one code point, an escape character takes the next sign as itself.

use arrow_array::ArrayRef;

use super::map;
use super::text::lower_char;
use crate::evaluate::Failure;
use crate::problem::Problem;
use crate::value::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Any,
    One,
    Exactly(char),
    /// An escape character with nothing after it: an error once a match gets there.
    Open,
}

fn signs(pattern: &str, escape: Option<char>) -> Vec<Sign> {
    let mut signs = Vec::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        signs.push(match c {
            _ if Some(c) == escape => rest.next().map_or(Sign::Open, Sign::Exactly),
            '%' => Sign::Any,
            '_' => Sign::One,
            _ => Sign::Exactly(c),
        });
    }
    signs
}

fn open_end() -> Problem {
    Problem::argument("the pattern of LIKE ends with its escape character")
}

/// Greedy with one way back, to the last `%`: as long as text times pattern at worst.
fn matches(text: &[char], signs: &[Sign]) -> Result<bool, Problem> {
    let (mut at, mut sign) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match signs.get(sign) {
            Some(Sign::Any) => {
                back = Some((sign, at));
                sign += 1;
            }
            Some(Sign::One) => (at, sign) = (at + 1, sign + 1),
            Some(Sign::Exactly(c)) if *c == text[at] => (at, sign) = (at + 1, sign + 1),
            Some(Sign::Open) => return Err(open_end()),
            _ => match back {
                Some((any, from)) => {
                    back = Some((any, from + 1));
                    (at, sign) = (from + 1, any + 1);
                }
                None => return Ok(false),
            },
        }
    }
    match signs[sign..].iter().find(|sign| **sign != Sign::Any) {
        Some(Sign::Open) => Err(open_end()),
        rest => Ok(rest.is_none()),
    }
}

fn escape_of(escape: &str) -> Result<Option<char>, Problem> {
    let mut chars = escape.chars();
    match (chars.next(), chars.next()) {
        (first, None) if escape.len() <= 1 => Ok(first),
        _ => Err(Problem::argument(format!("ESCAPE {escape:?} is not one ASCII character"))),
    }
}

fn run(args: &[Value], rows: usize, fold: fn(char) -> char) -> Result<ArrayRef, Failure> {
    let (text, pattern, escape) = (args[0].text(), args[1].text(), args.get(2).map(Value::text));
    let escape_at = |row: usize| escape_of(escape.as_ref().and_then(|escape| escape.get(row)).unwrap_or_default());
    let signs_at = |row: usize| -> Result<Vec<Sign>, Problem> {
        let folded: String = pattern.get(row).unwrap_or_default().chars().map(fold).collect();
        Ok(signs(&folded, escape_at(row)?))
    };
    let once = args[1..].iter().all(Value::is_same).then(|| signs_at(0));
    map::truths(args, rows, |row| {
        let chars: Vec<char> = text.get(row).unwrap_or_default().chars().map(fold).collect();
        match &once {
            Some(Ok(signs)) => matches(&chars, signs),
            _ => signs_at(row).and_then(|signs| matches(&chars, &signs)),
        }
    })
}

pub(crate) fn like(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    run(args, rows, |c| c)
}

pub(crate) fn ilike(args: &[Value], rows: usize) -> Result<ArrayRef, Failure> {
    run(args, rows, lower_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_many_percents_takes_no_exponential_time() {
        let text: Vec<char> = "a".repeat(4000).chars().collect();
        let pattern = signs(&format!("{}b", "a%".repeat(1000)), None);
        assert!(!matches(&text, &pattern).unwrap());
    }

    #[test]
    fn an_escaped_sign_stands_for_itself() {
        let pattern = signs("a#%b", Some('#'));
        assert!(matches(&['a', '%', 'b'], &pattern).unwrap());
        assert!(!matches(&['a', 'x', 'b'], &pattern).unwrap());
    }

    #[test]
    fn an_escape_character_at_the_end_fails_only_where_a_match_gets_there() {
        let pattern = signs("a#", Some('#'));
        assert!(!matches(&['b'], &pattern).unwrap());
        assert!(!matches(&[], &pattern).unwrap());
        assert!(matches(&['a'], &pattern).is_err());
        assert!(matches(&['a', 'b'], &pattern).is_err());
        assert!(matches(&['b'], &signs("b%#", Some('#'))).is_err());
        assert!(!matches(&['b'], &signs("b_#", Some('#'))).unwrap());
    }
}
