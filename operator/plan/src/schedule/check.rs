//! From what was written to a [`Schedule`], or every fault in it. No check here needs more than the document.

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use jiff::SignedDuration;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::fault::{Faults, Problem, ScheduleFaults};
use crate::month::Month;
use crate::schedule::bounds::{
    ATTEMPTS, BACKOFF_SECONDS, CRON, DEADLINE_DAYS, EXCLUSIONS, LAG, PARALLELISM, REASON, SURVEY_SECONDS, TASK,
};
use crate::schedule::{BackfillPolicy, Exclusion, RawExclusion, RawSchedule, Retry, Schedule};
use crate::ticks::Ticks;

impl Schedule {
    /// Checks what was written; every fault is found, not just the first.
    pub fn new(raw: &RawSchedule) -> Result<Self, ScheduleFaults> {
        let mut faults = Faults::default();
        let cron = cron(&raw.cron, &mut faults);
        let zone = zone(&raw.zone, &mut faults);
        let (first, last) = months(raw, &mut faults);
        let exclude = exclusions(&raw.exclude, (first, last), &mut faults);
        let lag = faults.number("months.lag", raw.lag, LAG);
        let task = faults.text("task", &raw.task, "what the outputs are made by", TASK);
        let parallelism = faults.number("backfill.parallelism", raw.backfill_parallelism, PARALLELISM);
        let attempts = faults.number("retry.attempts", raw.retry_attempts, ATTEMPTS);
        let backoff = faults.number("retry.backoffSeconds", raw.retry_backoff_seconds, BACKOFF_SECONDS);
        let survey = faults.number("survey.intervalSeconds", raw.survey_interval_seconds, SURVEY_SECONDS);
        let deadline =
            raw.freshness_deadline_days.map(|days| faults.number("freshness.deadlineDays", days, DEADLINE_DAYS));

        let policy = |parallelism| BackfillPolicy { mode: raw.backfill_mode, parallelism, order: raw.backfill_order };
        let whole = || {
            Some(Self {
                ticks: Ticks { cron: cron?, zone: zone? },
                first: first?,
                last,
                lag: lag?,
                exclude,
                task: task?,
                suspend: raw.suspend,
                backfill: policy(parallelism?),
                retry: Retry { attempts: attempts?, backoff: SignedDuration::from_secs(backoff?) },
                survey_interval: SignedDuration::from_secs(survey?),
                on_input_change: raw.on_input_change,
                on_model_change: raw.on_model_change,
                deadline_days: deadline.flatten(),
            })
        };
        whole().filter(|_| faults.0.is_empty()).ok_or(ScheduleFaults(faults.0))
    }
}

fn cron(text: &str, faults: &mut Faults) -> Option<Cron> {
    const PATH: &str = "schedule.cron";
    let text = faults.text(PATH, text, "when to look for a new month, such as \"0 3 2 * *\"", CRON)?;
    match parse_cron(&text) {
        Ok(cron) => Some(cron),
        Err(problem) => {
            faults.add(PATH, problem);
            None
        }
    }
}

fn parse_cron(text: &str) -> Result<Cron, Problem> {
    let found = text.split_whitespace().count();
    if found != 5 {
        return Err(Problem::CronFields { found });
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|error| Problem::Cron { detail: detail(&error) })?;
    // The calendar repeats after 400 years, so what does not fire from here on until croner's last year never does.
    let start = Month::MIN.first_day().at(0, 0, 0, 0);
    cron.find_next_occurrence(&start, true).map_err(|_| Problem::NeverFires)?;
    Ok(cron)
}

/// What croner says, in the form that our own messages have.
fn detail(error: &CronError) -> String {
    let text = match error {
        CronError::InvalidPattern(text) | CronError::IllegalCharacters(text) | CronError::ComponentError(text) => {
            text.clone()
        }
        CronError::EmptyPattern
        | CronError::InvalidDate
        | CronError::InvalidTime
        | CronError::TimeSearchLimitExceeded => error.to_string(),
    };
    text.trim_end_matches('.').chars().take(160).collect()
}

fn zone(name: &str, faults: &mut Faults) -> Option<TimeZone> {
    let found = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown());
    if found.is_none() {
        faults.add("schedule.timeZone", Problem::Zone { name: name.chars().take(60).collect() });
    }
    found
}

fn months(raw: &RawSchedule, faults: &mut Faults) -> (Option<Month>, Option<Month>) {
    let first = faults.month("months.first", &raw.first);
    let last = raw.last.as_ref().and_then(|last| faults.month("months.last", last));
    if let (Some(first), Some(last)) = (first, last)
        && let Err(error) = crate::MonthRange::new(first, last)
    {
        faults.add("months.last", Problem::Range(error));
    }
    (first, last)
}

fn exclusions(
    raw: &[RawExclusion],
    (first, last): (Option<Month>, Option<Month>),
    faults: &mut Faults,
) -> Vec<Exclusion> {
    if raw.len() > EXCLUSIONS {
        faults.add("months.exclude", Problem::TooLong { found: raw.len(), most: EXCLUSIONS, unit: "months" });
        return Vec::new();
    }
    let mut checked: Vec<Exclusion> = Vec::with_capacity(raw.len());
    for (index, exclusion) in raw.iter().enumerate() {
        let path = format!("months.exclude[{index}]");
        let month = faults.month(format!("{path}.month"), &exclusion.month);
        let reason = faults.text(format!("{path}.reason"), &exclusion.reason, "why the month is left out", REASON);
        let Some(month) = month else { continue };
        if first.is_some_and(|first| month < first) || last.is_some_and(|last| month > last) {
            faults.add(format!("{path}.month"), Problem::Outside { months: span(first, last) });
        }
        match checked.binary_search_by_key(&month, |exclusion| exclusion.month) {
            Ok(_) => faults.add(format!("{path}.month"), Problem::Twice),
            Err(at) => checked.insert(at, Exclusion { month, reason: reason.unwrap_or_default() }),
        }
    }
    checked
}

fn span(first: Option<Month>, last: Option<Month>) -> String {
    let end = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    format!("{}..{}", end(first), end(last))
}
