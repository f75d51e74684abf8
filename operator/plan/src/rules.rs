//! One rule to a file. Each looks at a [`crate::scene::Scene`] and says one thing; [`crate::decide()`] puts them in order.

pub(crate) mod active;
pub(crate) mod asked;
pub(crate) mod committed;
pub(crate) mod denied;
pub(crate) mod excluded;
pub(crate) mod freshness;
pub(crate) mod known;
pub(crate) mod lanes;
pub(crate) mod manual;
pub(crate) mod order;
pub(crate) mod retry;
pub(crate) mod stale;
pub(crate) mod standing;
pub(crate) mod survey;
pub(crate) mod suspended;
pub(crate) mod waiting;
pub(crate) mod wake;
pub(crate) mod wanted;
