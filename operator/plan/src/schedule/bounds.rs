//! How long the texts and how large the numbers of a schedule may be. A schema repeats them; [`crate::Schedule::new`]
//! enforces them.

/// The most characters that a cron expression may have.
pub const CRON: usize = 100;
/// The most characters that a reason for an exclusion may have.
pub const REASON: usize = 256;
/// The most characters that the text of a task may have.
pub const TASK: usize = 256;
/// The most months that may be excluded: fifty years of them.
pub const EXCLUSIONS: usize = 600;
/// The bounds of `months.lag`: two years is more than any publisher takes.
pub const LAG: (i64, i64) = (0, 24);
/// The bounds of `backfill.parallelism`, of a schedule and of a backfill.
pub const PARALLELISM: (i64, i64) = (1, 100);
/// The bounds of `retry.attempts`.
pub const ATTEMPTS: (i64, i64) = (1, 20);
/// The bounds of `retry.backoffSeconds`: up to an hour, since it doubles.
pub const BACKOFF_SECONDS: (i64, i64) = (1, 3600);
/// The bounds of `survey.intervalSeconds`: from a minute to thirty days.
pub const SURVEY_SECONDS: (i64, i64) = (60, 2_592_000);
/// The bounds of `freshness.deadlineDays`.
pub const DEADLINE_DAYS: (i64, i64) = (1, 366);
/// The most characters that a backfill's name may have: a Kubernetes name.
pub const NAME: usize = 253;
