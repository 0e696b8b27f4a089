//! Browsers that want to be told while the desk is closed (W3C Push API).

use actix_web::{HttpResponse, web};
use push::InvalidReceiver;
use serde::{Deserialize, Serialize};
use tenant::push::{NewSubscription, Whose, subscribe, unsubscribe};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, Member},
    json::Json,
    names::WhoseName,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/push").route(web::get().to(get_push)))
        .service(super::resource("/push/subscriptions").route(web::post().to(post_subscription)))
        .service(super::resource("/push/subscriptions/remove").route(web::post().to(post_removal)));
}

/// What a browser needs to ask for messages.
#[derive(Serialize, ToSchema)]
pub(crate) struct PushBody {
    /// The installation's key (VAPID): the `applicationServerKey`, base64url.
    public_key: String,
}

/// What a browser's messages are encrypted for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionKeys {
    #[schema(max_length = 200)]
    p256dh: String,
    #[schema(max_length = 100)]
    auth: String,
}

/// A browser, as its `PushSubscription` says it, and what it wants to hear.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubscriptionBody {
    #[schema(max_length = 2048)]
    endpoint: String,
    keys: SubscriptionKeys,
    /// Of whose conversations customers' messages are told: mine, open (also nobody's) or all.
    #[schema(value_type = WhoseName)]
    whose: String,
}

/// A browser that wants nothing any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionRef {
    #[schema(max_length = 2048)]
    endpoint: String,
}

fn own(member: &Member<ChatRead>) -> Result<(), Problem> {
    if member.is_oneself() {
        return Ok(());
    }
    let told = "nobody listens in somebody else's place";
    Err(Problem::new(Kind::ImpersonationForbidden, told))
}

/// What a browser needs to ask for messages.
#[utoipa::path(get, path = "/api/push", tag = "inbox", responses((status = 200, body = PushBody)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_push(member: Member<ChatRead>) -> Result<web::Json<PushBody>, Problem> {
    let key = member.app.engine().push_key().await?;
    Ok(web::Json(PushBody {
        public_key: key.public(),
    }))
}

/// This browser is told from now on; one that is known is told as it wishes now.
#[utoipa::path(post, path = "/api/push/subscriptions", tag = "inbox", request_body = NewSubscriptionBody,
    responses((status = 204)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn post_subscription(
    member: Member<ChatRead>,
    Json(body): Json<NewSubscriptionBody>,
) -> Result<HttpResponse, Problem> {
    own(&member)?;
    let whose: Whose = body
        .whose
        .parse()
        .map_err(|error| Problem::field("/whose", "invalid", error))?;
    let (p256dh, auth) = (&body.keys.p256dh, &body.keys.auth);
    let engine = member.app.engine();
    engine
        .push()
        .receiver(&body.endpoint, p256dh, auth)
        .map_err(|error| match error {
            InvalidReceiver::Endpoint => Problem::field("/endpoint", "invalid", error),
            InvalidReceiver::P256dh => Problem::field("/keys/p256dh", "invalid", error),
            InvalidReceiver::Auth => Problem::field("/keys/auth", "invalid", error),
        })?;
    let new = NewSubscription {
        endpoint: &body.endpoint,
        p256dh,
        auth,
        whose,
    };
    subscribe(&mut member.conn().await?, member.user.id, new, member.now).await?;
    engine.listens(member.tenant.tenant.id);
    Ok(HttpResponse::NoContent().finish())
}

/// This browser is told nothing any more; one that is not known is no problem.
#[utoipa::path(post, path = "/api/push/subscriptions/remove", tag = "inbox", request_body = SubscriptionRef,
    responses((status = 204)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn post_removal(
    member: Member<ChatRead>,
    Json(body): Json<SubscriptionRef>,
) -> Result<HttpResponse, Problem> {
    own(&member)?;
    unsubscribe(&mut member.conn().await?, member.user.id, &body.endpoint).await?;
    Ok(HttpResponse::NoContent().finish())
}
