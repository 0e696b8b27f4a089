//! Which conversations: as a query says it, and as a saved view keeps it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::{
    conversation::{AssigneeFilter, ConversationFilter, ConversationSort, TagFilter},
    user::UserId,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    json,
    names::{ConversationSortName, WindowFilterName},
    problem::Problem,
};

/// Which conversations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConversationQuery {
    /// Any of these, separated by commas: open, pending, snoozed, closed.
    pub status: Option<String>,
    /// `me`, `unassigned` or a user's id.
    pub assignee: Option<String>,
    /// A tag's id or name.
    pub tag: Option<String>,
    /// A line's id.
    pub channel_id: Option<String>,
    /// Only with, or only without, unread messages.
    pub unread: Option<bool>,
    /// Whose window stands so; one that closes within four hours is `closing`.
    #[param(value_type = Option<WindowFilterName>)]
    pub window: Option<String>,
    /// Part of a name or phone number, without regard to case and accents.
    pub q: Option<String>,
    /// In which order; `newest` if not said.
    #[param(value_type = Option<ConversationSortName>)]
    pub sort: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which conversations are counted, whoever owns them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CountsQuery {
    /// Any of these, separated by commas: open, pending, snoozed, closed; `open,pending` if not said.
    pub status: Option<String>,
    /// A tag's id or name.
    pub tag: Option<String>,
    /// A line's id.
    pub channel_id: Option<String>,
    /// Only with, or only without, unread messages.
    pub unread: Option<bool>,
    /// Whose window stands so; one that closes within four hours is `closing`.
    #[param(value_type = Option<WindowFilterName>)]
    pub window: Option<String>,
    /// Part of a name or phone number, without regard to case and accents.
    pub q: Option<String>,
}

/// Which conversations a view shows; what is absent does not matter.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewFilter)]
pub(crate) struct FilterFields {
    /// Any of these, separated by commas: open, pending, snoozed, closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `me`, which is whoever looks, `unassigned` or a user's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// A tag's id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// A line's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<String>,
    /// Only with, or only without, unread messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<bool>,
    /// Whose window stands so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WindowFilterName>)]
    pub window: Option<String>,
    /// Part of a name or phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub q: Option<String>,
}

/// The order of this name.
pub(crate) fn sort(name: Option<&str>) -> Result<ConversationSort, Problem> {
    let Some(name) = name else {
        return Ok(ConversationSort::Newest);
    };
    name.parse()
        .map_err(|error| Problem::field("/sort", "invalid_sort", error))
}

impl FilterFields {
    /// As the repositories want it, for whoever looks now.
    pub fn filter(&self, me: UserId, now: DateTime<Utc>) -> Result<ConversationFilter, Problem> {
        let status = match &self.status {
            None => Vec::new(),
            Some(list) => list
                .split(',')
                .map(|status| {
                    status
                        .parse()
                        .map_err(|error| Problem::field("/status", "invalid_status", error))
                })
                .collect::<Result<_, _>>()?,
        };
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("me") => Some(AssigneeFilter::User(me)),
            Some("unassigned") => Some(AssigneeFilter::Unassigned),
            Some(id) => Some(AssigneeFilter::User(json::body_id("/assignee", id)?)),
        };
        let tag = self.tag.as_ref().map(|tag| {
            tag.parse()
                .map_or_else(|_| TagFilter::Name(tag.clone()), TagFilter::Id)
        });
        let channel = self.channel_id.as_deref();
        let window = self.window.as_deref().map(|name| {
            name.parse()
                .map_err(|error| Problem::field("/window", "invalid_window", error))
        });
        Ok(ConversationFilter {
            status,
            assignee,
            tag,
            channel: channel.map(|id| json::body_id("/channel_id", id)).transpose()?,
            unread: self.unread,
            window: window.transpose()?,
            search: self.q.clone().filter(|q| !q.trim().is_empty()),
            sort: ConversationSort::Newest,
            now,
        })
    }
}

impl From<ConversationQuery> for FilterFields {
    fn from(query: ConversationQuery) -> Self {
        Self {
            status: query.status,
            assignee: query.assignee,
            tag: query.tag,
            channel_id: query.channel_id,
            unread: query.unread,
            window: query.window,
            q: query.q,
        }
    }
}

impl From<CountsQuery> for FilterFields {
    fn from(query: CountsQuery) -> Self {
        Self {
            status: query.status.or_else(|| Some("open,pending".to_owned())),
            assignee: None,
            tag: query.tag,
            channel_id: query.channel_id,
            unread: query.unread,
            window: query.window,
            q: query.q,
        }
    }
}
