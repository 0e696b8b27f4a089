//! The templates of an account, as Meta has them at this moment
//! (<https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview>).
//!
//! Asking does no harm, so an attempt either told something or it did not. What a template consists of stays as it
//! came: there are more kinds of it than anybody here has to know.

use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Client, ReadError, TOTAL_TIMEOUT, authorize, push};

const FIELDS: &str = "name,language,status,category,parameter_format,components";
/// As many as a page holds, and as many pages as are read: an account has 250 templates, a verified one 6,000.
const PAGE: &str = "100";
const MOST_PAGES: usize = 20;

/// A template.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ListedTemplate {
    /// Its name, which together with the language is unique in an account.
    pub name: String,
    /// Its language: `es`, `pt_BR`…
    pub language: String,
    /// APPROVED, PAUSED…: an open list.
    #[serde(default)]
    pub status: String,
    /// MARKETING, UTILITY, AUTHENTICATION: an open list.
    #[serde(default)]
    pub category: String,
    /// POSITIONAL or NAMED.
    #[serde(default)]
    pub parameter_format: Option<String>,
    /// Header, body, footer, buttons… as Meta describes them.
    #[serde(default)]
    pub components: Value,
}

#[derive(Deserialize)]
struct TemplatePage {
    data: Vec<Value>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    cursors: Option<Cursors>,
    /// Only its being there matters: a cursor comes with the last page as well.
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

impl Client {
    /// Every template of an account in a certain state; whatever does not look like one is left out.
    ///
    /// # Errors
    /// The connection broke, Meta said no, or its answer is none.
    pub async fn templates(
        &self,
        waba_id: &str,
        token: &SecretString,
        status: &str,
    ) -> Result<Vec<ListedTemplate>, ReadError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut url = Url::clone(&self.root);
            push(&mut url, [waba_id, "message_templates"]);
            url.query_pairs_mut()
                .append_pair("fields", FIELDS)
                .append_pair("status", status)
                .append_pair("limit", PAGE)
                .extend_pairs(after.iter().map(|after| ("after", after)));
            let request = authorize(self.http.get(url), token)?.timeout(TOTAL_TIMEOUT);
            let answer = Answer::of(request).await?;
            let page: TemplatePage =
                serde_json::from_slice(answer.body()).map_err(|_other| ReadError::Unreadable)?;
            let templates = page.data.into_iter();
            found.extend(templates.filter_map(|template| serde_json::from_value(template).ok()));
            let paging = page.paging.filter(|paging| paging.next.is_some());
            after = paging.and_then(|paging| paging.cursors?.after);
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
