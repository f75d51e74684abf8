//! What has happened between two statuses, as events: few, and one for many months. They are told once the status is
//! stored; what is lost in between is still in the status.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use scoring_crds::status::{Attempt, AttemptState, BackfillStatus, FailureClass, MonthStatus, ScheduleStatus};
use scoring_plan::{Month, MonthRange};

use super::words;

/// The most bytes of an event's note (`events.k8s.io/v1`, Kubernetes 1.34, takes 1024).
const NOTE: usize = 1000;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whether somebody should look.
    pub kind: NoteKind,
    /// A stable word, in CamelCase.
    pub reason: String,
    /// What the controller did, in CamelCase.
    pub action: &'static str,
    /// In words: which months, and what to do.
    pub text: String,
}

/// Whether somebody should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// All is well.
    Normal,
    /// Somebody should look.
    Warning,
}

/// An attempt that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The month, `YYYY-MM`.
    pub month: String,
    /// What it came to.
    pub state: AttemptState,
    /// The class of its failure.
    pub class: Option<FailureClass>,
}

/// The attempts that have ended between two statuses. Of a status that was lost nothing is told again.
pub fn ended(before: Option<&ScheduleStatus>, after: &ScheduleStatus) -> Vec<Ended> {
    let found = newly_ended(before, after).into_iter();
    found.map(|(row, attempt)| Ended { month: row.month.clone(), state: attempt.state, class: attempt.class }).collect()
}

/// What to tell of a schedule.
pub fn schedule_notes(before: Option<&ScheduleStatus>, after: &ScheduleStatus) -> Vec<Note> {
    let ended = newly_ended(before, after);
    let mut notes = Vec::new();
    let committed = months(ended.iter().filter(|(_, attempt)| attempt.state == AttemptState::Succeeded));
    if !committed.is_empty() {
        notes.push(note(NoteKind::Normal, "MonthCommitted", &format!("committed {}", words::months(&committed))));
    }
    let failed: Vec<_> = ended.iter().filter(|(_, attempt)| attempt.state == AttemptState::Failed).collect();
    if let Some((row, attempt)) = failed.first() {
        notes.push(note(NoteKind::Warning, "MonthFailed", &failure(row, attempt, failed.len())));
    }
    let stored = before.map_or(&[][..], |before| &before.conditions);
    notes.extend(turned(stored, &after.conditions, "Stalled", "True"));
    notes.extend(turned(stored, &after.conditions, "Progressing", "False").filter(|note| {
        matches!(note.reason.as_str(), "Unschedulable" | "QuotaExceeded" | "SurveyFailed")
            && !is(&after.conditions, "Stalled")
    }));
    notes
}

/// What to tell of a backfill.
pub fn backfill_notes(before: Option<&BackfillStatus>, after: &BackfillStatus) -> Vec<Note> {
    let stored = before.map_or(&[][..], |before| &before.conditions);
    let succeeded = turned(stored, &after.conditions, "Succeeded", "True").map(|note| Note {
        kind: NoteKind::Normal,
        reason: "BackfillSucceeded".to_owned(),
        ..note
    });
    succeeded.into_iter().chain(turned(stored, &after.conditions, "Stalled", "True")).collect()
}

fn newly_ended<'a>(before: Option<&ScheduleStatus>, after: &'a ScheduleStatus) -> Vec<(&'a MonthStatus, &'a Attempt)> {
    let Some(before) = before.filter(|before| before.observed_generation.is_some()) else { return Vec::new() };
    let has_ended = |state| matches!(state, AttemptState::Succeeded | AttemptState::Failed | AttemptState::Cancelled);
    let is_new = |row: &MonthStatus, attempt: &Attempt| {
        let stored = before.months.iter().find(|stored| stored.month == row.month);
        let stored = stored.and_then(|stored| stored.attempt.as_ref());
        !stored.is_some_and(|stored| stored.number == attempt.number && has_ended(stored.state))
    };
    let ended = after.months.iter().filter_map(|row| Some((row, row.attempt.as_ref()?)));
    // What only a manifest tells of has no Job: it ended before anybody looked.
    ended
        .filter(|(row, attempt)| has_ended(attempt.state) && attempt.finish_time.is_some() && is_new(row, attempt))
        .collect()
}

/// How a month failed, what became of it since, and how many others failed with it.
fn failure(row: &MonthStatus, attempt: &Attempt, all: usize) -> String {
    let (month, others) = (&row.month, all - 1);
    let why = match (row.reason.as_deref(), attempt.message.as_deref()) {
        // What follows is not told with what happened where the month is queued again already.
        (Some(reason), Some(message)) if !reason.contains(message) => format!("{reason}; {message}"),
        (told, happened) => told.or(happened).unwrap_or("it failed").to_owned(),
    };
    match others {
        0 => format!("{month}: {why}"),
        1 => format!("{month}: {why}; 1 more month failed, too"),
        _ => format!("{month}: {why}; {others} more months failed, too"),
    }
}

/// A condition that has turned to a status, or to another reason for it.
fn turned(before: &[Condition], after: &[Condition], type_: &str, status: &str) -> Option<Note> {
    let find = |all: &[Condition]| {
        all.iter().find(|condition| condition.type_ == type_ && condition.status == status).cloned()
    };
    let now = find(after)?;
    let same = find(before).is_some_and(|stored| stored.reason == now.reason);
    (!same).then(|| note(NoteKind::Warning, &now.reason, &now.message))
}

fn is(conditions: &[Condition], type_: &str) -> bool {
    conditions.iter().any(|condition| condition.type_ == type_ && condition.status == "True")
}

fn months<'a>(ended: impl Iterator<Item = &'a (&'a MonthStatus, &'a Attempt)>) -> Vec<MonthRange> {
    MonthRange::covering(ended.filter_map(|(row, _)| row.month.parse::<Month>().ok()))
}

fn note(kind: NoteKind, reason: &str, text: &str) -> Note {
    Note { kind, reason: reason.to_owned(), action: "Reconcile", text: words::cut(text, NOTE) }
}
