//! The months of a schedule as a calendar: a year per line, a cell per month. Every standing has a sign of its own, so that
//! the colour only repeats what the sign says.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Color, Style};
use scoring_plan::{Month, MonthState, Standing};

/// Every standing, in the order of the legend.
const STANDINGS: [Standing; 11] = [
    Standing::Current,
    Standing::Starting,
    Standing::Running,
    Standing::Missing,
    Standing::Stale,
    Standing::Failed,
    Standing::Waiting,
    Standing::Denied,
    Standing::Unknown,
    Standing::Withheld,
    Standing::Excluded,
];

/// The sign of a standing: one column wide in every terminal font.
pub fn sign(standing: Standing) -> char {
    match standing {
        Standing::Current => '■',
        Standing::Starting => '›',
        Standing::Running => '»',
        Standing::Missing => '□',
        Standing::Stale => '~',
        Standing::Failed => '×',
        Standing::Waiting => '…',
        Standing::Denied => '!',
        Standing::Unknown => '?',
        Standing::Withheld => '#',
        Standing::Excluded => '-',
    }
}

/// A standing in one word.
pub fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Starting => "starting",
        Standing::Running => "running",
        Standing::Missing => "missing",
        Standing::Stale => "stale",
        Standing::Failed => "failed",
        Standing::Waiting => "waiting",
        Standing::Denied => "denied",
        Standing::Unknown => "unknown",
        Standing::Withheld => "withheld",
        Standing::Excluded => "excluded",
    }
}

/// Blue for good and orange for bad: told apart with every common colour blindness.
pub fn style(standing: Standing) -> Style {
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(Color::Ansi(colour)));
    match standing {
        Standing::Current => colour(AnsiColor::Blue).bold(),
        Standing::Starting | Standing::Running => colour(AnsiColor::Cyan),
        Standing::Failed | Standing::Denied | Standing::Withheld => colour(AnsiColor::Red).bold(),
        Standing::Missing | Standing::Stale => colour(AnsiColor::Yellow),
        Standing::Waiting | Standing::Unknown | Standing::Excluded => Style::new().dimmed(),
    }
}

/// The calendar with its legend; empty where no month is known.
pub fn draw(months: &[MonthState]) -> String {
    let by_month: BTreeMap<Month, Standing> = months.iter().map(|state| (state.month, state.standing)).collect();
    let (Some(first), Some(last)) = (by_month.keys().next(), by_month.keys().last()) else { return String::new() };
    let mut text = String::from("      Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec\n");
    for year in first.year()..=last.year() {
        let mut line = format!("{year}  ");
        for number in 1..=12 {
            let standing = Month::new(year, number).ok().and_then(|month| by_month.get(&month));
            line.push_str(&standing.map_or("    ".to_owned(), |standing| cell(*standing)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let legend = STANDINGS.into_iter().filter_map(|standing| {
        let count = months.iter().filter(|state| state.standing == standing).count();
        (count > 0)
            .then(|| format!("{}{}{:#} {} {count}", style(standing), sign(standing), style(standing), word(standing)))
    });
    // Writing into a String cannot fail.
    let _ = writeln!(text, "      {}", legend.collect::<Vec<_>>().join("   "));
    text
}

fn cell(standing: Standing) -> String {
    format!(" {}{}{:#}  ", style(standing), sign(standing), style(standing))
}

#[cfg(test)]
mod tests {
    use scoring_plan::Reason;

    use super::*;

    fn state(month: &str, standing: Standing) -> MonthState {
        MonthState { month: month.parse().unwrap(), standing, reason: Reason::Committed, attempt: None }
    }

    #[test]
    fn a_year_is_a_line_and_a_sign_stands_under_its_month() {
        let months = [state("2021-02", Standing::Current), state("2022-12", Standing::Failed)];
        let plain = anstream::adapter::strip_str(&draw(&months)).to_string();
        let lines: Vec<&str> = plain.lines().collect();
        assert_eq!(lines[1].chars().position(|sign| sign == '■'), lines[0].find("Feb").map(|at| at + 1));
        assert_eq!(lines[2].chars().position(|sign| sign == '×'), lines[0].find("Dec").map(|at| at + 1));
        assert_eq!(lines[3].trim(), "■ current 1   × failed 1");
    }

    #[test]
    fn every_standing_has_a_sign_of_its_own() {
        let mut signs: Vec<char> = STANDINGS.into_iter().map(sign).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), STANDINGS.len());
    }
}
