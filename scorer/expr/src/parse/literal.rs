//! What is written as a value or names a type: numbers, quoted texts, `DATE '…'`, the type of a CAST.
//! Reads the writing only; whether a text is a valid date is for binding to say.

use sqlparser::ast::{DataType, Value};

use super::tree::Kind;
use crate::types::Type;

/// A literal, or what is wrong with it.
pub(super) fn literal(value: Value) -> Result<Kind, String> {
    match value {
        Value::Null => Ok(Kind::Null),
        Value::Boolean(truth) => Ok(Kind::Boolean(truth)),
        Value::SingleQuotedString(text) => Ok(Kind::Text(text)),
        Value::Number(digits, _) => number(&digits),
        Value::Placeholder(name) => {
            Err(format!("placeholders such as {name} are not supported; write the value itself"))
        }
        other => {
            Err(format!("{other} is not a literal of the subset; write numbers plainly and text in single quotes"))
        }
    }
}

fn number(digits: &str) -> Result<Kind, String> {
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    if plain.bytes().all(|b| b.is_ascii_digit()) {
        return plain.parse().map(Kind::Integer).map_err(|_| format!("{digits} is too large for an integer"));
    }
    plain.parse().map(Kind::Double).map_err(|_| format!("{digits} is not a number"))
}

/// The type that CAST names; DuckDB's names and their aliases.
pub(super) fn named_type(data_type: &DataType) -> Result<Type, String> {
    let written = data_type.to_string().to_uppercase();
    let bare = match written.split_once('(') {
        Some((name @ ("VARCHAR" | "CHAR" | "CHARACTER VARYING" | "CHARACTER"), _)) => name,
        _ => written.as_str(),
    };
    Ok(match bare {
        "BOOLEAN" | "BOOL" | "LOGICAL" => Type::Boolean,
        "TINYINT" | "INT1" => Type::TinyInt,
        "SMALLINT" | "INT2" | "INT16" | "SHORT" => Type::SmallInt,
        "INTEGER" | "INT" | "INT4" | "INT32" | "SIGNED" => Type::Integer,
        "BIGINT" | "INT8" | "INT64" | "LONG" => Type::BigInt,
        "HUGEINT" | "INT128" => Type::HugeInt,
        "UTINYINT" | "UINT8" => Type::UTinyInt,
        "USMALLINT" | "UINT16" => Type::USmallInt,
        "UINTEGER" | "UINT32" => Type::UInteger,
        "UBIGINT" | "UINT64" => Type::UBigInt,
        "FLOAT" | "FLOAT4" | "REAL" => Type::Float,
        "DOUBLE" | "FLOAT8" | "DOUBLE PRECISION" => Type::Double,
        "VARCHAR" | "TEXT" | "STRING" | "CHAR" | "CHARACTER" | "CHARACTER VARYING" | "BPCHAR" => Type::Varchar,
        "DATE" => Type::Date,
        "TIMESTAMP" | "DATETIME" | "TIMESTAMP WITHOUT TIME ZONE" => Type::Timestamp,
        "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => Type::TimestampTz,
        "INTERVAL" => Type::Interval,
        _ => {
            return Err(format!(
                "{written} is not a type that expressions have; BOOLEAN, TINYINT to BIGINT, UTINYINT to UBIGINT, FLOAT, DOUBLE, VARCHAR, DATE and TIMESTAMP are"
            ));
        }
    })
}

/// The function that makes an interval of a number of these units: `INTERVAL 3 DAY` is `to_days(3)`.
pub(super) fn interval_function(unit: &str) -> Option<&'static str> {
    Some(match unit.trim_end_matches('S') {
        "YEAR" => "to_years",
        "QUARTER" => "to_quarters",
        "MONTH" => "to_months",
        "WEEK" => "to_weeks",
        "DAY" => "to_days",
        "HOUR" => "to_hours",
        "MINUTE" => "to_minutes",
        "SECOND" => "to_seconds",
        "MILLISECOND" => "to_milliseconds",
        "MICROSECOND" => "to_microseconds",
        _ => return None,
    })
}
