//! Order: who is next. The newest due month, where the schedule wants it; then the backfills, the oldest request first,
//! each in its own order; then what else the schedule wants, in its order. A month is taken by the first that wants it.

use std::collections::BTreeSet;

use crate::backfill::Backfill;
use crate::month::Month;
use crate::rules::wanted::Wish;
use crate::scene::Scene;
use crate::schedule::Order;

/// A month that may be started as soon as a slot is free.
pub(crate) struct Candidate<'a> {
    pub(crate) month: Month,
    pub(crate) wish: Wish,
    /// Who wants it; none where the schedule does.
    pub(crate) backfill: Option<&'a Backfill>,
}

/// All candidates in order, no month twice. The wishes of each come with the oldest month first.
pub(crate) fn candidates<'a>(
    scene: &Scene<'a>,
    own: Vec<(Month, Wish)>,
    asked: Vec<(&'a Backfill, Vec<(Month, Wish)>)>,
) -> Vec<Candidate<'a>> {
    let (newest, older): (Vec<_>, Vec<_>) = own.into_iter().partition(|(month, _)| scene.newest == Some(*month));
    let mut all: Vec<Candidate<'a>> = candidate(newest, None).collect();
    for (backfill, wishes) in asked {
        all.extend(candidate(sorted(wishes, backfill.order()), Some(backfill)));
    }
    all.extend(candidate(sorted(older, scene.schedule.backfill().order), None));
    let mut taken = BTreeSet::new();
    all.retain(|candidate| taken.insert(candidate.month));
    all
}

fn candidate(wishes: Vec<(Month, Wish)>, backfill: Option<&Backfill>) -> impl Iterator<Item = Candidate<'_>> {
    wishes.into_iter().map(move |(month, wish)| Candidate { month, wish, backfill })
}

fn sorted(mut wishes: Vec<(Month, Wish)>, order: Order) -> Vec<(Month, Wish)> {
    match order {
        Order::OldestFirst => {}
        Order::NewestFirst => wishes.reverse(),
    }
    wishes
}
