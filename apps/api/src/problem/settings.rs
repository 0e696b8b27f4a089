//! Errors of the tenant's settings: switches and hours, catalogue, quick replies, drafts, tags and names of lines.

use engine::lines::RenameLineError;
use tenant::{
    branch::{DeleteBranchError, InvalidBranch, SaveBranchError},
    draft::SaveDraftError,
    quick_reply::{SaveQuickReplyError, template::InvalidTemplate},
    service::{InvalidService, SaveServiceError},
    settings::{HolidayFault, SaveSettingsError},
    tag::MergeTagError,
    view::SaveViewError,
};

use super::{Kind, Problem};

impl From<SaveSettingsError> for Problem {
    fn from(error: SaveSettingsError) -> Self {
        match error {
            SaveSettingsError::Changed => Self::new(Kind::SettingsChanged, error),
            SaveSettingsError::Holiday { place, fault } => match fault {
                HolidayFault::Name => Self::field(&format!("/holidays/{place}/name"), "invalid_name", fault),
                HolidayFault::Twice => Self::field(&format!("/holidays/{place}/date"), "date_twice", fault),
            },
            SaveSettingsError::TooManyHolidays => Self::field("/holidays", "too_many", error),
            SaveSettingsError::AwayMessage => Self::field("/away_message", "invalid_text", error),
            SaveSettingsError::TooManyPhones => Self::field("/admin_phones", "too_many", error),
            SaveSettingsError::Db(error) => error.into(),
        }
    }
}

impl From<SaveBranchError> for Problem {
    fn from(error: SaveBranchError) -> Self {
        match error {
            SaveBranchError::Unknown => Self::new(Kind::NotFound, error),
            SaveBranchError::Invalid(error) => invalid_branch(error),
            SaveBranchError::CodeTaken => Self::new(Kind::CodeTaken, error),
            SaveBranchError::Db(error) => error.into(),
        }
    }
}

fn invalid_branch(error: InvalidBranch) -> Problem {
    let (pointer, code) = match error {
        InvalidBranch::Code => ("/code", "invalid_code"),
        InvalidBranch::Name => ("/name", "invalid_name"),
        InvalidBranch::Address => ("/address", "invalid_text"),
        InvalidBranch::Latitude => ("/lat", "invalid_place"),
        InvalidBranch::Longitude => ("/lng", "invalid_place"),
        InvalidBranch::HoursText => ("/hours_text", "invalid_text"),
        InvalidBranch::Phone => ("/phone", "invalid_phone"),
    };
    Problem::field(pointer, code, error)
}

impl From<DeleteBranchError> for Problem {
    fn from(error: DeleteBranchError) -> Self {
        match error {
            DeleteBranchError::Unknown => Self::new(Kind::NotFound, error),
            DeleteBranchError::InUse => Self::new(Kind::BranchInUse, error),
            DeleteBranchError::Db(error) => error.into(),
        }
    }
}

impl From<SaveServiceError> for Problem {
    fn from(error: SaveServiceError) -> Self {
        match error {
            SaveServiceError::Unknown => Self::new(Kind::NotFound, error),
            SaveServiceError::Invalid(error) => invalid_service(error),
            SaveServiceError::UnknownBranch => Self::field("/branch_ids", "unknown_branch", error),
            SaveServiceError::CodeTaken => Self::new(Kind::CodeTaken, error),
            SaveServiceError::Db(error) => error.into(),
        }
    }
}

fn invalid_service(error: InvalidService) -> Problem {
    let (pointer, code) = match error {
        InvalidService::Code => ("/code", "invalid_code"),
        InvalidService::Name => ("/name", "invalid_name"),
        InvalidService::Subtitle => ("/subtitle", "invalid_text"),
        InvalidService::Description => ("/description", "invalid_text"),
        InvalidService::Price => ("/price/amount", "out_of_range"),
        InvalidService::Duration => ("/duration_min", "out_of_range"),
        InvalidService::ImageUrl => ("/image_url", "invalid_image_url"),
        InvalidService::Branches => ("/branch_ids", "too_many"),
    };
    Problem::field(pointer, code, error)
}

impl From<SaveQuickReplyError> for Problem {
    fn from(error: SaveQuickReplyError) -> Self {
        match error {
            SaveQuickReplyError::Unknown | SaveQuickReplyError::UnknownConversation => {
                Self::new(Kind::NotFound, error)
            }
            SaveQuickReplyError::Forbidden => Self::new(Kind::Forbidden, error),
            SaveQuickReplyError::InvalidShortcut => Self::field("/shortcut", "invalid_shortcut", error),
            SaveQuickReplyError::InvalidTitle => Self::field("/title", "invalid_name", error),
            SaveQuickReplyError::InvalidBody => Self::field("/body", "invalid_text", error),
            SaveQuickReplyError::Template(InvalidTemplate::Unknown { .. }) => {
                Self::field("/body", "unknown_variable", error)
            }
            SaveQuickReplyError::Template(InvalidTemplate::Unclosed { .. }) => {
                Self::field("/body", "unclosed_variable", error)
            }
            SaveQuickReplyError::ShortcutTaken => Self::new(Kind::ShortcutTaken, error),
            SaveQuickReplyError::Db(error) => error.into(),
        }
    }
}

impl From<SaveDraftError> for Problem {
    fn from(error: SaveDraftError) -> Self {
        match error {
            SaveDraftError::Changed => Self::new(Kind::DraftChanged, error),
            SaveDraftError::Db(error) => error.into(),
        }
    }
}

impl From<SaveViewError> for Problem {
    fn from(error: SaveViewError) -> Self {
        match error {
            SaveViewError::Unknown => Self::new(Kind::NotFound, error),
            SaveViewError::Forbidden => Self::new(Kind::Forbidden, error),
            SaveViewError::InvalidName => Self::field("/name", "invalid_name", error),
            SaveViewError::NameTaken => Self::new(Kind::ViewNameTaken, error),
            SaveViewError::TooMany => Self::new(Kind::TooManyViews, error),
            SaveViewError::Db(error) => error.into(),
        }
    }
}

impl From<MergeTagError> for Problem {
    fn from(error: MergeTagError) -> Self {
        match error {
            MergeTagError::Unknown => Self::new(Kind::NotFound, error),
            MergeTagError::UnknownTarget => Self::field("/into", "unknown_tag", error),
            MergeTagError::Itself => Self::field("/into", "same_tag", error),
            MergeTagError::Db(error) => error.into(),
        }
    }
}

impl From<RenameLineError> for Problem {
    fn from(error: RenameLineError) -> Self {
        match error {
            RenameLineError::Unknown => Self::new(Kind::NotFound, error),
            RenameLineError::Update(error) => error.into(),
            RenameLineError::Resolve(error) => error.into(),
            RenameLineError::Db(error) => error.into(),
        }
    }
}
