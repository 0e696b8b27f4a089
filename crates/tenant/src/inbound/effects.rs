//! What a transaction over a webhook's items writes last.

use pg::{Conn, DbError, Tenant};

use crate::{
    contact,
    event::{self, EventKind, NewEvent},
    id::{ConversationId, MessageId},
};

/// Collected while the items are applied.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// What watchers are told.
    pub events: Vec<NewEvent>,
    /// Whether a known key means another contact or thread from now on.
    pub moved: bool,
}

impl Effects {
    /// Something happened to a conversation, or to one of its messages.
    pub(crate) fn tell(&mut self, kind: EventKind, conversation: ConversationId, message: Option<MessageId>) {
        self.events.push(NewEvent {
            kind,
            conversation,
            message,
        });
    }

    /// Writes it all. From here to the commit the transaction holds the tenant's counter.
    pub async fn write(self, tx: &mut Conn<Tenant>) -> Result<(), DbError> {
        if self.moved {
            contact::raise_epoch(tx).await?;
        }
        event::append(tx, &self.events).await
    }
}
