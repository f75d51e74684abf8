//! `validate`: everything that admission and the controller would refuse, offline.

use jiff::Timestamp;

use super::{Exit, complain, say};
use crate::args::Validate;
use crate::documents;
use crate::wish::{Narrowing, wishes};

/// Checks documents, and tells every fault.
pub(super) fn execute(args: &Validate) -> Exit {
    let (documents, mut errors) = documents::read(&args.documents);
    let (wishes, faults) = wishes(&documents, &Narrowing::default(), Timestamp::now());
    errors.extend(faults);
    for error in &errors {
        complain(error);
    }
    if errors.is_empty() {
        let backfills: usize = wishes.iter().map(|wish| wish.backfills.len()).sum();
        let schedules = wishes.iter().filter(|wish| wish.world_of.is_none()).count();
        say(&format!("{schedules} schedules and {backfills} backfills are in order\n"));
        Exit::Well
    } else {
        Exit::Unusable
    }
}
