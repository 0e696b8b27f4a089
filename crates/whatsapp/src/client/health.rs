//! Reading how a line does: its token, its number, and whether its account's events go to the
//! token's app. Asking does no harm, so an attempt either told something or it did not.
//!
//! Every property may be missing and every word may be a new one: they are Meta's, as they came
//! (<https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/phone-number-api>).

mod answer;

use chrono::{DateTime, Utc};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::value::RawValue;

use super::{Answer, Client, NotSentReason, SendError, TOTAL_TIMEOUT, authorize, push};
use crate::{error::GraphError, json::Object, signature::proof};

/// What is asked of a number, and what every version of the API has of it.
const NUMBER_FIELDS: &str = "display_phone_number,verified_name,status,quality_rating,name_status,\
    code_verification_status,account_mode,throughput,whatsapp_business_manager_messaging_limit,is_on_biz_app,health_status";
const OLD_NUMBER_FIELDS: &str =
    "display_phone_number,verified_name,quality_rating,throughput,code_verification_status";

/// By what a line is read.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// The line's token.
    pub token: &'a SecretString,
    /// The secret of the token's app, if it is known: calls then carry a proof of it.
    pub app_secret: Option<&'a SecretString>,
}

/// Why nothing was told.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No connection, or it broke.
    #[error("the connection broke")]
    Lost,
    /// The Graph API said no.
    #[error("refused: {0}")]
    Refused(Box<GraphError>),
    /// The answer is none of Meta's.
    #[error("the answer is unreadable")]
    Unreadable,
    /// The token holds characters that no header may carry.
    #[error("the token is malformed")]
    Token,
}

impl ReadError {
    /// Whether Meta refuses the proof rather than the token: the secret is another app's.
    pub fn refuses_proof(&self) -> bool {
        let Self::Refused(error) = self else { return false };
        let names_it = |text: &String| text.contains("appsecret_proof");
        error.code == Some(100) && error.message.iter().chain(&error.details).any(names_it)
    }

    /// Whether Meta does not know one of the fields that were asked for.
    fn refuses_field(&self) -> bool {
        let Self::Refused(error) = self else { return false };
        let names_it = |text: &String| text.contains("nonexisting field");
        error.code == Some(100) && error.message.iter().any(names_it)
    }
}

impl From<SendError> for ReadError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(error)
            | SendError::Unknown {
                error: Some(error), ..
            } => Self::Refused(error),
            SendError::NotSent(NotSentReason::Token) => Self::Token,
            SendError::NotSent(NotSentReason::Request) => Self::Unreadable,
            SendError::NotSent(NotSentReason::Connect) | SendError::Unknown { error: None, .. } => Self::Lost,
        }
    }
}

/// What `debug_token` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenState {
    /// Whether it may be used.
    pub is_valid: bool,
    /// Why not, in Meta's words.
    pub error: Option<String>,
    /// Meta's code for it.
    pub error_code: Option<i64>,
    /// The app that it belongs to.
    pub app_id: Option<String>,
    /// SYSTEM_USER, USER…
    pub kind: Option<String>,
    /// When it ends; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it permits.
    pub scopes: Vec<Scope>,
}

impl TokenState {
    /// Whether it permits `scope` for this account; `None` stands for any.
    pub fn permits(&self, scope: &str, waba_id: Option<&str>) -> bool {
        self.scopes.iter().any(|held| {
            let targets = held.targets.as_deref();
            held.name == scope
                && waba_id.is_none_or(|id| targets.is_none_or(|ids| ids.iter().any(|target| target == id)))
        })
    }
}

/// One permission of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Its name.
    pub name: String,
    /// The accounts it is for; `None`: all that the token may see.
    pub targets: Option<Vec<String>>,
}

/// What a number's node says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberState {
    /// The number as people write it.
    pub display_phone_number: Option<String>,
    /// The name that customers see.
    pub verified_name: Option<String>,
    /// CONNECTED, DISCONNECTED, PENDING, BANNED…
    pub status: Option<String>,
    /// GREEN, YELLOW, RED, UNKNOWN.
    pub quality: Option<String>,
    /// APPROVED, PENDING_REVIEW, DECLINED…
    pub name_status: Option<String>,
    /// VERIFIED, NOT_VERIFIED, EXPIRED.
    pub code_verification_status: Option<String>,
    /// LIVE or SANDBOX.
    pub account_mode: Option<String>,
    /// STANDARD, HIGH, NOT_APPLICABLE.
    pub throughput: Option<String>,
    /// TIER_250 to TIER_UNLIMITED, of the whole portfolio.
    pub messaging_limit: Option<String>,
    /// Whether it is on the WhatsApp Business app as well.
    pub on_business_app: Option<bool>,
    /// AVAILABLE, LIMITED or BLOCKED: the worst of what it depends on.
    pub can_send: Option<String>,
    /// What is wrong, of the number, its account, the business or the app.
    pub issues: Vec<NumberIssue>,
}

/// Something that `health_status` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberIssue {
    /// PHONE_NUMBER, WABA, BUSINESS, APP…
    pub entity: Option<String>,
    /// LIMITED or BLOCKED.
    pub can_send: Option<String>,
    /// Meta's code.
    pub code: Option<i64>,
    /// What is wrong.
    pub description: Option<String>,
    /// What Meta suggests.
    pub solution: Option<String>,
}

/// An app that hears of an account's events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscribedApp {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where messages go instead of the app's own callback.
    pub callback: Option<String>,
}

impl Client {
    /// What a token is worth, asked with itself: `GET /debug_token`. A token that is not valid is
    /// refused with 190 or described as such.
    pub async fn debug_token(&self, access: Access<'_>) -> Result<TokenState, ReadError> {
        let mut url = self.at(access, ["debug_token"]);
        url.query_pairs_mut()
            .append_pair("input_token", access.token.expose_secret());
        self.read(access, url, answer::token).await
    }

    /// How a number does: `GET /{phone-number-id}`. Where this version of the API lacks a field it
    /// is asked again for what all of them have.
    pub async fn number(&self, phone_number_id: &str, access: Access<'_>) -> Result<NumberState, ReadError> {
        let asked = |fields| {
            let mut url = self.at(access, [phone_number_id]);
            url.query_pairs_mut().append_pair("fields", fields);
            self.read(access, url, |node| Some(answer::number(node)))
        };
        match asked(NUMBER_FIELDS).await {
            Err(error) if error.refuses_field() => asked(OLD_NUMBER_FIELDS).await,
            state => state,
        }
    }

    /// The apps that hear of an account's events: `GET /{waba-id}/subscribed_apps`.
    pub async fn subscribed_apps(
        &self,
        waba_id: &str,
        access: Access<'_>,
    ) -> Result<Vec<SubscribedApp>, ReadError> {
        let url = self.at(access, [waba_id, "subscribed_apps"]);
        self.read(access, url, answer::apps).await
    }

    /// Lets the token's app hear of an account's events: `POST /{waba-id}/subscribed_apps`. Meta
    /// takes it as well as a wish to clear a callback of the account's own.
    pub async fn subscribe_app(&self, waba_id: &str, access: Access<'_>) -> Result<(), ReadError> {
        let url = self.at(access, [waba_id, "subscribed_apps"]);
        let request = authorize(self.http.post(url), access.token)?.timeout(TOTAL_TIMEOUT);
        Ok(Answer::of(request).await?.success()?)
    }

    fn at<const N: usize>(&self, access: Access<'_>, path: [&str; N]) -> Url {
        let mut url = Url::clone(&self.root);
        push(&mut url, path);
        if let Some(secret) = access.app_secret {
            url.query_pairs_mut()
                .append_pair("appsecret_proof", &proof(secret, access.token));
        }
        url
    }

    async fn read<T>(
        &self,
        access: Access<'_>,
        url: Url,
        understand: impl FnOnce(&Object<'_>) -> Option<T>,
    ) -> Result<T, ReadError> {
        let request: RequestBuilder = authorize(self.http.get(url), access.token)?.timeout(TOTAL_TIMEOUT);
        let answer = Answer::of(request).await?;
        let raw: &RawValue = serde_json::from_slice(answer.body()).or(Err(ReadError::Unreadable))?;
        let object = Object::parse(raw).ok_or(ReadError::Unreadable)?;
        understand(&object).ok_or(ReadError::Unreadable)
    }
}
