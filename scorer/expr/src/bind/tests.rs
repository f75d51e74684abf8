//! Typing, refusals and their places, and what evaluation says of a row that fails.

use arrow_array::types::{Int8Type, Int32Type, TimestampSecondType};
use arrow_array::{
    Decimal128Array, DictionaryArray, Int32Array, Int64Array, LargeStringArray, NullArray, PrimitiveArray, StringArray,
    StringViewArray, UInt8Array,
};
use arrow_schema::TimeUnit;

use super::*;

fn scope() -> Scope {
    let mut scope = Scope::new();
    scope.push("PULocationID", DataType::Int64);
    scope.push("fare", DataType::Float64);
    scope.push("flag", DataType::Utf8);
    scope.push("tags", DataType::List(Arc::new(arrow_schema::Field::new("item", DataType::Int8, true))));
    scope.push("trip distance", DataType::Float64);
    scope
}

fn refused(text: &str) -> BindError {
    Expression::parse(text).unwrap().bind(&scope()).expect_err(text)
}

/// The result over one column, `x`.
fn computed(text: &str, column: ArrayRef) -> Result<ArrayRef, EvaluateError> {
    let mut scope = Scope::new();
    scope.push("x", column.data_type().clone());
    let bound = Expression::parse(text).unwrap().bind(&scope).unwrap();
    let mut frame = Frame::new(column.len());
    frame.set(0, column);
    let result = bound.evaluate(&frame)?;
    assert_eq!(result.data_type(), bound.data_type());
    Ok(result)
}

#[test]
fn an_unknown_name_is_answered_with_its_place_and_candidates() {
    let error = refused("fare + PULocatonID");
    assert_eq!(error.position(), 8);
    let BindError::Name { source: crate::NameError::Unknown { candidates, .. }, .. } = error else { panic!("{error}") };
    assert_eq!(candidates, ["PULocationID", "fare", "flag", "tags", "trip distance"]);
}

#[test]
fn names_fit_whatever_their_case_and_with_spaces_in_quotes() {
    for text in ["FARE", "\"fare\"", "pulocationid", "\"trip distance\" / 2"] {
        assert!(Expression::parse(text).unwrap().bind(&scope()).is_ok(), "{text}");
    }
}

#[test]
fn a_column_of_an_unusable_type_fails_only_where_it_is_mentioned() {
    assert!(Expression::parse("fare").unwrap().bind(&scope()).is_ok());
    assert!(matches!(refused("1 + tags"), BindError::Column { position: 5, .. }));
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    struct Refusal {
        text: &'static str,
        says: &'static str,
        position: usize,
    }
    for Refusal { text, says, position } in [
        Refusal { text: "length(fare)", says: "length does not take (DOUBLE); it is length(text)", position: 1 },
        Refusal { text: "fare + flag", says: "+ does not take (DOUBLE, VARCHAR)", position: 1 },
        Refusal { text: "flag = 1", says: "VARCHAR and INTEGER cannot be compared", position: 1 },
        Refusal { text: "fare > 'abc'", says: "\"abc\" cannot become DOUBLE", position: 8 },
        Refusal { text: "DATE '2021-02-30'", says: "\"2021-02-30\" cannot become DATE", position: 6 },
        Refusal { text: "CAST(DATE '2021-02-03' AS INT)", says: "DATE cannot be cast to INTEGER", position: 11 },
        Refusal { text: "INTERVAL 1 DAY", says: "the result is INTERVAL", position: 10 },
        Refusal { text: "CAST(fare AS HUGEINT)", says: "the result is HUGEINT", position: 6 },
        Refusal { text: "date_part('moon', DATE '2021-02-03')", says: "\"moon\" is not a part", position: 11 },
        Refusal { text: "date_part(flag, DATE '2021-02-03')", says: "must be a text in the expression", position: 11 },
        Refusal { text: "strftime(DATE '2021-02-03', '%Q')", says: "%Q is not a field", position: 29 },
        Refusal { text: "coalesce(fare, flag)", says: "cannot be branches", position: 1 },
    ] {
        let error = refused(text);
        assert!(error.to_string().contains(says), "{text}: {error}");
        assert_eq!(error.position(), position, "{text}: {error}");
    }
}

#[test]
fn slots_are_those_that_are_read() {
    let bound = Expression::parse("fare + PULocationID + fare").unwrap().bind(&scope()).unwrap();
    assert_eq!(bound.slots(), [0, 1]);
}

#[test]
fn a_column_by_itself_stays_as_it_is_but_for_its_text() {
    let seconds = PrimitiveArray::<TimestampSecondType>::from(vec![1, 2]).with_timezone("Europe/Berlin");
    assert_eq!(
        *computed("x", Arc::new(seconds)).unwrap().data_type(),
        DataType::Timestamp(TimeUnit::Second, Some("Europe/Berlin".into()))
    );
    let dictionary: DictionaryArray<Int8Type> = vec!["a", "b", "a"].into_iter().collect();
    for text in [
        Arc::new(dictionary) as ArrayRef,
        Arc::new(LargeStringArray::from(vec!["a", "b", "a"])),
        Arc::new(StringViewArray::from(vec!["a", "b", "a"])),
    ] {
        let expected: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "a"]));
        assert_eq!(&computed("x", text).unwrap(), &expected);
    }
}

#[test]
fn an_id_of_any_type_gives_the_same_category() {
    let dictionary: DictionaryArray<Int32Type> = vec!["43", "7"].into_iter().collect();
    for ids in [
        Arc::new(Int64Array::from(vec![43, 7])) as ArrayRef,
        Arc::new(Int32Array::from(vec![43, 7])),
        Arc::new(UInt8Array::from(vec![43, 7])),
        Arc::new(StringArray::from(vec!["43", "7"])),
        Arc::new(dictionary),
        Arc::new(Decimal128Array::from(vec![43, 7]).with_precision_and_scale(9, 0).unwrap()),
    ] {
        let expected: ArrayRef = Arc::new(StringArray::from(vec!["43_151", "7_151"]));
        assert_eq!(&computed("concat(x, '_', 151)", ids).unwrap(), &expected);
    }
}

#[test]
fn a_column_that_is_all_null_by_type_is_null_everywhere() {
    let nulls = || -> ArrayRef { Arc::new(NullArray::new(2)) };
    for text in ["x", "x + 1", "lower(x)", "x = 1", "x IS NULL AND NULL", "coalesce(x, NULL)", "CAST(x AS DATE)"] {
        let result = computed(text, nulls()).unwrap();
        assert_eq!(result.logical_null_count(), 2, "{text}");
    }
}

#[test]
fn a_failing_row_is_named_with_the_place_that_fails() {
    let error = computed("1 + 10 // x", Arc::new(Int64Array::from(vec![5, 2, 0, 1]))).unwrap_err();
    assert_eq!((error.row, error.position), (2, 5));
    assert_eq!(error.problem.to_string(), "division by zero; divide by nullif(…, 0) to get NULL there");
    let error =
        computed("CASE WHEN x > 1 THEN CAST('a' || x AS INT) ELSE 0 END", Arc::new(Int64Array::from(vec![0, 1, 7])));
    let error = error.unwrap_err();
    assert_eq!((error.row, error.position), (2, 27));
    assert_eq!(error.problem.to_string(), "\"a7\" cannot become INTEGER; TRY_CAST gives NULL there");
}

#[test]
fn a_row_that_is_decided_does_not_fail() {
    let rows = || -> ArrayRef { Arc::new(Int64Array::from(vec![5, 0])) };
    for text in [
        "x <> 0 AND 10 // x > 1",
        "x = 0 OR 10 // x > 1",
        "CASE WHEN x <> 0 THEN 10 // x END",
        "CASE x WHEN 0 THEN 1 ELSE 10 // x END",
        "coalesce(nullif(x, 5), 10 // x)",
        "if(x = 0, 0, 10 // x)",
        "x = 0 OR (x <> 0 AND CASE WHEN 10 // x > 1 THEN true ELSE 1 // (x - 5) = 0 END)",
    ] {
        assert!(computed(text, rows()).is_ok(), "{text}");
    }
    assert!(computed("10 // x > 1 AND x <> 0", rows()).is_err());
}

#[test]
fn a_frame_without_the_right_column_is_an_error() {
    let bound = Expression::parse("fare + 1").unwrap().bind(&scope()).unwrap();
    let mut frame = Frame::new(1);
    assert!(bound.evaluate(&frame).is_err());
    frame.set(1, Arc::new(Int64Array::from(vec![1])));
    assert!(bound.evaluate(&frame).is_err());
    frame.set(1, Arc::new(Float64Array::from(vec![1.0, 2.0])));
    assert!(bound.evaluate(&frame).is_err());
    frame.set(1, Arc::new(Float64Array::from(vec![1.0])));
    assert!(bound.evaluate(&frame).is_ok());
}

#[test]
fn no_rows_give_no_rows_and_no_error() {
    let none = Arc::new(Int64Array::from(Vec::<i64>::new()));
    assert_eq!(computed("1 // 0 + x", none).unwrap().len(), 0);
}

#[test]
fn text_is_bounded_before_it_is_written() {
    let rows = || -> ArrayRef { Arc::new(Int64Array::from(vec![300_000_000; 3])) };
    for text in [
        "repeat('ab', x)",
        "lpad('a', CAST(x AS INT), 'b')",
        "repeat('abcdefgh', 16000000) || x",
        "CASE WHEN x > 0 THEN repeat('abcdefgh', 16000000) END",
        "replace(repeat('a', 40000), 'a', repeat('b', 40000))",
    ] {
        let error = computed(text, rows()).expect_err(text);
        assert!(matches!(error.problem, Problem::TooLong { .. }), "{text}: {error:?}");
    }
}

#[test]
fn a_slice_of_a_column_is_computed_as_the_column_is() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3), Some(4)]));
    let expected: ArrayRef = Arc::new(StringArray::from(vec![None, Some("3")]));
    assert_eq!(&computed("CASE WHEN x < 4 THEN x || '' END", column.slice(1, 2)).unwrap(), &expected);
}
