//! Turning somebody away on a number, and letting him in again
//! (<https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users>).
//!
//! Meta turns away only whoever wrote within the last 24 hours. Doing it twice does no harm.

use reqwest::{Method, Url};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answer, Client, SendError, TOTAL_TIMEOUT, authorize, push};
use crate::json::Object;

#[derive(Serialize)]
struct Blocks<'a> {
    messaging_product: &'a str,
    block_users: [Blocked<'a>; 1],
}

#[derive(Serialize)]
struct Blocked<'a> {
    user: &'a str,
}

impl Client {
    /// Turns `user` away on a number, or lets him in again: his phone number with a plus, or his user id.
    ///
    /// # Errors
    /// [`SendError::Unknown`] also where Meta answers and names nobody.
    pub async fn set_blocked(
        &self,
        phone_number_id: &str,
        token: &SecretString,
        user: &str,
        blocked: bool,
    ) -> Result<(), SendError> {
        let mut url = Url::clone(&self.root);
        push(&mut url, [phone_number_id, "block_users"]);
        let (method, done) = if blocked {
            (Method::POST, "added_users")
        } else {
            (Method::DELETE, "removed_users")
        };
        let body = Blocks {
            messaging_product: "whatsapp",
            block_users: [Blocked { user }],
        };
        let request = authorize(self.http.request(method, url), token)?
            .json(&body)
            .timeout(TOTAL_TIMEOUT);
        Answer::of(request).await?.names_in("block_users", done)
    }
}

impl Answer {
    /// Whether the list `list` in the object `object` names anybody.
    fn names_in(self, object: &str, list: &str) -> Result<(), SendError> {
        let raw: Option<&RawValue> = serde_json::from_slice(self.body()).ok();
        let answer = raw.and_then(Object::parse);
        let inner = answer
            .as_ref()
            .and_then(|answer| answer.get(object))
            .and_then(Object::parse);
        match inner {
            Some(inner) if !inner.list(list).is_empty() => Ok(()),
            _ => Err(self.unreadable()),
        }
    }
}
