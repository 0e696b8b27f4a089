//! A customer's JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use engine::blocking::AtMeta;
use serde::Serialize;
use tenant::contact::ContactCard;
use utoipa::ToSchema;

use crate::routes::{
    channels::{ChannelRefBody, LineNames},
    conversations::ContactBody,
};

/// An id that the customer used before.
#[derive(Serialize, ToSchema)]
#[schema(as = FormerKey)]
pub(crate) struct FormerKeyBody {
    key: String,
    left_at: DateTime<Utc>,
}

/// All that is known of a customer.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub(crate) struct ContactCardBody {
    id: String,
    /// The best name there is.
    name: String,
    /// As the team calls him; null: as WhatsApp does.
    own_name: Option<String>,
    /// As his WhatsApp profile says.
    profile_name: Option<String>,
    username: Option<String>,
    phone: Option<String>,
    user_key: String,
    /// WhatsApp's own id of him for this business.
    user_id: Option<String>,
    /// Ids that he used before, the last first.
    former_keys: Vec<FormerKeyBody>,
    attributes: BTreeMap<String, String>,
    /// Since when he wants no marketing messages.
    marketing_opt_out_at: Option<DateTime<Utc>>,
    /// Since when nobody writes to him.
    blocked_at: Option<DateTime<Utc>>,
    /// The lines on which WhatsApp itself turns him away.
    blocked_lines: Vec<ChannelRefBody>,
    /// The contact that he was merged into.
    merged_into: Option<String>,
    /// The others that are the same person, the main one first.
    same_person: Vec<ContactBody>,
    created_at: DateTime<Utc>,
}

/// How blocking, or letting in, went at WhatsApp on one line.
#[derive(Serialize, ToSchema)]
#[schema(as = BlockOutcome)]
pub(crate) struct BlockOutcomeBody {
    channel: ChannelRefBody,
    /// done, refused (WhatsApp blocks only whoever wrote within 24 hours), unreachable or line_unusable.
    outcome: &'static str,
}

impl ContactCardBody {
    pub(super) fn new(card: ContactCard, lines: &LineNames) -> Self {
        let contact = card.contact;
        let former = card.former_keys.into_iter();
        Self {
            id: contact.id.to_string(),
            name: contact.display_name(),
            own_name: contact.name,
            profile_name: contact.profile_name,
            username: contact.username,
            phone: contact.phone.map(|phone| format!("+{phone}")),
            user_key: contact.user_key,
            user_id: contact.bsuid,
            former_keys: former
                .map(|former| FormerKeyBody {
                    key: former.key,
                    left_at: former.left_at,
                })
                .collect(),
            attributes: card.attributes,
            marketing_opt_out_at: contact.marketing_opt_out_at,
            blocked_at: contact.blocked_at,
            blocked_lines: card
                .blocked_lines
                .into_iter()
                .map(|line| lines.of_channel(line))
                .collect(),
            merged_into: contact.merged_into.map(|id| id.to_string()),
            same_person: card.same.into_iter().map(Into::into).collect(),
            created_at: contact.created_at,
        }
    }
}

impl BlockOutcomeBody {
    pub(super) fn new(channel: ChannelRefBody, at_meta: AtMeta) -> Self {
        Self {
            channel,
            outcome: at_meta.as_str(),
        }
    }
}
