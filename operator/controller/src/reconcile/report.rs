//! Telling how a schedule stands: status, then events and figures of what the stored status says.

use scoring_crds::ScoringBackfill;
use scoring_crds::status::{BackfillStatus, ScheduleStatus};

use super::decide::Decided;
use super::view::View;
use super::{PassError, Shell};
use crate::check::{Checked, Refused};
use crate::report::{
    BackfillVerdict, backfill_notes, backfill_status, ended, figures, schedule_notes, schedule_status,
};

/// What is stored now.
pub(super) struct Told {
    pub(super) schedule: ScheduleStatus,
    /// In the order of the view's backfills.
    pub(super) backfills: Vec<Option<BackfillStatus>>,
}

/// Stores how the schedule and its backfills stand, and tells of it.
pub(super) async fn report(
    shell: &Shell,
    view: &View,
    checked: &Result<Checked, Refused>,
    decided: &[Decided],
) -> Result<Told, PassError> {
    let own = decided.first().map(Decided::planned);
    let verdict = match (checked, own) {
        (Err(refused), _) => Some(Err(refused)),
        (Ok(_), own) => own.map(Ok),
    };
    // A schedule that is accepted has a world of its own.
    let Some(verdict) = verdict else { return Ok(Told { schedule: ScheduleStatus::default(), backfills: Vec::new() }) };
    let schedule = schedule_status(&view.schedule, verdict, view.now);
    let before = view.schedule.status.as_ref();
    if shell.writer.status(&*view.schedule, (before, &schedule), &view.owner.uid).await? {
        shell.writer.tell(&*view.schedule, &schedule_notes(before, &schedule)).await;
        for ended in ended(before, &schedule) {
            let class = ended.class.map(|class| format!("{class:?}")).unwrap_or_default();
            shell.metrics.schedules.ended(&view.key, format!("{:?}", ended.state), class);
        }
    }
    if let Some(own) = own {
        shell.metrics.schedules.set(&view.key, figures(own));
    }
    let mut backfills = Vec::new();
    for backfill in &view.backfills {
        backfills.push(of_backfill(shell, view, (checked, decided), backfill).await?);
    }
    Ok(Told { schedule, backfills })
}

async fn of_backfill(
    shell: &Shell,
    view: &View,
    (checked, decided): (&Result<Checked, Refused>, &[Decided]),
    backfill: &ScoringBackfill,
) -> Result<Option<BackfillStatus>, PassError> {
    let before = backfill.status.as_ref();
    let Some(verdict) = verdict(checked, decided, backfill) else { return Ok(before.cloned()) };
    let status = backfill_status(backfill, verdict, view.now);
    if shell.writer.status(backfill, (before, &status), &view.owner.uid).await? {
        shell.writer.tell(backfill, &backfill_notes(before, &status)).await;
    }
    Ok(Some(status))
}

/// What became of a backfill; none where it is planned no more.
fn verdict<'a>(
    checked: &'a Result<Checked, Refused>,
    decided: &'a [Decided],
    backfill: &ScoringBackfill,
) -> Option<BackfillVerdict<'a>> {
    let Ok(checked) = checked else { return Some(BackfillVerdict::ScheduleRefused) };
    let uid = backfill.metadata.uid.as_deref().unwrap_or_default();
    if let Some(refused) = checked.refused.iter().find(|refused| refused.uid == uid) {
        return Some(BackfillVerdict::Refused(&refused.faults));
    }
    let world = checked.world_of(backfill)?;
    let decided = decided.iter().find(|decided| decided.world.id == world.id)?;
    Some(BackfillVerdict::Planned(decided.planned()))
}
