//! How a run ended, as one small set of classes. A Job's pod failure policy and every script read the code; nothing
//! else in the product may invent one.

use serde::{Deserialize, Serialize};

/// The class of a run's end. The codes are those of `sysexits.h` (4.3BSD) where one fits.
///
/// `BadData`, `NotPublished`, `Denied` and `BadSetting` wait for a change by a person; `TryAgain` and `CannotWrite` may
/// pass by themselves; `Internal` is a fault of the scorer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExitClass {
    /// The output of this fingerprint is committed.
    Done,
    /// The month's rows cannot be scored as they are (`EX_DATAERR`).
    BadData,
    /// The month is not there (`EX_NOINPUT`). A model that is not there is a setting to correct.
    NotPublished,
    /// A fault of the scorer itself (`EX_SOFTWARE`).
    Internal,
    /// The output cannot be written where the task says (`EX_CANTCREAT`).
    CannotWrite,
    /// A store did not answer, answered too late, or another run was in the way (`EX_TEMPFAIL`).
    TryAgain,
    /// Credentials are missing, wrong, or lack a permission (`EX_NOPERM`).
    Denied,
    /// The model, an expression or a setting is wrong (`EX_CONFIG`).
    BadSetting,
}

impl ExitClass {
    /// Every class, in the order of its code.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::BadData,
        Self::NotPublished,
        Self::Internal,
        Self::CannotWrite,
        Self::TryAgain,
        Self::Denied,
        Self::BadSetting,
    ];

    /// The process exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::BadData => 65,
            Self::NotPublished => 66,
            Self::Internal => 70,
            Self::CannotWrite => 73,
            Self::TryAgain => 75,
            Self::Denied => 77,
            Self::BadSetting => 78,
        }
    }

    /// The class of a process exit code; none for a code that the scorer never ends with (a signal, a killed pod).
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|class| i32::from(class.code()) == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_code_of_its_own_that_leads_back_to_it() {
        for class in ExitClass::ALL {
            assert_eq!(ExitClass::from_code(i32::from(class.code())), Some(class));
        }
        assert_eq!(ExitClass::from_code(137), None);
    }
}
