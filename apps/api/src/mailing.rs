//! Hands links to people's mailboxes, or back to whoever made them where that fails.

use access::{LinkFor, Who};
use actix_web::{HttpRequest, http::header};
use chrono::{DateTime, Utc};
use control::{branding::Brandings, login_link::LinkKind};
use crypto::ExposeSecret;
use mail::{Language, Letter, LetterKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// The page that takes links. The token is in the fragment, which no server and no log sees.
const PAGE: &str = "/welcome#";
/// How the platform calls itself to its own people.
const PLATFORM: &str = "Centralita";

/// What became of a link that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = SentLink)]
pub(crate) struct SentLinkBody {
    /// `sent`, `failed` or `not_configured`.
    mail: &'static str,
    /// The link, to be handed on by other means; only when no mail went out, and only this once.
    /// Without a configured address of the web it begins with the path.
    invite_url: Option<String>,
    expires_at: DateTime<Utc>,
}

/// The language that whoever asks reads.
pub(crate) fn language(request: &HttpRequest) -> Language {
    let header = request.headers().get(header::ACCEPT_LANGUAGE);
    Language::accepted(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// How the company of these people calls itself.
pub(crate) async fn brand(app: &App, who: &Who) -> String {
    let Who::Member { tenant, .. } = who else {
        return PLATFORM.to_owned();
    };
    let chosen = async {
        let mut conn = app.resolver().control().conn().await?;
        Brandings::new(&mut conn).find(tenant.tenant.id).await
    };
    // A mail with the company's plain name is better than none.
    let chosen = chosen.await.ok().flatten();
    chosen.map_or_else(|| tenant.tenant.name.clone(), |branding| branding.brand_name)
}

/// Mails a link to its person. Never fails: what did not go out is given back.
pub(crate) async fn deliver(app: &App, made: &LinkFor, language: Language) -> SentLinkBody {
    let post = app.post();
    let link = format!("{}{PAGE}{}", post.web_url(), made.link.token.expose_secret());
    let mail = match post.mailer() {
        None => "not_configured",
        Some(mailer) => {
            let brand = brand(app, &made.who).await;
            let letter = Letter {
                kind: match made.link.kind {
                    LinkKind::Invite => LetterKind::Invite,
                    LinkKind::Reset => LetterKind::Reset,
                },
                language,
                brand: &brand,
                name: made.who.name(),
                link: &link,
                hours: made.link.kind.lifetime().num_hours(),
            };
            match mailer.send(made.who.email(), letter.write()).await {
                Ok(()) => "sent",
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a mail did not go out");
                    "failed"
                }
            }
        }
    };
    SentLinkBody {
        mail,
        invite_url: (mail != "sent").then_some(link),
        expires_at: made.link.expires_at,
    }
}
