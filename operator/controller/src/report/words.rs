//! Months and texts as a status has room for them.

use scoring_plan::MonthRange;

/// How many ranges a sentence names.
const NAMED: usize = 4;

/// Ranges in a sentence: the first of them, and how many more there are.
pub(super) fn months(ranges: &[MonthRange]) -> String {
    let named: Vec<String> = ranges.iter().take(NAMED).map(MonthRange::to_string).collect();
    match ranges.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// At most so many bytes of a text, up to a character's end, without what would have to be escaped in JSON.
pub(super) fn cut(text: &str, most: usize) -> String {
    const MARK: &str = "…";
    let plain: String = text
        .chars()
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            character if character.is_control() => ' ',
            character => character,
        })
        .collect();
    if plain.len() <= most {
        return plain;
    }
    format!("{}{MARK}", &plain[..plain.floor_char_boundary(most - MARK.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character_and_needs_no_escape() {
        for text in ["x", "é", "\u{1}", "\"", "\\", "💥"] {
            let cut = cut(&text.repeat(1000), 128);
            assert!(cut.len() <= 128, "{} bytes of {text:?}", cut.len());
            assert_eq!(serde_json::to_string(&cut).unwrap().len(), cut.len() + 2, "{text:?}");
        }
        assert_eq!(cut("short", 128), "short");
    }

    #[test]
    fn a_sentence_names_a_few_ranges() {
        let ranges: Vec<MonthRange> =
            ["2021-01", "2021-03", "2021-05..2021-07", "2021-09", "2021-11"].map(|range| range.parse().unwrap()).into();
        assert_eq!(months(&ranges[..2]), "2021-01, 2021-03");
        assert_eq!(months(&ranges), "2021-01, 2021-03, 2021-05..2021-07, 2021-09 and 1 more");
    }
}
