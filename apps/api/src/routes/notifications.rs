//! What one is told of: notes that name one, conversations that became one's own.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::notification::{MOST_UNREAD, Notification, NotificationId, Notifications, Seen, mark_seen};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{ChatRead, Member},
    json::{self, Json, Query},
    names::NotificationKindName,
    problem::{Kind, Problem},
};

/// Ids that can be named at once.
const MOST_NAMED: usize = 200;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/notifications").route(web::get().to(list_notifications)))
        .service(super::resource("/notifications/seen").route(web::post().to(post_seen)));
}

/// Which ones.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationQuery {
    /// Only what one has not seen.
    #[serde(default)]
    unread: bool,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whoever did it.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationActor {
    id: String,
    name: String,
}

/// The note that names one.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationNote {
    id: String,
    text: String,
}

/// Something that one is told of.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationBody {
    id: String,
    #[schema(value_type = NotificationKindName)]
    kind: &'static str,
    conversation_id: String,
    /// The customer's name.
    contact_name: String,
    /// null: the system by itself.
    actor: Option<NotificationActor>,
    note: Option<NotificationNote>,
    created_at: DateTime<Utc>,
    /// null: not yet.
    seen_at: Option<DateTime<Utc>>,
}

/// One page, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationPage {
    items: Vec<NotificationBody>,
    next_cursor: Option<String>,
    /// How many one has not seen, on whatever page; a number above `cap` stands for more than `cap`.
    unread: i64,
    cap: i64,
}

/// What one has seen: these, or whatever is about a conversation; neither: all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenBody {
    #[schema(max_items = 200)]
    ids: Option<Vec<String>>,
    conversation_id: Option<String>,
}

impl From<Notification> for NotificationBody {
    fn from(told: Notification) -> Self {
        Self {
            id: told.id.to_string(),
            kind: told.kind.as_str(),
            conversation_id: told.conversation_id.to_string(),
            contact_name: told.contact,
            actor: told.actor.map(|actor| NotificationActor {
                id: actor.id.to_string(),
                name: actor.name,
            }),
            note: told.note.map(|(id, text)| NotificationNote {
                id: id.to_string(),
                text,
            }),
            created_at: told.created_at,
            seen_at: told.read_at,
        }
    }
}

impl SeenBody {
    fn seen(self) -> Result<Seen, Problem> {
        match (self.ids, self.conversation_id) {
            (None, None) => Ok(Seen::All),
            (None, Some(id)) => Ok(Seen::In(json::body_id("/conversation_id", &id)?)),
            (Some(ids), None) if ids.len() <= MOST_NAMED => {
                let ids = ids.iter().enumerate();
                ids.map(|(place, id)| json::body_id(&format!("/ids/{place}"), id))
                    .collect::<Result<Vec<NotificationId>, _>>()
                    .map(Seen::These)
            }
            (Some(_), None) => {
                let told = format!("at most {MOST_NAMED} at once");
                Err(Problem::field("/ids", "too_many", told))
            }
            (Some(_), Some(_)) => Err(Problem::field(
                "/conversation_id",
                "contradiction",
                "name either some of them or a conversation",
            )),
        }
    }
}

/// What one is told of. Whoever looks with somebody else's eyes is told nothing.
#[utoipa::path(get, path = "/api/notifications", tag = "inbox", params(NotificationQuery),
    responses((status = 200, body = NotificationPage)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_notifications(
    member: Member<ChatRead>,
    Query(query): Query<NotificationQuery>,
) -> Result<web::Json<NotificationPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let mut conn = member.conn().await?;
    // An impersonation has an id of its own, by which nobody is told of anything.
    let mut own = Notifications::new(&mut conn, member.acting());
    let found = own.list(member.sight(), query.unread, &page).await?;
    let unread = own.unread(member.sight()).await?;
    Ok(web::Json(NotificationPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
        unread,
        cap: MOST_UNREAD,
    }))
}

/// One has seen them.
#[utoipa::path(post, path = "/api/notifications/seen", tag = "inbox", request_body = SeenBody,
    responses((status = 204)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn post_seen(
    member: Member<ChatRead>,
    Json(body): Json<SeenBody>,
) -> Result<HttpResponse, Problem> {
    if !member.is_oneself() {
        let told = "nobody sees in somebody else's place what he is told";
        return Err(Problem::new(Kind::ImpersonationForbidden, told));
    }
    let seen = body.seen()?;
    if mark_seen(&mut member.conn().await?, member.user.id, &seen, member.now).await? > 0 {
        member.app.engine().hint(member.tenant.tenant.id);
    }
    Ok(HttpResponse::NoContent().finish())
}
