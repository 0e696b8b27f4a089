//! Which conversations somebody asks for, and in which order.

use chrono::{DateTime, Utc};
use pg::ChannelId;

use super::ConversationStatus;
use crate::{tag::TagId, user::UserId};

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssigneeFilter {
    /// Nobody's.
    Unassigned,
    /// Of this person.
    User(UserId),
}

/// A tag by id or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagFilter {
    /// By its id.
    Id(TagId),
    /// By its name, without regard to case.
    Name(String),
}

crate::text_enum! {
    /// How the customer's window stands.
    WindowFilter {
        /// Closes within four hours.
        Closing = "closing",
        /// Is open.
        Open = "open",
        /// Is closed, or never was open.
        Closed = "closed",
    }
}

crate::text_enum! {
    /// In which order conversations are listed.
    ConversationSort {
        /// The most recently active first.
        Newest = "newest",
        /// Those that wait longest first.
        Oldest = "oldest",
        /// Those whose window closes first, then all whose window is closed by activity.
        Window = "window",
    }
}

/// Which conversations to list; an empty filter lists all, the most recently active first.
#[derive(Debug, Clone)]
pub struct ConversationFilter {
    /// Any of these states.
    pub status: Vec<ConversationStatus>,
    /// Whose.
    pub assignee: Option<AssigneeFilter>,
    /// Carrying this tag.
    pub tag: Option<TagFilter>,
    /// On this line.
    pub channel: Option<ChannelId>,
    /// Only with (or only without) unread messages.
    pub unread: Option<bool>,
    /// How the window stands.
    pub window: Option<WindowFilter>,
    /// Part of a name, phone or user key.
    pub search: Option<String>,
    /// In which order.
    pub sort: ConversationSort,
    /// When it is asked: what windows are held against.
    pub now: DateTime<Utc>,
}

impl Default for ConversationFilter {
    fn default() -> Self {
        Self {
            status: Vec::new(),
            assignee: None,
            tag: None,
            channel: None,
            unread: None,
            window: None,
            search: None,
            sort: ConversationSort::Newest,
            now: DateTime::UNIX_EPOCH,
        }
    }
}
