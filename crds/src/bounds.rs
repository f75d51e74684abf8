//! How long the texts and lists of a resource may be, and what shape they have. Every bound stands in the schema, so that
//! the API server refuses what is beyond it; nothing here checks. What `scoring-plan` bounds itself is not repeated here.
//!
//! The bounds of what a task repeats (addresses, names, expressions) are those of the task document. The others are well
//! above what a real schedule has, and low enough for the cost that the API server allows a rule to have.

/// An address, placeholders and all.
pub const URI: usize = 2048;
/// A column's name.
pub const NAME: usize = 128;
/// An expression.
pub const EXPRESSION: usize = 4096;
/// Columns of `features.compute`, `features.inputs` and `output.columns`.
pub const COLUMNS: usize = 256;
/// Other short texts: region, run id, artifact path.
pub const TEXT: usize = 512;
/// The part of a spec that becomes a task, as JSON, in bytes: a task fits an environment variable (Linux refuses one above
/// 128 KiB: `MAX_ARG_STRLEN`, `include/uapi/linux/binfmts.h`), and what the controller adds to it is under 4 KiB.
pub const TASK: usize = 116 * 1024;

/// The name of a time zone; the longest that there is has 32.
pub const ZONE: usize = 64;
/// A reason in words.
pub const REASON: usize = 256;
/// What an attempt said when it failed.
pub const MESSAGE: usize = 128;
/// Months that a backfill may span: fifty years.
pub const SPAN: usize = 600;
/// Rows of a schedule's `status.months`: the last 36, and room for as many that are not current as fit 64 KiB.
pub const STATUS_MONTHS: usize = 60;
/// Ranges of one list of `status.coverage`: as many as 600 months have when every second one differs.
pub const RANGES: usize = 300;
/// Entries of `nodeSelector` and of `tolerations`.
pub const PLACEMENT: usize = 16;
/// The name of a schedule: those of its Jobs begin with it and must fit 63 characters.
pub const SCHEDULE_NAME: usize = 40;
/// The name of an object of Kubernetes (a DNS subdomain, RFC 1123).
pub const OBJECT_NAME: usize = 253;
/// The value of a label.
pub const LABEL: usize = 63;

/// A calendar month of the years 1900 to 2199.
pub const MONTH_PATTERN: &str = "^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$";
/// A month, or the first and the last month of a range.
pub const RANGE_PATTERN: &str = r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])(\.\.(19|2[01])[0-9]{2}-(0[1-9]|1[0-2]))?$";
/// An address, of which only the month's address holds placeholders: no query, no fragment, no backslash.
pub const URI_PATTERN: &str = r"^[^\\?#]+$";
/// An address without placeholders.
pub const PLAIN_URI_PATTERN: &str = r"^[^\\?#{}]+$";
/// A name that becomes a segment of a path.
pub const SEGMENT_PATTERN: &str = r"^[^/\\?#{}]+$";
/// Segments of a path.
pub const PATH_PATTERN: &str = r"^[^/\\?#{}]+(/[^/\\?#{}]+)*$";
/// The address of a store: no user, no path, no query.
pub const ENDPOINT_PATTERN: &str = r"^https?://[^/\\?#@{} ]+/?$";
/// A region's name; stores that are not AWS have names of their own.
pub const REGION_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
/// A SHA-256 in hex.
pub const SHA256_PATTERN: &str = "^[0-9A-Fa-f]{64}$";
/// The name of a time zone in the IANA database.
pub const ZONE_PATTERN: &str = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";
/// The name of an object of Kubernetes (a DNS subdomain, RFC 1123).
pub const OBJECT_NAME_PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// The name of an object, or nothing.
pub const OPTIONAL_NAME_PATTERN: &str = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$";
/// The value of a label.
pub const LABEL_PATTERN: &str = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";
/// The key of a label, with or without a prefix.
pub const LABEL_KEY_PATTERN: &str = "^([-a-z0-9.]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/// An amount of memory, processors or disk, as Kubernetes writes it: `500m`, `1.5`, `4Gi`.
pub const QUANTITY_PATTERN: &str = "^[0-9]+(\\.[0-9]{1,9})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";
/// A decimal number, with or without an exponent.
pub const DECIMAL_PATTERN: &str = r"^(-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?|NaN)$";
/// A reason for machines, in CamelCase.
pub const REASON_PATTERN: &str = "^[A-Z][A-Za-z0-9]*$";
