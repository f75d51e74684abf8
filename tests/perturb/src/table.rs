//! The table at the end: for each fault, how many plans there were, how many of them struck, and what they broke.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use scoring_stand::fault::FaultPlan;

use crate::trial::Verdict;

/// What the plans of each fault came to.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<String, Row>,
}

#[derive(Debug, Default)]
struct Row {
    plans: usize,
    struck: usize,
    broke: usize,
    took: Duration,
    longest: Duration,
    what: BTreeSet<String>,
}

impl Table {
    /// Adds what a plan came to.
    pub fn add(&mut self, plan: &FaultPlan, verdict: &Verdict) {
        let row = self.rows.entry(plan.fault.to_string()).or_default();
        row.plans += 1;
        row.struck += usize::from(verdict.struck.is_some());
        row.broke += usize::from(!verdict.violations.is_empty());
        row.took += verdict.took;
        row.longest = row.longest.max(verdict.took);
        let verb_and_kind = |struck: &String| struck.split(' ').take(2).collect::<Vec<_>>().join(" ");
        row.what.extend(verdict.struck.as_ref().map(verb_and_kind));
    }

    /// How many plans broke a rule.
    pub fn broke(&self) -> usize {
        self.rows.values().map(|row| row.broke).sum()
    }

    /// How many plans struck.
    pub fn struck(&self) -> usize {
        self.rows.values().map(|row| row.struck).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |fault: &str, row: &Row| {
            let mean = row.took.as_secs_f64() / row.plans.max(1) as f64;
            let Row { plans, struck, broke, longest, what, .. } = row;
            let longest = longest.as_secs_f64();
            writeln!(
                formatter,
                "{fault:<26} {plans:>5} {struck:>6} {broke:>6} {mean:>7.1} {longest:>8.1}  {}",
                what.len()
            )
        };
        let mut all = Row::default();
        for (fault, row) in &self.rows {
            line(fault, row)?;
            all.plans += row.plans;
            all.struck += row.struck;
            all.broke += row.broke;
            all.took += row.took;
            all.longest = all.longest.max(row.longest);
            all.what.extend(row.what.iter().cloned());
        }
        line("all", &all)
    }
}

/// What the columns of a [`Table`] are.
pub const HEADER: &str = "fault                      plans struck  broke  mean s  longest  kinds of request";
