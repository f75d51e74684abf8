//! What parses, what is refused and where, and that no text however deep takes the stack with it.

use super::*;

fn refused(text: &str) -> (String, Option<usize>) {
    let error = Expression::parse(text).expect_err(text);
    (error.to_string(), error.position())
}

#[test]
fn names_are_listed_in_order_with_their_places() {
    let expression = Expression::parse("fare + \"trip distance\" * fare").unwrap();
    let names: Vec<(&str, usize)> = expression.names().iter().map(|name| (name.text.as_str(), name.position)).collect();
    assert_eq!(names, [("fare", 1), ("trip distance", 8), ("fare", 26)]);
}

#[test]
fn a_place_counts_characters_over_all_lines() {
    assert_eq!(Expression::parse("'é' ||\n  name").unwrap().names()[0].position, 10);
}

#[test]
fn what_is_no_scalar_expression_is_refused_with_its_place() {
    struct Refusal {
        text: &'static str,
        says: &'static str,
        position: usize,
    }
    for Refusal { text, says, position } in [
        Refusal { text: "1 + t.a", says: "qualified names", position: 5 },
        Refusal { text: "1 + (SELECT 1)", says: "subqueries", position: 6 },
        Refusal { text: "a IN (SELECT 1)", says: "IN takes a list", position: 1 },
        Refusal { text: "1 + sum(a) OVER ()", says: "window function", position: 5 },
        Refusal { text: "count(DISTINCT a)", says: "`count` is an aggregate", position: 1 },
        Refusal { text: "count(*)", says: "`count` is an aggregate", position: 1 },
        Refusal { text: "concat(DISTINCT a)", says: "plain arguments", position: 1 },
        Refusal { text: "concat(*)", says: "name the columns", position: 1 },
        Refusal { text: "1 + ?", says: "placeholders", position: 5 },
        Refusal { text: "a ^ 2", says: "operator ^", position: 1 },
        Refusal { text: "a = b = c", says: "chained", position: 1 },
        Refusal { text: "CAST(a AS BLOB)", says: "BLOB is not a type", position: 6 },
        Refusal { text: "SAFE_CAST(a AS INT)", says: "TRY_CAST", position: 11 },
        Refusal { text: "current_date", says: "no clock", position: 1 },
        Refusal { text: "a -- b", says: "comments", position: 3 },
        Refusal { text: "[1, 2]", says: "", position: 1 },
        Refusal { text: "a b", says: "ends here", position: 3 },
        Refusal { text: "a, b", says: "ends here", position: 2 },
        Refusal { text: "1 + ", says: "not complete", position: 5 },
        Refusal { text: "", says: "not complete", position: 1 },
        Refusal { text: "'abc", says: "unterminated", position: 1 },
        Refusal { text: "substr(a, b := 1)", says: "operator :=", position: 11 },
        Refusal { text: "INTERVAL '1.5' DAY", says: "whole number", position: 10 },
    ] {
        let (message, place) = refused(text);
        assert!(message.contains(says), "{text}: {message}");
        assert_eq!(place, Some(position), "{text}: {message}");
    }
}

#[test]
fn a_call_that_no_columns_could_make_right_is_refused_with_its_place() {
    struct Refusal {
        text: &'static str,
        says: &'static str,
        position: usize,
    }
    for Refusal { text, says, position } in [
        Refusal { text: "1 + lenght(a)", says: "no function is named lenght; close ones are length", position: 5 },
        Refusal { text: "a > 1 AND Lenght(a) > 1", says: "no function is named lenght", position: 11 },
        Refusal { text: "CASE WHEN a THEN length() END", says: "length does not take 0 arguments", position: 18 },
        Refusal { text: "ifnull(a)", says: "ifnull does not take 1 argument; it is ifnull(a, b)", position: 1 },
        Refusal {
            text: "round(a, 1, 2)",
            says: "round does not take 3 arguments; it is round(x[, digits])",
            position: 1,
        },
        Refusal { text: "concat_ws('-')", says: "concat_ws does not take 1 argument", position: 1 },
        Refusal { text: "concat()", says: "concat does not take 0 arguments", position: 1 },
        Refusal { text: "date_diff('day', a)", says: "date_diff does not take 2 arguments", position: 1 },
        Refusal { text: "hour(a, b)", says: "hour does not take 2 arguments", position: 1 },
        Refusal { text: "1 + Sum(a)", says: "`sum` is an aggregate: an expression sees one row only", position: 5 },
        Refusal { text: "max(a, b)", says: "greatest(a, …) takes the greatest", position: 1 },
    ] {
        let (message, place) = refused(text);
        assert!(message.contains(says), "{text}: {message}");
        assert_eq!(place, Some(position), "{text}: {message}");
    }
}

#[test]
fn operators_bind_as_in_duckdb() {
    struct Pair {
        text: &'static str,
        means: &'static str,
    }
    for Pair { text, means } in [
        Pair { text: "a || b + c", means: "a || (b + c)" },
        Pair { text: "a IN (b) = c", means: "(a IN (b)) = c" },
        Pair { text: "a LIKE b = c", means: "(a LIKE b) = c" },
        Pair { text: "NOT a = b", means: "NOT (a = b)" },
        Pair { text: "a = b IS NULL", means: "(a = b) IS NULL" },
        Pair { text: "a BETWEEN b AND c AND d", means: "(a BETWEEN b AND c) AND d" },
        Pair { text: "a OR b AND c", means: "a OR (b AND c)" },
        Pair { text: "-a::INT", means: "-(a::INT)" },
        Pair { text: "a - b // c", means: "a - (b // c)" },
        Pair { text: "a LIKE b || c", means: "a LIKE (b || c)" },
    ] {
        let shape = |text: &str| without_places(Expression::parse(text).unwrap().tree());
        assert_eq!(shape(text), shape(means), "{text}");
    }
}

fn without_places(tree: &Tree) -> String {
    let debug = format!("{tree:?}");
    debug.split("position: ").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}

/// Runs on a thread with the stack that Rust gives a new one, without optimisation in most test runs.
fn on_two_mebibytes(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn no_text_however_deep_overflows_the_stack() {
    on_two_mebibytes(|| {
        let deep = [
            format!("{}1{}", "(".repeat(1000), ")".repeat(1000)),
            format!("{}1{}", "(".repeat(490), ")".repeat(490)),
            "(".repeat(4000),
            vec!["1"; 1000].join(" + "),
            vec!["1"; 500].join(" + "),
            vec!["a"; 500].join(" OR "),
            vec!["a"; 500].join(" || "),
            format!("{}1", "-".repeat(999).replace("--", "- -")),
            format!("{}a", "NOT ".repeat(900)),
            format!("{}a{}", "abs(".repeat(300), ")".repeat(300)),
            format!("{}1{}", "CASE WHEN a THEN ".repeat(150), " END".repeat(150)),
            format!("{}1 END", "CASE ".repeat(150)),
            format!("a{}", "::INT".repeat(400)),
            format!("a{}", " IS NULL".repeat(400)),
            format!("a{}", " IS NULL".repeat(95)),
            format!("abs(1{})", " + 1".repeat(490)),
            format!("CASE WHEN a{} THEN 1 END", " = 1 IS NULL".repeat(150)),
            format!("-{}", "1 + ".repeat(400) + "1"),
            format!("{}1{}", "a IN (".repeat(200), ")".repeat(200)),
            format!("a{}", " BETWEEN 1 AND 2".repeat(100)),
            format!("{}1", "a = NOT ".repeat(150)),
            format!("{}a{}", "CAST(".repeat(200), " AS INT)".repeat(200)),
            format!("{}1", "INTERVAL ".repeat(300)),
            format!("a{}", "[1".repeat(300)),
            format!("CAST(a AS {}INT{})", "ARRAY<".repeat(300), ">".repeat(300)),
            format!("CAST(a AS {}INT{})", "STRUCT(a ".repeat(200), ")".repeat(200)),
        ];
        let mut scope = crate::Scope::new();
        scope.push("a", arrow_schema::DataType::Boolean);
        for text in deep {
            if let Ok(expression) = Expression::parse(&text) {
                let _ = expression.clone().bind(&scope);
            }
        }
    });
}

#[test]
fn what_is_as_deep_as_allowed_is_bound_and_computed() {
    on_two_mebibytes(|| {
        for text in [
            format!("{}1{}", "(".repeat(25), ")".repeat(25)),
            vec!["a"; 99].join(" + "),
            vec!["1"; 99].join(" + "),
            vec!["a"; 99].join(" || "),
            vec!["a > 0"; 240].join(" AND "),
            format!("a{}", "::INT".repeat(90)),
            format!("a{}", " IS NULL".repeat(90)),
            format!("{}a{}", "abs(".repeat(25), ")".repeat(25)),
            format!("{}1{}", "CASE a WHEN 1 THEN 0 ELSE ".repeat(20), " END".repeat(20)),
            format!("{}1{}", "nullif(".repeat(20), ", 5)".repeat(20)),
        ] {
            let mut scope = crate::Scope::new();
            scope.push("a", arrow_schema::DataType::Int64);
            let mut frame = crate::Frame::new(2);
            frame.set(0, std::sync::Arc::new(arrow_array::Int64Array::from(vec![1, 2])));
            let bound =
                Expression::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}")).bind(&scope).unwrap();
            bound.evaluate(&frame).unwrap();
        }
    });
}

#[test]
fn bounds_say_what_to_do() {
    assert_eq!(
        refused(&" ".repeat(5000)).0,
        "the expression has 5000 bytes, 4096 is the most; compute parts of it in columns of their own"
    );
    assert!(refused(&vec!["1"; 600].join("+")).0.starts_with("the expression has more than 1000 words and signs"));
    assert!(refused(&vec!["1"; 120].join("+")).0.starts_with("the expression nests too deep"));
}

proptest::proptest! {
    #[test]
    fn no_text_takes_the_process_with_it(text in "[-a-z0-9 '\"()+*/%|<>=:,.;\\[\\]é\n]{0,60}") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn no_row_of_words_takes_the_process_with_it(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", "b", "1", "2.5", "'x'", "(", ")", "+", "-", "*", "/", "//", "%", "||", "=", "<", "AND", "OR", "NOT", "IS",
                "NULL", "IN", "LIKE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "AS", "INT", "::", ",", "INTERVAL",
                "DAY", "DATE", "EXTRACT", "FROM", "TRIM", "concat", "substring", "position", "ESCAPE", "DISTINCT", ".", "[", "]", "*",
            ]),
            0..40,
        ),
    ) {
        let mut scope = crate::Scope::new();
        scope.push("a", arrow_schema::DataType::Int64);
        scope.push("b", arrow_schema::DataType::Utf8);
        if let Ok(expression) = Expression::parse(&words.join(" ")) {
            let _ = expression.bind(&scope);
        }
    }
}
