//! The loop: watches fill the cache and ask for passes; passes are made, eight at a time and never two over one schedule.

pub mod triggers;
