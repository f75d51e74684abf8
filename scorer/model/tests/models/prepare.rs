//! Columns and values that a model is given, against what scikit-learn would make of them without a word.

use crate::fixture::{self, Cases, category};
use scoring_model::{Batch, Column, Kind, Model, PrepareError, Problem, Takes};

/// A forest over the categories `PU_DO` and the number `trip_distance`.
fn forest() -> Model {
    fixture::model(&fixture::root().join("1.9.1/random-forest"))
}

fn lasso() -> Model {
    fixture::model(&fixture::root().join("1.0.2/lasso"))
}

fn given(columns: &[(&str, Kind)]) -> Vec<(String, Kind)> {
    columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect()
}

const BOTH: &[(&str, Kind)] = &[("PU_DO", Kind::Category), ("trip_distance", Kind::Number)];

fn batch(texts: &[Option<&str>], numbers: &[f64]) -> Batch {
    let texts: Vec<_> = texts.iter().map(|text| text.map(str::to_owned)).collect();
    Batch { rows: numbers.len(), columns: vec![Column::Category(category(&texts)), Column::Number(numbers.to_vec())] }
}

#[test]
fn a_model_names_its_columns_and_what_they_hold() {
    let forest = forest();
    let columns: Vec<_> = forest.columns().iter().map(|column| (column.name.as_str(), column.takes)).collect();
    assert_eq!(columns, [("PU_DO", Takes::Category), ("trip_distance", Takes::Number)]);
}

#[test]
fn a_column_of_the_wrong_kind_is_an_error_that_says_how_to_cast() {
    let number = forest().prepare(&given(&[("PU_DO", Kind::Number), BOTH[1]])).map(drop).unwrap_err();
    assert!(matches!(number, PrepareError::NeedsCategory { .. }), "{number}");
    assert!(number.to_string().contains("CAST(PU_DO AS VARCHAR)"), "{number}");
    let text = forest().prepare(&given(&[BOTH[0], ("trip_distance", Kind::Category)])).map(drop).unwrap_err();
    assert!(text.to_string().contains("CAST(trip_distance AS DOUBLE)"), "{text}");
}

#[test]
fn a_column_that_is_not_given_is_an_error_that_names_it() {
    let error = forest().prepare(&given(&BOTH[..1])).map(drop).unwrap_err();
    assert_eq!(error, PrepareError::Missing { columns: vec!["trip_distance".to_owned()] });
    let error = forest().prepare(&[]).map(drop).unwrap_err();
    assert_eq!(error, PrepareError::Missing { columns: vec!["PU_DO".to_owned(), "trip_distance".to_owned()] });
}

#[test]
fn a_column_that_is_given_twice_is_an_error() {
    let error = forest().prepare(&given(&[BOTH[0], BOTH[1], BOTH[0]])).map(drop).unwrap_err();
    assert_eq!(error, PrepareError::Twice { column: "PU_DO".to_owned() });
}

#[test]
fn a_column_the_model_does_not_know_changes_nothing_and_is_listed() {
    let (forest, folder) = (forest(), fixture::root().join("1.9.1/random-forest"));
    let cases = Cases::read(&folder);
    let rows = 0..cases.expected.len();
    let mut columns = cases.given();
    columns.insert(0, ("fare".to_owned(), Kind::Number));
    let mut batch = cases.batch(&rows);
    batch.columns.insert(0, Column::Number(vec![f64::NAN; rows.len()]));
    let prepared = forest.prepare(&columns).unwrap();
    assert_eq!(prepared.ignored(), ["fare"]);
    let expected = forest.prepare(&cases.given()).unwrap().predict(&cases.batch(&rows)).unwrap().values;
    assert_eq!(prepared.predict(&batch).unwrap().values, expected);
}

#[test]
fn unseen_and_null_categories_are_counted() {
    let forest = forest();
    let prepared = forest.prepare(&given(BOTH)).unwrap();
    let batch = batch(&[Some("43_151"), Some("nowhere"), None, Some("")], &[1.0; 4]);
    let predictions = prepared.predict(&batch).unwrap();
    assert_eq!(predictions.unseen, [3, 0]);
    assert_eq!(predictions.values[1].to_bits(), predictions.values[2].to_bits());
}

#[test]
fn a_number_for_which_scikit_learn_raises_is_an_error_with_row_and_column() {
    let forest = forest();
    let prepared = forest.prepare(&given(BOTH)).unwrap();
    let too_large = 3.403e38;
    for (value, problem) in [
        (f64::NAN, Problem::Missing),
        (f64::INFINITY, Problem::TooLarge(f64::INFINITY)),
        (f64::NEG_INFINITY, Problem::TooLarge(f64::NEG_INFINITY)),
        (too_large, Problem::TooLarge(too_large)),
    ] {
        let error = prepared.predict(&batch(&[None; 3], &[1.0, 2.0, value])).unwrap_err();
        assert_eq!((error.row, error.column.as_str(), error.problem), (2, "trip_distance", problem));
    }
    assert!(prepared.predict(&batch(&[None], &[f64::from(f32::MAX)])).is_ok());
}

#[test]
fn of_several_bad_numbers_the_first_row_is_named() {
    let folder = fixture::root().join("1.9.1/random-forest-wide");
    let (model, cases) = (fixture::model(&folder), Cases::read(&folder));
    let given = cases.given();
    let prepared = model.prepare(&given).unwrap();
    let numbers: Vec<usize> = (0..given.len()).filter(|i| given[*i].1 == Kind::Number).collect();
    for rows in [[5, 2], [2, 5]] {
        let mut batch = cases.batch(&(0..6));
        for (column, row) in numbers.iter().zip(rows) {
            let Column::Number(values) = &mut batch.columns[*column] else { continue };
            values[row] = f64::NAN;
        }
        let error = prepared.predict(&batch).unwrap_err();
        let column = numbers[rows.iter().position(|row| *row == 2).unwrap()];
        assert_eq!((error.row, error.column), (2, given[column].0.clone()));
    }
}

#[test]
fn lasso_lets_nan_and_infinity_through_as_scikit_learn_does() {
    let lasso = lasso();
    let prepared = lasso.prepare(&given(BOTH)).unwrap();
    let values = prepared.predict(&batch(&[None; 2], &[f64::NAN, f64::INFINITY])).unwrap().values;
    assert!(values[0].is_nan() && values[1].is_infinite(), "{values:?}");
}

#[test]
fn a_batch_of_another_form_is_an_error_and_not_a_panic() {
    let forest = forest();
    let prepared = forest.prepare(&given(BOTH)).unwrap();
    let good = batch(&[None; 2], &[1.0; 2]);
    let mut short = good.clone();
    short.columns.pop();
    let mut longer = good.clone();
    longer.rows = 3;
    let mut swapped = good.clone();
    swapped.columns.reverse();
    let mut code = good;
    code.columns[0] = Column::Category(scoring_model::Category::new(vec![0, 7], vec!["43_151".to_owned()]));
    for batch in [short, longer, swapped, code] {
        assert_eq!(prepared.predict(&batch).unwrap_err().problem, Problem::Unprepared);
    }
}

#[test]
fn a_batch_without_rows_has_no_predictions() {
    let forest = forest();
    let prepared = forest.prepare(&given(BOTH)).unwrap();
    assert!(prepared.predict(&batch(&[], &[])).unwrap().values.is_empty());
}
