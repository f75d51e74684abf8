//! Expressions against DuckDB: every case of `tests/oracle/expr_cases.py` comes to the same type and the same values, or fails where DuckDB
//! fails. The committed golden file is always run; `EXPR_CASES` names a file of fresh cases.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a broken case file is a failed test")]

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray, StringArray, new_null_array};
use arrow_schema::{DataType, TimeUnit};
use scoring_expr::{Expression, Frame, Scope};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Frame { frame: Vec<Column> },
    Case(Case),
}

#[derive(Deserialize)]
struct Column {
    name: String,
    r#type: String,
    values: Vec<Option<String>>,
}

#[derive(Deserialize)]
struct Case {
    expr: String,
    ulps: u64,
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    values: Vec<Cell>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Cell {
    Error { error: String },
    Value(Option<String>),
}

fn numbers<T: ArrowPrimitiveType>(values: &[Option<String>]) -> ArrayRef
where
    T::Native: std::str::FromStr<Err: std::fmt::Debug>,
{
    let values = values.iter().map(|value| value.as_ref().map(|text| text.parse().unwrap()));
    Arc::new(values.collect::<PrimitiveArray<T>>())
}

fn texts(values: &[Option<String>], data_type: &DataType) -> ArrayRef {
    arrow_cast::cast(&StringArray::from(values.to_vec()), data_type).unwrap()
}

fn array(column: &Column) -> ArrayRef {
    let values = &column.values;
    let dictionary = |key| DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8));
    match column.r#type.as_str() {
        "null" => new_null_array(&DataType::Null, values.len()),
        "bool" => Arc::new(values.iter().map(|v| v.as_ref().map(|text| text == "true")).collect::<BooleanArray>()),
        "int8" => numbers::<Int8Type>(values),
        "int16" => numbers::<Int16Type>(values),
        "int32" => numbers::<Int32Type>(values),
        "int64" => numbers::<Int64Type>(values),
        "uint8" => numbers::<UInt8Type>(values),
        "uint16" => numbers::<UInt16Type>(values),
        "uint32" => numbers::<UInt32Type>(values),
        "uint64" => numbers::<UInt64Type>(values),
        "float32" => numbers::<Float32Type>(values),
        "float64" => numbers::<Float64Type>(values),
        "date32" => numbers::<Date32Type>(values),
        "timestamp_s" => numbers::<TimestampSecondType>(values),
        "timestamp_ms" => numbers::<TimestampMillisecondType>(values),
        "timestamp_us" => numbers::<TimestampMicrosecondType>(values),
        "timestamp_ns" => numbers::<TimestampNanosecondType>(values),
        "timestamp_tz" => {
            let naive = numbers::<TimestampMicrosecondType>(values);
            Arc::new(naive.as_primitive::<TimestampMicrosecondType>().clone().with_timezone("America/New_York"))
        }
        "decimal" => {
            let plain = numbers::<Decimal128Type>(values);
            Arc::new(plain.as_primitive::<Decimal128Type>().clone().with_precision_and_scale(9, 2).unwrap())
        }
        "utf8" => texts(values, &DataType::Utf8),
        "large_utf8" => texts(values, &DataType::LargeUtf8),
        "utf8_view" => texts(values, &DataType::Utf8View),
        "dictionary8" => texts(values, &dictionary(DataType::Int8)),
        "dictionary32" => texts(values, &dictionary(DataType::Int32)),
        other => panic!("a column of type {other}"),
    }
}

/// The name that DuckDB has for the type of a result.
fn sql_type(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Null => "NULL",
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 => "VARCHAR",
        DataType::Date32 => "DATE",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Decimal128(9, 2) => "DECIMAL(9,2)",
        _ => "?",
    }
}

/// Whether a value is the one that was expected, floats to within so many units in the last place.
fn agrees(array: &ArrayRef, row: usize, expected: Option<&String>, ulps: u64) -> Result<(), String> {
    let Some(expected) = expected else {
        return if array.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
            Ok(())
        } else {
            Err("not null".into())
        };
    };
    if array.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
        return Err("null".into());
    }
    let found = match array.data_type() {
        DataType::Float64 => {
            let found = array.as_primitive::<Float64Type>().value(row);
            let wanted: f64 = expected.parse().unwrap();
            let near = found.to_bits().abs_diff(wanted.to_bits()) <= ulps;
            return if near || found.is_nan() && wanted.is_nan() { Ok(()) } else { Err(format!("{found:?}")) };
        }
        DataType::Float32 => {
            let found = array.as_primitive::<Float32Type>().value(row);
            let wanted = expected.parse::<f64>().unwrap() as f32;
            let same = found.to_bits() == wanted.to_bits() || found.is_nan() && wanted.is_nan();
            return if same { Ok(()) } else { Err(format!("{found:?}")) };
        }
        DataType::Utf8 => {
            let found = array.as_string::<i32>().value(row);
            // a NaN's sign is the processor's: it is printed by DuckDB and never here
            return if found == expected.replace("-nan", "nan") { Ok(()) } else { Err(format!("{found:?}")) };
        }
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).to_string(),
        DataType::Timestamp(unit, _) => {
            let number = arrow_cast::cast(array, &DataType::Int64).unwrap().as_primitive::<Int64Type>().value(row);
            let micros = match unit {
                TimeUnit::Second => number * 1_000_000,
                TimeUnit::Millisecond => number * 1000,
                TimeUnit::Microsecond => number,
                TimeUnit::Nanosecond => number.div_euclid(1000),
            };
            micros.to_string()
        }
        _ => arrow_cast::display::array_value_to_string(array, row).unwrap(),
    };
    if found == *expected { Ok(()) } else { Err(format!("{found:?}")) }
}

struct Table {
    scope: Scope,
    columns: Vec<ArrayRef>,
}

impl Table {
    fn new(columns: &[Column]) -> Self {
        let columns: Vec<(&str, ArrayRef)> =
            columns.iter().map(|column| (column.name.as_str(), array(column))).collect();
        let mut scope = Scope::new();
        for (name, column) in &columns {
            scope.push(name, column.data_type().clone());
        }
        Self { scope, columns: columns.into_iter().map(|(_, column)| column).collect() }
    }

    fn rows(&self) -> usize {
        self.columns[0].len()
    }

    fn frame(&self, from: usize, rows: usize) -> Frame {
        let mut frame = Frame::new(rows);
        for (slot, column) in self.columns.iter().enumerate() {
            frame.set(slot, column.slice(from, rows));
        }
        frame
    }

    fn run(&self, case: &Case) -> Result<(), String> {
        let bound = Expression::parse(&case.expr).map_err(|error| error.to_string());
        let bound =
            bound.and_then(|expression| expression.bind(&self.scope).map_err(|error| format!("{error}: {error:?}")));
        let failing = case.values.iter().all(|cell| matches!(cell, Cell::Error { .. }));
        let bound = match (&case.refused, bound) {
            (Some(_), Err(_)) => return Ok(()),
            // what DuckDB computes while it types an expression fails here in every row
            (Some(_), Ok(bound)) if (0..self.rows()).all(|row| bound.evaluate(&self.frame(row, 1)).is_err()) => {
                return Ok(());
            }
            (Some(refused), Ok(bound)) => return Err(format!("bound as {}, DuckDB: {refused}", bound.data_type())),
            (None, Err(_)) if matches!(case.r#type.as_str(), "HUGEINT" | "INTERVAL") || failing => return Ok(()),
            (None, Err(error)) => return Err(format!("{error}, DuckDB: {} {:?}", case.r#type, case.values)),
            (None, Ok(bound)) => bound,
        };
        let found = sql_type(bound.data_type());
        // a call with a NULL in the text is a NULL whose type nobody sees
        let all_null = case.values.iter().all(|cell| *cell == Cell::Value(None));
        if found != case.r#type && !all_null {
            return Err(format!("type {found}, DuckDB: {}", case.r#type));
        }
        for (row, cell) in case.values.iter().enumerate() {
            match (cell, bound.evaluate(&self.frame(row, 1))) {
                (Cell::Error { .. }, Err(_)) => {}
                (Cell::Error { error }, Ok(array)) => return Err(format!("row {row}: {array:?}, DuckDB: {error}")),
                // DuckDB does not look at an argument where one before it is null in a whole vector
                (Cell::Value(None), Err(_)) => return Ok(()),
                (Cell::Value(value), Err(error)) => return Err(format!("row {row}: {error:?}, DuckDB: {value:?}")),
                (Cell::Value(value), Ok(array)) => agrees(&array, 0, value.as_ref(), case.ulps)
                    .map_err(|found| format!("row {row}: {found}, DuckDB: {value:?}"))?,
            }
        }
        self.whole(case, &bound)
    }

    /// All rows at once come to the same as one by one.
    fn whole(&self, case: &Case, bound: &scoring_expr::Bound) -> Result<(), String> {
        let rows = case.values.len();
        match bound.evaluate(&self.frame(0, rows)) {
            Err(error) => match case.values.get(error.row) {
                Some(Cell::Error { .. }) => Ok(()),
                cell => Err(format!("all rows: {error:?} for {cell:?}")),
            },
            Ok(array) => {
                if *array.data_type() != *bound.data_type() {
                    return Err(format!("all rows: {} instead of {}", array.data_type(), bound.data_type()));
                }
                for (row, cell) in case.values.iter().enumerate() {
                    match cell {
                        Cell::Error { error } => {
                            return Err(format!("all rows: row {row} did not fail, DuckDB: {error}"));
                        }
                        Cell::Value(value) => agrees(&array, row, value.as_ref(), case.ulps)
                            .map_err(|found| format!("all rows: row {row}: {found}, DuckDB: {value:?}"))?,
                    }
                }
                Ok(())
            }
        }
    }
}

fn run(cases: &str) {
    let mut table = None;
    let (mut count, mut failures) = (0, Vec::new());
    for line in cases.lines() {
        match serde_json::from_str(line).unwrap() {
            Line::Frame { frame } => table = Some(Table::new(&frame)),
            Line::Case(case) => {
                count += 1;
                if let Err(what) = table.as_ref().unwrap().run(&case) {
                    failures.push(format!("{}\n    {what}", case.expr));
                }
            }
        }
    }
    println!("{count} cases, {} differ from DuckDB", failures.len());
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures[..failures.len().min(60)].join("\n"));
}

#[test]
fn golden_expressions_come_to_what_duckdb_says() {
    run(include_str!("golden.jsonl"));
}

#[test]
fn fresh_expressions_come_to_what_duckdb_says() {
    match std::env::var("EXPR_CASES") {
        Ok(path) => run(&std::fs::read_to_string(path).unwrap()),
        Err(_) => println!("EXPR_CASES names no file: make one by tests/oracle/expr_cases.py"),
    }
}
