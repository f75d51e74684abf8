//! FUNCTIONS.md, written from the tables that binding uses. No I/O: an example prints it, a test compares it with the committed file.

use std::fmt::Write;

use crate::function::functions;

const INTRODUCTION: &str = "\
# What expressions know

Written by `cargo run -p scoring-expr --example functions`; the examples are run by the tests, and DuckDB 2.0.0 gives the same results.

An expression is computed from one row: column names, literals, and what is listed here. A name is matched exactly, else whatever its case if
that is unique; a name with other signs than letters, digits and `_` stands in double quotes. Types are DuckDB's: BOOLEAN, TINYINT to BIGINT,
UTINYINT to UBIGINT, FLOAT, DOUBLE, VARCHAR, DATE, TIMESTAMP, TIMESTAMP WITH TIME ZONE, and inside an expression HUGEINT and INTERVAL.
";

const DEVIATIONS: &str = "
## Where this differs from DuckDB 2.0.0

- A number with a point or an exponent is a DOUBLE, not a DECIMAL. A decimal column is a DOUBLE in arithmetic, functions and comparisons with
  other types; by itself, as text and compared with its own type it stays exact.
- AND and OR go from left to right and do not look further at a row that is decided, so what would fail there does not. DuckDB looks at both
  sides in a projection. A row fails, on the other hand, wherever one of its arguments fails, even where another argument is NULL; DuckDB
  sometimes leaves out the failing one. A NULL as an argument is a NULL of the type that fits; DuckDB refuses `year(NULL)` as ambiguous. Its optimizer may also leave out, or bring forward, what a CASE does not reach.
- Timestamps of any unit count in microseconds, nanoseconds are cut. Timestamps with a zone are read, truncated and printed in UTC, as in a
  session with `SET TimeZone = 'UTC'`; before year 1 their years are negative, where DuckDB counts those of the other era. A column by itself keeps its unit and its zone.
- A column cannot be a HUGEINT or an INTERVAL: cast, or take a part.
- A text is not turned into a number or a date by itself, except a quoted text that is compared with one: `ts > '2021-02-03'` works,
  `text_column = 1` and `'1' + 2` do not.
- Texts read as dates and timestamps: year, month and day between `-`, `/`, `\\` or spaces; time as `HH:MM[:SS[.ffffff]]`; `Z`, `UTC` or an
  offset after it, no name of a zone; no `infinity`. Texts read as intervals: whole numbers of full unit names, and a clock time.
- The part of `date_part`, `date_trunc` and `date_diff` and the format of `strftime` must stand in the expression as a text.
- `reverse` turns code points around, not grapheme clusters. NaN is printed `nan`, whatever its sign. A FLOAT is
  printed with the fewest digits that read back as the same FLOAT; DuckDB prints some (4565472256, 1234567.75) with the digits of a DOUBLE.
- What comes from the C library (logarithms, powers, trigonometry) may differ by one unit in the last place, `cbrt` and `cot` by two, `log` of
  two arguments by four.
- `greatest` and `least` do not take intervals, and an interval is not divided or multiplied by a fraction.
- Text: an expression has at most 4096 bytes, 1000 words and signs and 100 parts inside one another; the texts of one batch have at most
  256 MiB together.
- Not there at all: qualified names, subqueries, aggregates, window functions, lambdas, lists, structs, placeholders, `*`, comments, regular
  expressions, `^` and `**` (write `pow`), the current time.
";

/// The text of FUNCTIONS.md.
pub fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    let mut group = "";
    for function in functions() {
        if function.group != group {
            group = function.group;
            let title: String = group[..1].to_uppercase() + &group[1..];
            let _ = write!(text, "\n## {title}\n\n| write | gives | for example |\n|---|---|---|\n");
        }
        let aliases = match function.aliases {
            [] => String::new(),
            aliases => {
                format!(" (also {})", aliases.iter().map(|alias| format!("`{alias}`")).collect::<Vec<_>>().join(", "))
            }
        };
        let code = |sql: &str| format!("`{}`", sql.replace('|', "\\|"));
        let (signature, example, result) = (code(function.signature), code(function.example), code(function.result));
        let _ = writeln!(text, "| {signature}{aliases} | {} | {example} → {result} |", function.meaning);
    }
    text + DEVIATIONS
}
