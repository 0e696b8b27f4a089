//! Errors of the platform's side.

use control::{
    branding::SaveBrandingError,
    channel::{CreateChannelError, DeleteChannelError, InvalidChannel, UpdateChannelError},
    logo::{RemoveLogoError, SaveLogoError},
    meta_app::{CreateMetaAppError, DeleteMetaAppError, InvalidMetaApp, UpdateMetaAppError},
    odoo::{RemoveOdooError, SaveOdooError},
    spool::DiscardSpooledError,
    tenant::{CreateTenantError, UpdateTenantError},
};
use engine::{line_health::SubscribeLineError, lines::RemoveLineError, odoo::TestOdooError};

use super::{Kind, Problem};

impl From<CreateTenantError> for Problem {
    fn from(error: CreateTenantError) -> Self {
        match error {
            CreateTenantError::InvalidSlug(error) => Self::field("/slug", "invalid_slug", error),
            CreateTenantError::InvalidName => Self::field("/name", "invalid_name", error),
            CreateTenantError::SlugTaken => Self::new(Kind::SlugTaken, error),
            CreateTenantError::Db(error) => error.into(),
        }
    }
}

impl From<UpdateTenantError> for Problem {
    fn from(error: UpdateTenantError) -> Self {
        match error {
            UpdateTenantError::UnknownTenant => Self::new(Kind::NotFound, error),
            UpdateTenantError::InvalidSlug(error) => Self::field("/slug", "invalid_slug", error),
            UpdateTenantError::InvalidName => Self::field("/name", "invalid_name", error),
            UpdateTenantError::SlugTaken => Self::new(Kind::SlugTaken, error),
            UpdateTenantError::Db(error) => error.into(),
        }
    }
}

fn invalid(error: InvalidChannel) -> Problem {
    Problem::field(&format!("/{}", error.field()), "invalid", error)
}

impl From<CreateChannelError> for Problem {
    fn from(error: CreateChannelError) -> Self {
        match error {
            CreateChannelError::UnknownTenant => Self::new(Kind::NotFound, error),
            CreateChannelError::Invalid(error) => invalid(error),
            CreateChannelError::PhoneNumberIdTaken => Self::new(Kind::PhoneNumberIdTaken, error),
            CreateChannelError::Db(error) => error.into(),
        }
    }
}

impl From<UpdateChannelError> for Problem {
    fn from(error: UpdateChannelError) -> Self {
        match error {
            UpdateChannelError::UnknownChannel => Self::new(Kind::NotFound, error),
            UpdateChannelError::Invalid(error) => invalid(error),
            UpdateChannelError::PhoneNumberIdTaken => Self::new(Kind::PhoneNumberIdTaken, error),
            UpdateChannelError::Db(error) => error.into(),
        }
    }
}

fn invalid_app(error: InvalidMetaApp) -> Problem {
    Problem::field(&format!("/{}", error.field()), "invalid", error)
}

impl From<CreateMetaAppError> for Problem {
    fn from(error: CreateMetaAppError) -> Self {
        match error {
            CreateMetaAppError::UnknownTenant => Self::field("/tenant_id", "unknown_tenant", error),
            CreateMetaAppError::Invalid(error) => invalid_app(error),
            CreateMetaAppError::Db(error) => error.into(),
        }
    }
}

impl From<UpdateMetaAppError> for Problem {
    fn from(error: UpdateMetaAppError) -> Self {
        match error {
            UpdateMetaAppError::UnknownApp => Self::new(Kind::NotFound, error),
            UpdateMetaAppError::Invalid(error) => invalid_app(error),
            UpdateMetaAppError::Db(error) => error.into(),
        }
    }
}

impl From<DeleteMetaAppError> for Problem {
    fn from(error: DeleteMetaAppError) -> Self {
        match error {
            DeleteMetaAppError::UnknownApp => Self::new(Kind::NotFound, error),
            DeleteMetaAppError::InUse => Self::new(Kind::AppInUse, error),
            DeleteMetaAppError::Db(error) => error.into(),
        }
    }
}

impl From<RemoveLineError> for Problem {
    fn from(error: RemoveLineError) -> Self {
        match error {
            RemoveLineError::InUse => Self::new(Kind::Conflict, error),
            RemoveLineError::Delete(DeleteChannelError::UnknownChannel) => Self::new(Kind::NotFound, error),
            RemoveLineError::Delete(DeleteChannelError::Db(error)) | RemoveLineError::Db(error) => {
                error.into()
            }
            RemoveLineError::Resolve(error) => error.into(),
        }
    }
}

impl From<SubscribeLineError> for Problem {
    fn from(error: SubscribeLineError) -> Self {
        match error {
            SubscribeLineError::Unknown => Self::new(Kind::NotFound, error),
            SubscribeLineError::WithoutToken => Self::new(Kind::ChannelWithoutToken, error),
            SubscribeLineError::WithoutAccount => Self::new(Kind::Conflict, error),
            SubscribeLineError::Refused(_) => Self::new(Kind::MetaRefused, error),
            SubscribeLineError::Unreachable => Self::new(Kind::MetaUnreachable, error),
            SubscribeLineError::Db(error) => error.into(),
        }
    }
}

impl From<DiscardSpooledError> for Problem {
    fn from(error: DiscardSpooledError) -> Self {
        match error {
            DiscardSpooledError::Unknown => Self::new(Kind::NotFound, error),
            DiscardSpooledError::InvalidReason => Self::field("/reason", "invalid_reason", error),
            DiscardSpooledError::Db(error) => error.into(),
        }
    }
}

impl From<SaveBrandingError> for Problem {
    fn from(error: SaveBrandingError) -> Self {
        match error {
            SaveBrandingError::UnknownTenant => Self::new(Kind::NotFound, error),
            SaveBrandingError::Invalid(error) => {
                Self::field(&format!("/{}", error.field()), "invalid", error)
            }
            SaveBrandingError::Db(error) => error.into(),
        }
    }
}

impl From<SaveOdooError> for Problem {
    fn from(error: SaveOdooError) -> Self {
        match error {
            SaveOdooError::UnknownTenant => Self::new(Kind::NotFound, error),
            SaveOdooError::Invalid(error) => Self::field(&format!("/{}", error.field()), "invalid", error),
            SaveOdooError::Db(error) => error.into(),
        }
    }
}

impl From<RemoveOdooError> for Problem {
    fn from(error: RemoveOdooError) -> Self {
        match error {
            RemoveOdooError::Unknown => Self::new(Kind::NotFound, error),
            RemoveOdooError::Db(error) => error.into(),
        }
    }
}

impl From<TestOdooError> for Problem {
    fn from(error: TestOdooError) -> Self {
        match error {
            TestOdooError::None | TestOdooError::Sealed => Self::new(Kind::Conflict, error),
            TestOdooError::Db(error) => error.into(),
        }
    }
}

impl From<SaveLogoError> for Problem {
    fn from(error: SaveLogoError) -> Self {
        match error {
            SaveLogoError::UnknownTenant => Self::new(Kind::NotFound, error),
            SaveLogoError::NotAnImage => Self::new(Kind::NotAnImage, error),
            SaveLogoError::TooLarge => Self::new(Kind::PayloadTooLarge, error),
            SaveLogoError::Db(error) => error.into(),
        }
    }
}

impl From<RemoveLogoError> for Problem {
    fn from(error: RemoveLogoError) -> Self {
        match error {
            RemoveLogoError::Unknown => Self::new(Kind::NotFound, error),
            RemoveLogoError::Db(error) => error.into(),
        }
    }
}

impl From<pg::ListError> for Problem {
    fn from(error: pg::ListError) -> Self {
        match error {
            pg::ListError::Cursor(error) => error.into(),
            pg::ListError::Db(error) => error.into(),
        }
    }
}
