//! What the team did to a conversation, beside what is said in it: state, owner, tags.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tenant::{
    audit::{Audit, AuditFilter, AuditRecord},
    conversation::ConversationId,
    user::{UserId, Users},
};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, Member},
    json::{self, PageQuery, Query},
    problem::Problem,
};

/// Somebody of the team.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityPerson {
    id: String,
    /// null: known no more.
    name: Option<String>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ActivityChange {
    /// Another state; `until` where it sleeps.
    Status {
        from: String,
        to: String,
        until: Option<DateTime<Utc>>,
    },
    /// Another owner; null: nobody.
    Assigned {
        from: Option<ActivityPerson>,
        to: Option<ActivityPerson>,
    },
    /// Tags: all that it carries since, or those that came or went.
    Tagged {
        tags: Option<Vec<String>>,
        added: Vec<String>,
        removed: Vec<String>,
    },
}

/// Something that was done to a conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = Activity)]
pub(crate) struct ActivityBody {
    id: String,
    at: DateTime<Utc>,
    /// null: the system by itself.
    actor: Option<ActivityPerson>,
    change: ActivityChange,
}

/// One page, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityPage {
    items: Vec<ActivityBody>,
    next_cursor: Option<String>,
}

fn user_at(data: &Value, member: &str) -> Option<UserId> {
    data[member].as_str()?.parse().ok()
}

fn words(data: &Value, member: &str) -> Option<Vec<String>> {
    let words = data[member].as_array()?.iter();
    Some(
        words
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect(),
    )
}

fn change(record: &AuditRecord, names: &HashMap<UserId, String>) -> Option<ActivityChange> {
    let data = &record.data;
    let word = |member: &str| data[member].as_str().map(str::to_owned);
    let person = |member| {
        user_at(data, member).map(|id| ActivityPerson {
            id: id.to_string(),
            name: names.get(&id).cloned(),
        })
    };
    match record.action.as_str() {
        "conversation.status_changed" => Some(ActivityChange::Status {
            from: word("from")?,
            to: word("to")?,
            until: word("until").and_then(|until| until.parse().ok()),
        }),
        "conversation.assigned" => Some(ActivityChange::Assigned {
            from: person("from"),
            to: person("to"),
        }),
        "conversation.tagged" => Some(ActivityChange::Tagged {
            tags: words(data, "tags"),
            added: words(data, "added").unwrap_or_default(),
            removed: words(data, "removed").unwrap_or_default(),
        }),
        _ => None,
    }
}

/// What the team did to a conversation, the newest first.
#[utoipa::path(get, path = "/api/conversations/{id}/activity", tag = "inbox",
    params(("id" = String, Path), PageQuery), responses((status = 200, body = ActivityPage)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_activity(
    member: Member<ChatRead>,
    id: web::Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<web::Json<ActivityPage>, Problem> {
    let id: ConversationId = json::id(&id)?;
    let page = query.request()?;
    member.sees(id).await?;
    let mut conn = member.conn().await?;
    let filter = AuditFilter {
        target: Some(id.to_string()),
        action: Some("conversation.".to_owned()),
        ..AuditFilter::default()
    };
    let found = Audit::new(&mut conn).list(&filter, &page).await?;
    let people: Vec<UserId> = found
        .items
        .iter()
        .flat_map(|record| ["from", "to"].map(|member| user_at(&record.data, member)))
        .flatten()
        .collect();
    let names: HashMap<UserId, String> = Users::new(&mut conn).names(&people).await?.into_iter().collect();
    let items = found.items.into_iter().filter_map(|record| {
        Some(ActivityBody {
            id: record.id.to_string(),
            at: record.at,
            change: change(&record, &names)?,
            actor: record.actor_id.map(|id| ActivityPerson {
                id: id.to_string(),
                name: record.actor_name,
            }),
        })
    });
    Ok(web::Json(ActivityPage {
        items: items.collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
