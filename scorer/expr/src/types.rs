//! The SQL types that expressions have, how they stand for Arrow types, and which of them turn into which without a cast.
//! The rules are those of DuckDB 2.0.0, read off by asking it for `typeof` of every pair; nothing here touches values.

use std::fmt;

use arrow_schema::{DataType, TimeUnit};

/// Type of an expression. `HugeInt` and `Interval` exist inside an expression only, no column can have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Null,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    HugeInt,
    UTinyInt,
    USmallInt,
    UInteger,
    UBigInt,
    Float,
    Double,
    /// Precision and scale of a decimal column.
    Decimal(u8, i8),
    Varchar,
    Date,
    /// Microseconds, no zone.
    Timestamp,
    /// Microseconds since the epoch, read and printed in UTC.
    TimestampTz,
    Interval,
}

impl Type {
    /// The type of a column, `None` where expressions cannot use it.
    pub(crate) fn of_column(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::TinyInt,
            DataType::Int16 => Self::SmallInt,
            DataType::Int32 => Self::Integer,
            DataType::Int64 => Self::BigInt,
            DataType::UInt8 => Self::UTinyInt,
            DataType::UInt16 => Self::USmallInt,
            DataType::UInt32 => Self::UInteger,
            DataType::UInt64 => Self::UBigInt,
            DataType::Float32 => Self::Float,
            DataType::Float64 => Self::Double,
            DataType::Decimal128(precision, scale) => Self::Decimal(*precision, *scale),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Varchar,
            DataType::Dictionary(_, value) if is_text(value) => Self::Varchar,
            DataType::Date32 => Self::Date,
            DataType::Timestamp(_, None) => Self::Timestamp,
            DataType::Timestamp(_, Some(_)) => Self::TimestampTz,
            _ => return None,
        })
    }

    /// The Arrow type of a result, `None` for the types that no column has.
    pub(crate) fn to_arrow(self) -> Option<DataType> {
        Some(match self {
            Self::HugeInt | Self::Interval => return None,
            Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            other => other.physical(),
        })
    }

    /// The Arrow type that values of this type have while they are worked on. A zone is added at the end, by
    /// [`Type::to_arrow`]; an interval holds microseconds where Arrow's type says nanoseconds, for nanoseconds
    /// would not reach over the whole range of timestamps.
    pub(crate) fn physical(self) -> DataType {
        match self {
            Self::Null => DataType::Null,
            Self::Boolean => DataType::Boolean,
            Self::TinyInt => DataType::Int8,
            Self::SmallInt => DataType::Int16,
            Self::Integer => DataType::Int32,
            Self::BigInt => DataType::Int64,
            Self::HugeInt => DataType::Decimal128(38, 0),
            Self::UTinyInt => DataType::UInt8,
            Self::USmallInt => DataType::UInt16,
            Self::UInteger => DataType::UInt32,
            Self::UBigInt => DataType::UInt64,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Self::Varchar => DataType::Utf8,
            Self::Date => DataType::Date32,
            Self::Timestamp | Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Interval => DataType::Interval(arrow_schema::IntervalUnit::MonthDayNano),
        }
    }

    /// Width in bits and signedness, for the integers.
    pub(crate) fn integer(self) -> Option<(u32, bool)> {
        Some(match self {
            Self::TinyInt => (8, true),
            Self::SmallInt => (16, true),
            Self::Integer => (32, true),
            Self::BigInt => (64, true),
            Self::HugeInt => (128, true),
            Self::UTinyInt => (8, false),
            Self::USmallInt => (16, false),
            Self::UInteger => (32, false),
            Self::UBigInt => (64, false),
            _ => return None,
        })
    }

    fn signed(bits: u32) -> Self {
        match bits {
            8 => Self::TinyInt,
            16 => Self::SmallInt,
            32 => Self::Integer,
            64 => Self::BigInt,
            _ => Self::HugeInt,
        }
    }

    pub(crate) fn is_number(self) -> bool {
        self.integer().is_some() || matches!(self, Self::Float | Self::Double | Self::Decimal(..))
    }

    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz)
    }

    /// Whether every value of the integer type `self` is one of the integer type `other`.
    fn fits_in(self, other: Self) -> bool {
        match (self.integer(), other.integer()) {
            (Some((from, true)), Some((to, true))) | (Some((from, false)), Some((to, false))) => from <= to,
            (Some((from, false)), Some((to, true))) => from < to,
            _ => false,
        }
    }

    /// The type that an integer literal has by itself.
    pub(crate) fn of_literal(value: i128) -> Self {
        if i32::try_from(value).is_ok() {
            Self::Integer
        } else if i64::try_from(value).is_ok() {
            Self::BigInt
        } else {
            Self::HugeInt
        }
    }

    /// Whether an integer literal can be written as a value of this type.
    pub(crate) fn holds(self, value: i128) -> bool {
        match self {
            Self::Float | Self::Double => true,
            _ => match self.integer() {
                Some((128, _)) => true,
                Some((bits, true)) => value >= -(1 << (bits - 1)) && value < 1 << (bits - 1),
                Some((bits, false)) => value >= 0 && value < 1 << bits,
                None => false,
            },
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// What it costs to give a `from` where a function wants a `to`; `None` where only a written cast does it. The
/// candidate of least cost is taken, so that the order of the figures is what counts: `TINYINT + UTINYINT` is a
/// BIGINT, `UBIGINT + BIGINT` a HUGEINT, `floor(1)` a DOUBLE.
pub(crate) fn implicit_cost(from: Type, to: Type) -> Option<u32> {
    if from == to || from == Type::Null {
        return Some(0);
    }
    let allowed = match (from, to) {
        (Type::Date, Type::Timestamp | Type::TimestampTz)
        | (Type::Timestamp, Type::TimestampTz)
        | (Type::Float, Type::Double)
        | (Type::Decimal(..), Type::Float | Type::Double) => true,
        (from, Type::Float | Type::Double) if from.integer().is_some() => true,
        (from, to) => from.fits_in(to),
    };
    allowed.then_some(match to {
        Type::BigInt => 101,
        Type::HugeInt => 102,
        Type::Double => 103,
        Type::Integer => 104,
        _ => 110,
    })
}

/// The type in which two values are compared, and that the branches of CASE, COALESCE, GREATEST come to; `None`
/// where the two have none in common.
pub(crate) fn common_type(left: Type, right: Type) -> Option<Type> {
    if left == right || right == Type::Null {
        return Some(left);
    }
    if left == Type::Null {
        return Some(right);
    }
    match (left, right) {
        (Type::Boolean, other) | (other, Type::Boolean) => other.integer().map(|_| other),
        (Type::Double | Type::Decimal(..), other) | (other, Type::Double | Type::Decimal(..)) => {
            other.is_number().then_some(Type::Double)
        }
        (Type::Float, other) | (other, Type::Float) => other.is_number().then_some(Type::Float),
        _ if left.is_time() && right.is_time() => {
            let zoned = left == Type::TimestampTz || right == Type::TimestampTz;
            Some(if zoned { Type::TimestampTz } else { Type::Timestamp })
        }
        _ if left.fits_in(right) => Some(right),
        _ if right.fits_in(left) => Some(left),
        _ => {
            let (unsigned, _) = [left, right].into_iter().filter_map(Type::integer).find(|(_, signed)| !signed)?;
            let both = left.integer().is_some() && right.integer().is_some();
            both.then(|| Type::signed(unsigned * 2))
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Null => "NULL",
            Self::Boolean => "BOOLEAN",
            Self::TinyInt => "TINYINT",
            Self::SmallInt => "SMALLINT",
            Self::Integer => "INTEGER",
            Self::BigInt => "BIGINT",
            Self::HugeInt => "HUGEINT",
            Self::UTinyInt => "UTINYINT",
            Self::USmallInt => "USMALLINT",
            Self::UInteger => "UINTEGER",
            Self::UBigInt => "UBIGINT",
            Self::Float => "FLOAT",
            Self::Double => "DOUBLE",
            Self::Decimal(precision, scale) => return write!(f, "DECIMAL({precision},{scale})"),
            Self::Varchar => "VARCHAR",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::TimestampTz => "TIMESTAMP WITH TIME ZONE",
            Self::Interval => "INTERVAL",
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsigned_and_a_signed_integer_meet_in_a_wider_signed_one() {
        assert_eq!(common_type(Type::TinyInt, Type::UTinyInt), Some(Type::SmallInt));
        assert_eq!(common_type(Type::USmallInt, Type::TinyInt), Some(Type::Integer));
        assert_eq!(common_type(Type::UBigInt, Type::BigInt), Some(Type::HugeInt));
        assert_eq!(common_type(Type::Integer, Type::UTinyInt), Some(Type::Integer));
    }

    #[test]
    fn text_meets_no_number() {
        assert_eq!(common_type(Type::Varchar, Type::Integer), None);
        assert_eq!(common_type(Type::Date, Type::Integer), None);
        assert_eq!(common_type(Type::Boolean, Type::Double), None);
    }

    #[test]
    fn a_literal_fits_where_its_value_does() {
        assert!(Type::UTinyInt.holds(200));
        assert!(!Type::TinyInt.holds(200));
        assert!(!Type::UBigInt.holds(-1));
    }
}
