//! Why a line is paused, and for how long at least.

use chrono::{DateTime, TimeDelta, Utc};

/// A pause that comes so soon after the last one ended is a relapse.
const RELAPSE: TimeDelta = TimeDelta::days(1);
/// What Meta can only show by taking a message again is tried so often at first.
const UNPROVEN: i32 = 3_600;
/// A relapse rests twice as long as the pause before it, between these two, in seconds.
const SHORTEST: i32 = 300;
const LONGEST: i32 = 6 * 3_600;

/// Why a line is paused. The words are stored and public: never rename one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseCode {
    /// The token has expired, was withdrawn, or never was one.
    TokenInvalid,
    /// The token may not do this.
    PermissionMissing,
    /// The number's id does not exist, or the token may not see it.
    NumberMissing,
    /// The number is not registered with the Cloud API.
    NumberNotRegistered,
    /// The number's name is not approved.
    NameNotApproved,
    /// Meta has locked or restricted the account.
    AccountRestricted,
    /// Meta refuses everything for a reason that has no word of its own here.
    Refused,
}

impl PauseCode {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[
        Self::TokenInvalid,
        Self::PermissionMissing,
        Self::NumberMissing,
        Self::NumberNotRegistered,
        Self::NameNotApproved,
        Self::AccountRestricted,
        Self::Refused,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TokenInvalid => "token_invalid",
            Self::PermissionMissing => "permission_missing",
            Self::NumberMissing => "number_missing",
            Self::NumberNotRegistered => "number_not_registered",
            Self::NameNotApproved => "name_not_approved",
            Self::AccountRestricted => "account_restricted",
            Self::Refused => "refused",
        }
    }

    /// What a word stands for; a newer server may have written one that is not known here.
    pub(super) fn of_word(word: &str) -> Self {
        let known = Self::ALL.iter().copied().find(|code| code.as_str() == word);
        known.unwrap_or(Self::Refused)
    }

    /// How long the first pause of its kind rests, in seconds: not at all where reading from Meta
    /// shows that the cause is gone.
    fn first_hold(self) -> i32 {
        match self {
            Self::TokenInvalid
            | Self::PermissionMissing
            | Self::NumberMissing
            | Self::NumberNotRegistered => 0,
            Self::NameNotApproved | Self::AccountRestricted | Self::Refused => UNPROVEN,
        }
    }

    /// How many seconds a check leaves this pause alone, given when a check ended the last one and
    /// how long that had rested. Otherwise a line whose cause reading does not show would be
    /// resumed and paused all day.
    pub(super) fn hold(self, resumed_at: Option<DateTime<Utc>>, before: i32, now: DateTime<Utc>) -> i32 {
        let first = self.first_hold();
        let is_relapse = resumed_at.is_some_and(|resumed| now - resumed < RELAPSE);
        if is_relapse {
            before.saturating_mul(2).max(SHORTEST).max(first).min(LONGEST)
        } else {
            first
        }
    }
}

/// What made a line stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Its word.
    pub code: PauseCode,
    /// Meta's code, if it gave one.
    pub meta_code: Option<i64>,
    /// Meta's words; never a secret.
    pub message: Option<String>,
}

/// A line's sending is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why.
    pub cause: Cause,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relapse_rests_longer_each_time_and_a_new_pause_does_not() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let ago = |hours| Some(now - TimeDelta::hours(hours));
        let hold = |resumed, before| PauseCode::TokenInvalid.hold(resumed, before, now);
        assert_eq!(
            [
                hold(None, 0),
                hold(ago(1), 0),
                hold(ago(1), 300),
                hold(ago(1), 20_000),
                hold(ago(25), 20_000)
            ],
            [0, 300, 600, 21_600, 0]
        );
        assert_eq!(PauseCode::AccountRestricted.hold(None, 0, now), 3_600);
        assert_eq!(PauseCode::AccountRestricted.hold(ago(1), 3_600, now), 7_200);
    }

    #[test]
    fn a_word_is_read_back_and_a_new_one_does_no_harm() {
        for code in PauseCode::ALL {
            assert_eq!(PauseCode::of_word(code.as_str()), *code);
        }
        assert_eq!(PauseCode::of_word("something_new"), PauseCode::Refused);
    }
}
