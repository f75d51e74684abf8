//! Backfills whose schedule is not there: nobody plans them, and somebody must say so.

use super::{PassError, Shell};
use crate::cache::Key;
use crate::report::{BackfillVerdict, backfill_notes, backfill_status};

/// Tells the backfills of a schedule that it is not there.
pub async fn tell_lonely(shell: &Shell, key: &Key) -> Result<(), PassError> {
    for backfill in shell.cache.backfills(key) {
        if backfill.metadata.deletion_timestamp.is_some() {
            continue;
        }
        let before = backfill.status.as_ref();
        let status = backfill_status(&backfill, BackfillVerdict::NoSchedule, shell.clock.now());
        // Nobody waits to see it: no schedule is planned from it.
        if shell.writer.status(&*backfill, (before, &status), "").await? {
            shell.writer.tell(&*backfill, &backfill_notes(before, &status)).await;
        }
    }
    shell.expectations.forget("");
    Ok(())
}
