//! Errors of the team, its roles, and of coming in.

use access::{
    ChangePasswordError, ImpersonateError, LinkError, SecondFactorError, SwitchError, team::TeamError,
};
use control::platform_user::SavePlatformUserError;
use tenant::{role::SaveRoleError, user::SaveUserError};

use super::{Kind, Problem};

impl From<SaveUserError> for Problem {
    fn from(error: SaveUserError) -> Self {
        match error {
            SaveUserError::Unknown => Self::new(Kind::NotFound, error),
            SaveUserError::InvalidName => Self::field("/name", "invalid_name", error),
            SaveUserError::Password(error) => Self::field("/password", "weak_password", error),
            SaveUserError::EmailTaken => Self::new(Kind::EmailTaken, error),
            SaveUserError::UnknownRole => Self::field("/role", "invalid_role", error),
            SaveUserError::BeyondOwn => Self::new(Kind::BeyondOwnRole, error),
            SaveUserError::OwnRole => Self::new(Kind::OwnRole, error),
            SaveUserError::LastAdmin => Self::new(Kind::LastAdmin, error),
            SaveUserError::Db(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Wrong => Self::field("/current_password", "wrong_password", error),
            ChangePasswordError::Weak(error) => Self::field("/new_password", "weak_password", error),
            ChangePasswordError::Resolve(error) => error.into(),
            ChangePasswordError::Db(error) => error.into(),
        }
    }
}

impl From<ImpersonateError> for Problem {
    fn from(error: ImpersonateError) -> Self {
        match error {
            ImpersonateError::UnknownTenant => Self::new(Kind::NotFound, error),
            ImpersonateError::Suspended => Self::new(Kind::TenantSuspended, error),
            ImpersonateError::UnknownUser => Self::field("/user_id", "unknown_user", error),
            ImpersonateError::UnknownRole => Self::field("/role", "invalid_role", error),
            ImpersonateError::Reason => Self::field("/reason", "invalid_reason", error),
            ImpersonateError::Minutes => Self::field("/minutes", "out_of_range", error),
            ImpersonateError::WrongPassword => Self::field("/password", "wrong_password", error),
            ImpersonateError::TotpRequired => Self::field("/code", "totp_required", error),
            ImpersonateError::SecondFactor(error) => error.into(),
            ImpersonateError::Resolve(error) => error.into(),
            ImpersonateError::Db(error) => error.into(),
        }
    }
}

impl From<SwitchError> for Problem {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::NotAMember => Self::new(Kind::Forbidden, error),
            SwitchError::Here => Self::new(Kind::Conflict, error),
            SwitchError::PasswordRequired => Self::new(Kind::PasswordRequired, error),
            SwitchError::Login(error) => error.into(),
        }
    }
}

impl From<SecondFactorError> for Problem {
    fn from(error: SecondFactorError) -> Self {
        match error {
            SecondFactorError::WrongPassword => Self::field("/password", "wrong_password", error),
            SecondFactorError::WrongCode => Self::field("/code", "invalid_code", error),
            SecondFactorError::On => Self::new(Kind::TotpOn, error),
            SecondFactorError::Off => Self::new(Kind::TotpOff, error),
            SecondFactorError::Sealed(_) => Self::caused(Kind::Internal, error),
            SecondFactorError::Resolve(error) => error.into(),
            SecondFactorError::Db(error) => error.into(),
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Invalid => Self::new(Kind::LinkInvalid, error),
            LinkError::SecondFactor => Self::new(Kind::TotpRequired, error),
            LinkError::Unknown => Self::new(Kind::NotFound, error),
            LinkError::Weak(error) => Self::field("/password", "weak_password", error),
            LinkError::InvalidName => Self::field("/name", "invalid_name", error),
            LinkError::Resolve(error) => error.into(),
            LinkError::Db(error) => error.into(),
        }
    }
}

impl From<SavePlatformUserError> for Problem {
    fn from(error: SavePlatformUserError) -> Self {
        match error {
            SavePlatformUserError::Unknown => Self::new(Kind::NotFound, error),
            SavePlatformUserError::InvalidName => Self::field("/name", "invalid_name", error),
            SavePlatformUserError::EmailTaken => Self::new(Kind::EmailTaken, error),
            SavePlatformUserError::Last => Self::new(Kind::LastSuperadmin, error),
            SavePlatformUserError::Db(error) => error.into(),
        }
    }
}

impl From<TeamError> for Problem {
    fn from(error: TeamError) -> Self {
        match error {
            TeamError::Save(error) => error.into(),
            TeamError::Inactive => Self::new(Kind::UserInactive, error),
            TeamError::Resolve(error) => error.into(),
            TeamError::Db(error) => error.into(),
        }
    }
}

impl From<SaveRoleError> for Problem {
    fn from(error: SaveRoleError) -> Self {
        match error {
            SaveRoleError::Unknown => Self::new(Kind::NotFound, error),
            SaveRoleError::InvalidKey(error) => Self::field("/key", "invalid_key", error),
            SaveRoleError::InvalidName => Self::field("/name", "invalid_name", error),
            SaveRoleError::KeyTaken => Self::new(Kind::RoleKeyTaken, error),
            SaveRoleError::TooMany => Self::new(Kind::Conflict, error),
            SaveRoleError::Fixed | SaveRoleError::Builtin | SaveRoleError::NotBuiltin => {
                Self::new(Kind::RoleFixed, error)
            }
            SaveRoleError::InUse(_) => Self::new(Kind::RoleInUse, error),
            SaveRoleError::BeyondOwn => Self::new(Kind::BeyondOwnRole, error),
            SaveRoleError::Own => Self::new(Kind::OwnRole, error),
            SaveRoleError::Db(error) => error.into(),
        }
    }
}
