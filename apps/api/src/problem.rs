//! Problem details (RFC 9457): the one table of codes and HTTP statuses, and
//! how every domain error maps to it. The cause is kept for the log and has no
//! way into the body.

mod attach;
mod contact;
mod domain;
mod people;
mod settings;
mod superadmin;

use std::{borrow::Cow, error::Error, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! problem_kinds {
    ($($name:ident $status:ident $code:literal $title:literal;)+) => {
        /// Every kind of problem that the API answers with. The codes are public: never rename one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = $title] $name,)+
        }

        impl Kind {
            fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

problem_kinds! {
    InvalidJson          BAD_REQUEST           "invalid_json"           "The body is not JSON";
    InvalidWebhook       BAD_REQUEST           "invalid_webhook"        "The body is not a webhook";
    InvalidRequest       UNPROCESSABLE_ENTITY  "invalid_request"        "The request has invalid values";
    IdempotencyMismatch  UNPROCESSABLE_ENTITY  "idempotency_mismatch"   "The Idempotency-Key was used for another request";
    Unauthenticated      UNAUTHORIZED          "unauthenticated"        "Log in first";
    InvalidCredentials   UNAUTHORIZED          "invalid_credentials"    "E-mail and password do not fit";
    TotpRequired         UNAUTHORIZED          "totp_required"          "A code of the second factor is asked for";
    InvalidCode          UNAUTHORIZED          "invalid_code"           "The code does not fit";
    SessionExpired       UNAUTHORIZED          "session_expired"        "The session has ended";
    BadSignature         FORBIDDEN             "bad_signature"          "The signature is missing or wrong";
    AppWithoutSecret     FORBIDDEN             "app_without_secret"     "The app has no app secret";
    Forbidden            FORBIDDEN             "forbidden"              "The role does not allow this";
    BeyondOwnRole        FORBIDDEN             "beyond_own_role"        "Your role does not reach that far";
    OwnRole              FORBIDDEN             "own_role"               "Nobody changes his own role";
    ImpersonationReadOnly FORBIDDEN            "impersonation_read_only" "This impersonation only looks";
    ImpersonationForbidden FORBIDDEN           "impersonation_forbidden" "Not with somebody else's eyes";
    TotpEnrolmentRequired FORBIDDEN            "totp_enrolment_required" "A second factor has to be set up";
    TenantSuspended      FORBIDDEN             "tenant_suspended"       "The company is suspended";
    NotFound             NOT_FOUND             "not_found"              "There is no such thing";
    MethodNotAllowed     METHOD_NOT_ALLOWED    "method_not_allowed"     "This cannot be done here";
    LinkInvalid          GONE                  "link_invalid"           "The link does not work any more";
    Conflict             CONFLICT              "conflict"               "The state does not allow this";
    TenantRequired       CONFLICT              "tenant_required"        "Choose a company";
    PasswordRequired     CONFLICT              "password_required"      "Enter the password of this company";
    SlugTaken            CONFLICT              "slug_taken"             "The short name is taken";
    PhoneNumberIdTaken   CONFLICT              "phone_number_id_taken"  "The line is registered already";
    ServerNameTaken      CONFLICT              "server_name_taken"      "There is a server of this name";
    NoServer             CONFLICT              "no_server"              "The platform knows no server";
    DatabaseAttached     CONFLICT              "database_attached"      "The company has a database";
    AppInUse             CONFLICT              "app_in_use"             "Lines use the app";
    EmailTaken           CONFLICT              "email_taken"            "The e-mail is taken";
    TagNameTaken         CONFLICT              "tag_name_taken"         "There is a tag of this name";
    SettingsChanged      CONFLICT              "settings_changed"       "Somebody else changed the settings";
    CodeTaken            CONFLICT              "code_taken"             "The code is taken";
    BranchInUse          CONFLICT              "branch_in_use"          "Services are offered in this branch";
    ShortcutTaken        CONFLICT              "shortcut_taken"         "The shortcut is taken";
    DraftChanged         CONFLICT              "draft_changed"          "The draft was changed elsewhere";
    ViewNameTaken        CONFLICT              "view_name_taken"        "There is a view of this name";
    TooManyViews         CONFLICT              "too_many_views"         "There are as many views as there may be";
    WindowClosed         CONFLICT              "window_closed"          "Only templates may be sent now";
    ContactOptedOut      CONFLICT              "contact_opted_out"      "The customer wants no marketing messages";
    ContactBlocked       CONFLICT              "contact_blocked"        "The customer is blocked";
    TooManyAttributes    CONFLICT              "too_many_attributes"    "The contact has as many attributes as it may have";
    ContactsSame         CONFLICT              "contacts_same"          "The contacts are one person already";
    ContactNotMerged     CONFLICT              "contact_not_merged"     "The contact is not merged with another";
    ContactsCannotMerge  CONFLICT              "contacts_cannot_merge"  "These contacts cannot be one person";
    TooLate              CONFLICT              "too_late"               "The message does not wait any more";
    DatabaseNotAttached  CONFLICT              "database_not_attached"  "The company has no database yet";
    ChannelInactive      CONFLICT              "channel_inactive"       "The line is not active";
    ChannelWithoutToken  CONFLICT              "channel_without_token"  "The line has no access token";
    MediaPending         CONFLICT              "media_pending"          "The file is being fetched";
    MediaFailed          CONFLICT              "media_failed"           "The file did not come";
    MediaExpired         GONE                  "media_expired"          "WhatsApp no longer has the file";
    ConversationChanged  CONFLICT              "conversation_changed"   "Somebody else has changed the conversation";
    NotFailed            CONFLICT              "not_failed"             "The message did not fail";
    RoleKeyTaken         CONFLICT              "role_key_taken"         "There is a role with this key";
    RoleFixed            CONFLICT              "role_fixed"             "This role stays";
    RoleInUse            CONFLICT              "role_in_use"            "People have this role";
    NotInvited           CONFLICT              "not_invited"            "They have a password already";
    UserInactive         CONFLICT              "user_inactive"          "They are deactivated";
    LastSuperadmin       CONFLICT              "last_superadmin"        "The last SuperAdmin must stay";
    TotpOn               CONFLICT              "totp_on"                "The second factor is on";
    TotpOff              CONFLICT              "totp_off"               "The second factor is off";
    LastAdmin            CONFLICT              "last_admin"             "The last admin must stay";
    PayloadTooLarge      PAYLOAD_TOO_LARGE     "payload_too_large"      "The body is too large";
    RequestTimeout       REQUEST_TIMEOUT       "request_timeout"       "The request came too slowly";
    RangeNotSatisfiable  RANGE_NOT_SATISFIABLE "range_not_satisfiable"  "The file has no such bytes";
    UnsupportedMedia     UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "The body must be JSON";
    NotAnImage           UNSUPPORTED_MEDIA_TYPE "not_an_image"          "The file is no image that can be shown";
    TooManyRequests      TOO_MANY_REQUESTS     "too_many_requests"      "Too many tries";
    MetaRefused          CONFLICT              "meta_refused"           "WhatsApp refused it";
    MetaUnreachable      BAD_GATEWAY           "meta_unreachable"       "WhatsApp cannot be reached";
    TenantNotReady       SERVICE_UNAVAILABLE   "tenant_not_ready"       "The company's database cannot be used now";
    Unavailable          SERVICE_UNAVAILABLE   "unavailable"            "Try again shortly";
    Internal             INTERNAL_SERVER_ERROR "internal"               "Something went wrong on our side";
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProblemField)]
pub struct FieldError {
    /// JSON pointer to the field (RFC 6901).
    pub pointer: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// For a person who reads English.
    pub message: String,
}

/// A company that may be chosen at login.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChoiceBody {
    /// To be sent back as `tenant`.
    pub slug: String,
    /// To be shown.
    pub name: String,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Always `about:blank`: the code tells the kind.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Short, the same for every problem of the code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// Stable code.
    code: &'static str,
    /// What happened here, for a person who reads English.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Companies to choose from, with `tenant_required`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceBody>,
    /// Seconds to wait, with `too_many_requests`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// An error on its way out. The only `ResponseError` of the API.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    errors: Vec<FieldError>,
    choices: Vec<ChoiceBody>,
    retry_after: Option<u64>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind, told in a sentence.
    pub fn new(kind: Kind, detail: impl fmt::Display) -> Self {
        Self {
            detail: Some(detail.to_string()),
            ..Self::bare(kind)
        }
    }

    /// A problem of this kind without more to say.
    pub fn bare(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            choices: Vec::new(),
            retry_after: None,
            source: None,
        }
    }

    /// One wrong field.
    pub fn field(pointer: &str, code: &'static str, message: impl fmt::Display) -> Self {
        Self::fields(vec![FieldError {
            pointer: pointer.to_owned(),
            code: code.into(),
            message: message.to_string(),
        }])
    }

    /// Several wrong fields; the detail is the first one's.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self {
            detail: errors.first().map(|error| error.message.clone()),
            errors,
            ..Self::bare(Kind::InvalidRequest)
        }
    }

    /// The same about fields of what stands under `root` in the body.
    pub fn under(mut self, root: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, root);
        }
        self
    }

    /// A failure on our side, with the cause for the log.
    pub fn caused(kind: Kind, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..Self::bare(kind)
        }
    }

    /// The same with companies to choose from.
    pub fn with_choices(self, choices: Vec<ChoiceBody>) -> Self {
        Self { choices, ..self }
    }

    /// The same with seconds to wait.
    pub fn with_retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The cause and its causes, for the log.
    pub fn chain(&self) -> String {
        let mut text = self.kind.code().to_owned();
        let mut next: Option<&(dyn Error + 'static)> = self.source.as_ref().map(|source| &**source as _);
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.kind.status());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.kind.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(ProblemBody {
            kind: "about:blank",
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            code: self.kind.code(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            choices: self.choices.clone(),
            retry_after: self.retry_after,
        })
    }
}
