//! One change to many conversations.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::conversation::{BulkAction, BulkOutcome, ConversationId, MOST_AT_ONCE, MOST_TAGS, apply_to_all};
use utoipa::ToSchema;

use crate::{
    auth::{ChatWrite, Member},
    json::{self, Json},
    names::{BulkOutcomeName, ConversationStatusName},
    problem::Problem,
};

/// What to do to each.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ActionBody {
    /// Another owner, or nobody.
    Assign {
        /// A user's id, or null for nobody.
        assignee_id: Option<String>,
    },
    /// Another state.
    Status {
        #[schema(value_type = ConversationStatusName)]
        status: String,
        /// With `snoozed`: until when.
        snoozed_until: Option<DateTime<Utc>>,
    },
    /// These tags as well, by name; unknown names become tags.
    AddTags {
        #[schema(min_items = 1, max_items = 30)]
        tags: Vec<String>,
    },
    /// These tags no more.
    RemoveTags {
        #[schema(min_items = 1, max_items = 30)]
        tags: Vec<String>,
    },
    /// Everything in them has been seen.
    Read,
}

/// A change to many conversations.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkBody {
    #[schema(min_items = 1, max_items = 200)]
    ids: Vec<String>,
    action: ActionBody,
}

/// What became of one conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub(crate) struct ResultBody {
    id: String,
    #[schema(value_type = BulkOutcomeName)]
    outcome: &'static str,
}

/// What became of each conversation, in the order asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkResults)]
pub(crate) struct ResultsBody {
    items: Vec<ResultBody>,
}

impl ActionBody {
    fn action(self) -> Result<BulkAction, Problem> {
        let few = |tags: Vec<String>| {
            (1..=MOST_TAGS)
                .contains(&tags.len())
                .then_some(tags)
                .ok_or_else(|| Problem::field("/action/tags", "too_many", "name 1 to 30 tags"))
        };
        Ok(match self {
            Self::Assign { assignee_id } => {
                let id = assignee_id.map(|id| json::body_id("/action/assignee_id", &id));
                BulkAction::Assign(id.transpose()?)
            }
            Self::Status {
                status,
                snoozed_until,
            } => {
                let status = status
                    .parse()
                    .map_err(|error| Problem::field("/action/status", "invalid_status", error))?;
                BulkAction::Status(status, snoozed_until)
            }
            Self::AddTags { tags } => BulkAction::AddTags(few(tags)?),
            Self::RemoveTags { tags } => BulkAction::RemoveTags(few(tags)?),
            Self::Read => BulkAction::Read,
        })
    }
}

/// Change many conversations at once; what is not there or out of sight is told, and the others are changed.
#[utoipa::path(post, path = "/api/conversations/bulk", tag = "inbox", request_body = BulkBody,
    responses((status = 200, body = ResultsBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_bulk(
    member: Member<ChatWrite>,
    Json(body): Json<BulkBody>,
) -> Result<web::Json<ResultsBody>, Problem> {
    if !(1..=MOST_AT_ONCE).contains(&body.ids.len()) {
        return Err(Problem::field("/ids", "too_many", "name 1 to 200 conversations"));
    }
    let ids: Vec<ConversationId> = body
        .ids
        .iter()
        .enumerate()
        .map(|(place, id)| json::body_id(&format!("/ids/{place}"), id))
        .collect::<Result<_, _>>()?;
    let action = body.action.action()?;
    let mut conn = member.conn().await?;
    let (sight, user, now) = (member.sight(), member.acting(), member.now);
    let done = apply_to_all(&mut conn, &ids, &action, sight, user, now).await?;
    let tenant = member.tenant.tenant.id;
    match action {
        BulkAction::Read => {
            let read = done
                .iter()
                .filter(|(_, outcome)| *outcome == BulkOutcome::Changed);
            for (id, _) in read {
                member.app.engine().seen(&member.tenant, *id, false);
            }
            member.app.engine().hint(tenant);
        }
        // Whoever works on the tenant must know when the sleep is over.
        _ => member.app.engine().queued(tenant),
    }
    let items = done.into_iter().map(|(id, outcome)| ResultBody {
        id: id.to_string(),
        outcome: outcome.as_str(),
    });
    Ok(web::Json(ResultsBody {
        items: items.collect(),
    }))
}
