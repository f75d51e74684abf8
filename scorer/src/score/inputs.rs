//! The columns that a model is given: numbers as `f64` with NaN for null, text as categories. Integers of any width,
//! plain and dictionary-encoded text come out the same.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};
use scoring_model::{Category, Column, Kind, ModelColumn, Takes};

/// Whether a column of this type is a number or a category to a model; none for a type that is neither.
pub(super) fn kind(data_type: &DataType, takes: Option<&ModelColumn>) -> Option<Kind> {
    match data_type {
        // A column that is null in every row is of the kind that the model knows it as.
        DataType::Null => Some(match takes.map(|column| column.takes) {
            Some(Takes::Category) => Kind::Category,
            _ => Kind::Number,
        }),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Kind::Category),
        DataType::Dictionary(_, values) => kind(values, takes),
        DataType::Boolean | DataType::Decimal128(..) => Some(Kind::Number),
        data_type if data_type.is_numeric() => Some(Kind::Number),
        _ => None,
    }
}

/// Values as numbers, NaN for null.
pub(super) fn numbers(array: &ArrayRef) -> Result<Vec<f64>, ArrowError> {
    let numbers = cast(array, &DataType::Float64)?;
    let numbers = numbers.as_primitive::<Float64Type>();
    if numbers.null_count() == 0 {
        return Ok(numbers.values().to_vec());
    }
    Ok(numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}

/// A column of a batch as the model takes it.
pub(super) fn column(array: &ArrayRef, kind: Kind) -> Result<Column, ArrowError> {
    match kind {
        Kind::Number => numbers(array).map(Column::Number),
        Kind::Category => {
            let texts = cast(array, &DataType::Utf8)?;
            Ok(Column::Category(category(texts.as_string())))
        }
    }
}

fn category(texts: &StringArray) -> Category {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let codes = texts.iter().map(|text| match text {
        Some(text) => {
            let next = known.len() as u32;
            *known.entry(text).or_insert(next)
        }
        None => Category::NULL,
    });
    let codes: Vec<u32> = codes.collect();
    let mut distinct = vec![String::new(); known.len()];
    for (text, code) in known {
        text.clone_into(&mut distinct[code as usize]);
    }
    Category::new(codes, distinct)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int8Type;
    use arrow_array::{BooleanArray, DictionaryArray, Int64Array, NullArray};

    use super::*;

    #[test]
    fn integers_booleans_and_nulls_become_numbers() {
        let integers: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None]));
        let values = numbers(&integers).unwrap();
        assert!(values[0].to_bits() == 3.0_f64.to_bits() && values[1].is_nan());
        let booleans: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
        assert_eq!(numbers(&booleans).unwrap(), [1.0, 0.0]);
        let nulls: ArrayRef = Arc::new(NullArray::new(2));
        assert!(numbers(&nulls).unwrap().iter().all(|value| value.is_nan()));
    }

    #[test]
    fn plain_and_dictionary_text_become_the_same_category() {
        let plain: ArrayRef = Arc::new(StringArray::from(vec![Some("43_151"), None, Some("7_7"), Some("43_151")]));
        let encoded: DictionaryArray<Int8Type> =
            vec![Some("43_151"), None, Some("7_7"), Some("43_151")].into_iter().collect();
        let encoded: ArrayRef = Arc::new(encoded);
        for array in [plain, encoded] {
            assert_eq!(kind(array.data_type(), None), Some(Kind::Category));
            let Column::Category(category) = column(&array, Kind::Category).unwrap() else { panic!("not a category") };
            let same = Category::new(vec![0, Category::NULL, 1, 0], vec!["43_151".into(), "7_7".into()]);
            assert_eq!(format!("{category:?}"), format!("{same:?}"));
        }
    }
}
