//! What a person can do about a line. Pure: words.

use control::line_state::PauseCode;

/// What a person can do: stable words that user interfaces translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineAdvice {
    /// Give the line a token.
    SetToken,
    /// Make a new token and give it to the line.
    ReplaceToken,
    /// Put the key back that seals the token, or paste the token again.
    RestoreKey,
    /// Give the token's system user the permissions, and the account.
    GrantPermissions,
    /// Enter the id of the WhatsApp Business account.
    SetAccount,
    /// Subscribe the app to the account.
    SubscribeApp,
    /// Enter the app secret of the token's own app.
    CheckAppSecret,
    /// Compare the phone number id with Meta's.
    CheckNumber,
    /// Register the number with the Cloud API.
    RegisterNumber,
    /// Look at the name's review.
    CheckName,
    /// Write less, and what is wanted.
    ImproveQuality,
    /// Give the account a payment method.
    AddPayment,
    /// Look at WhatsApp Manager, or ask Meta.
    ContactSupport,
    /// Wait: it passes, or is being looked at.
    Wait,
}

impl LineAdvice {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[
        Self::SetToken,
        Self::ReplaceToken,
        Self::RestoreKey,
        Self::GrantPermissions,
        Self::SetAccount,
        Self::SubscribeApp,
        Self::CheckAppSecret,
        Self::CheckNumber,
        Self::RegisterNumber,
        Self::CheckName,
        Self::ImproveQuality,
        Self::AddPayment,
        Self::ContactSupport,
        Self::Wait,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetToken => "set_token",
            Self::ReplaceToken => "replace_token",
            Self::RestoreKey => "restore_key",
            Self::GrantPermissions => "grant_permissions",
            Self::SetAccount => "set_account",
            Self::SubscribeApp => "subscribe_app",
            Self::CheckAppSecret => "check_app_secret",
            Self::CheckNumber => "check_number",
            Self::RegisterNumber => "register_number",
            Self::CheckName => "check_name",
            Self::ImproveQuality => "improve_quality",
            Self::AddPayment => "add_payment",
            Self::ContactSupport => "contact_support",
            Self::Wait => "wait",
        }
    }
}

/// What a person can do about a pause.
pub fn pause_advice(code: PauseCode) -> LineAdvice {
    match code {
        PauseCode::TokenInvalid => LineAdvice::ReplaceToken,
        PauseCode::PermissionMissing => LineAdvice::GrantPermissions,
        PauseCode::NumberMissing => LineAdvice::CheckNumber,
        PauseCode::NumberNotRegistered => LineAdvice::RegisterNumber,
        PauseCode::NameNotApproved => LineAdvice::CheckName,
        PauseCode::AccountRestricted | PauseCode::Refused => LineAdvice::ContactSupport,
    }
}
