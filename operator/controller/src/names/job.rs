//! The names of Jobs, which are their locks: an API server stores a name once, so two operators cannot start one attempt
//! twice. What a Job is about is read back from its name, which nobody can change.

use std::fmt::Write as _;

use scoring_plan::Month;
use sha2::{Digest as _, Sha256};

/// The most characters of a Job's name: it becomes a label of its pods.
const LONGEST: usize = 63;
/// The most characters of a survey's name: its pods are called after it and `-<part>`, with two digits at most.
const LONGEST_SURVEY: usize = LONGEST - 3;

/// What a Job's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobName {
    /// An attempt at a month.
    Month {
        /// The month.
        month: Month,
        /// The attempt.
        attempt: u32,
    },
    /// A survey.
    Survey {
        /// Its number, from 1.
        number: u64,
    },
}

impl JobName {
    /// The name: `<schedule>-<yyyymm>-<hex8>-a<attempt>`, `<schedule>-survey-<hex8>-<number>`. The digits stand for the
    /// schedule's UID and, where a backfill has a model of its own, for the backfill's: what a Job is made from is not in
    /// them, since two views of a spec would then start one month twice. A schedule's name is cut where the rest would not
    /// fit; the digits still tell two schedules apart.
    pub fn of(self, schedule: &str, uid: &str, model_of: Option<&str>) -> String {
        let lock = lock(uid, model_of);
        let (rest, longest) = match self {
            Self::Month { month, attempt } => {
                (format!("-{}-{lock}-a{attempt}", month.to_string().replace('-', "")), LONGEST)
            }
            Self::Survey { number } => (format!("-survey-{lock}-{number}"), LONGEST_SURVEY),
        };
        let room = schedule.floor_char_boundary(longest - rest.len());
        format!("{}{rest}", &schedule[..room])
    }

    /// What a name says; none of one that the controller does not give.
    pub fn read(name: &str) -> Option<Self> {
        let mut parts = name.rsplitn(4, '-');
        let (number, lock, what, schedule) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if schedule.is_empty() || lock.len() != 8 || !lock.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        if what == "survey" {
            return Some(Self::Survey { number: number.parse().ok()? });
        }
        let attempt = number.strip_prefix('a')?.parse().ok()?;
        let (year, month) = what.split_at_checked(4)?;
        Some(Self::Month { month: format!("{year}-{month}").parse().ok()?, attempt })
    }
}

/// Eight hex digits of the SHA-256 over the UIDs.
fn lock(uid: &str, model_of: Option<&str>) -> String {
    let mut hash = Sha256::new();
    hash.update(uid);
    if let Some(backfill) = model_of {
        hash.update("/");
        hash.update(backfill);
    }
    hash.finalize().iter().take(4).fold(String::with_capacity(8), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<JobName> {
        let month = "2021-02".parse().unwrap();
        vec![
            JobName::Month { month, attempt: 1 },
            JobName::Month { month, attempt: u32::MAX },
            JobName::Survey { number: 1 },
            JobName::Survey { number: u64::MAX },
        ]
    }

    #[test]
    fn a_name_is_read_back_and_fits_a_label() {
        for schedule in ["green", "green-taxi-9", &"g".repeat(40), &format!("{}-{}", "g".repeat(20), "h".repeat(19))] {
            for name in every() {
                let text = name.of(schedule, "0f3c", None);
                assert_eq!(JobName::read(&text), Some(name), "{text}");
                let most = if matches!(name, JobName::Survey { .. }) { LONGEST_SURVEY } else { LONGEST };
                assert!(text.len() <= most, "{text} has {} characters", text.len());
            }
        }
    }

    #[test]
    fn a_name_holds_the_schedule_the_month_and_the_attempt() {
        let name = JobName::Month { month: "2021-02".parse().unwrap(), attempt: 3 };
        assert_eq!(name.of("green", "0f3c", None), "green-202102-d88c1a26-a3");
        assert_eq!(JobName::Survey { number: 7 }.of("green", "0f3c", None), "green-survey-d88c1a26-7");
    }

    #[test]
    fn schedules_and_models_of_backfills_have_names_of_their_own() {
        let name = JobName::Month { month: "2021-02".parse().unwrap(), attempt: 1 };
        let owners = [("a", None), ("b", None), ("a", Some("b")), ("a", Some("c"))];
        let names = owners.map(|(uid, model_of)| name.of("green", uid, model_of));
        assert!(names.iter().enumerate().all(|(at, one)| !names[..at].contains(one)), "{names:?}");
    }

    #[test]
    fn names_that_the_controller_does_not_give_are_not_read() {
        for name in [
            "green",
            "green-202102-0a1b2c3d",
            "green-202102-0a1b2c3d-12",
            "green-202113-0a1b2c3d-a1",
            "green-202102-0a1b2c3-a1",
            "green-202102-0a1b2c3d-a1-x",
            "-202102-0a1b2c3d-a1",
            "202102-0a1b2c3d-a1",
            "green-survey-0a1b2c3d-x",
            "green-survey-0a1b2c3d-a1",
        ] {
            assert_eq!(JobName::read(name), None, "{name}");
        }
    }
}
