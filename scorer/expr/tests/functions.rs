//! The documentation says what is so: every example gives the result beside it, and FUNCTIONS.md is the one that the tables make.

#![expect(clippy::unwrap_used, reason = "an example that does not work is a failed test")]

use arrow_array::Array;
use arrow_array::cast::AsArray;
use scoring_expr::{Expression, Frame, Scope, functions, reference};

fn text_of(sql: &str) -> String {
    let bound = Expression::parse(&format!("CAST({sql} AS VARCHAR)")).unwrap().bind(&Scope::new()).unwrap();
    let result = bound.evaluate(&Frame::new(1)).unwrap();
    if result.is_null(0) { "NULL".into() } else { result.as_string::<i32>().value(0).into() }
}

#[test]
fn every_example_gives_its_result() {
    for function in functions() {
        assert_eq!(text_of(function.example), function.result, "{}", function.example);
    }
}

#[test]
fn every_function_is_found_by_all_its_names() {
    for function in functions() {
        for alias in function.aliases.iter().filter(|_| function.example.contains(&format!("{}(", function.name))) {
            let other = function.example.replacen(&format!("{}(", function.name), &format!("{alias}("), 1);
            assert_eq!(text_of(&other), function.result, "{other}");
        }
    }
}

#[test]
fn the_reference_is_current() {
    let committed = include_str!("../FUNCTIONS.md");
    assert!(committed == reference(), "run cargo run -p scoring-expr --example functions > scorer/expr/FUNCTIONS.md");
}

#[test]
fn there_are_about_as_many_functions_as_promised() {
    assert!(functions().len() >= 60, "{} are listed", functions().len());
}
