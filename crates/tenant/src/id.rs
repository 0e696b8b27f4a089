//! The ids of a tenant's rows.

pg::id_type! {
    /// A thread with one customer on one line.
    ConversationId
}

pg::id_type! {
    /// A message or note.
    MessageId
}

pg::id_type! {
    /// A file that a message carries.
    MediaId
}

pg::id_type! {
    /// A customer of a tenant.
    ContactId
}

pg::id_type! {
    /// A way to look at the inbox that somebody kept.
    ViewId
}

pg::id_type! {
    /// A label of a tenant.
    TagId
}

pg::id_type! {
    /// One of a tenant's team.
    UserId
}

pg::id_type! {
    /// One entry of the outbox.
    OutboxId
}

pg::id_type! {
    /// A file that the team wants to send.
    UploadId
}

pg::id_type! {
    /// An item that could not be applied.
    DeadLetterId
}

pg::id_type! {
    /// Something that happened on a line or its account.
    LineEventId
}

pg::id_type! {
    /// A place where the tenant receives customers.
    BranchId
}

pg::id_type! {
    /// Something that the tenant offers.
    ServiceId
}

pg::id_type! {
    /// A text that the team writes again and again.
    QuickReplyId
}

impl LineEventId {
    /// The same id for the same contents.
    pub fn of_contents(contents: &str) -> Self {
        Self(of_contents(contents))
    }
}

/// An id that is made of `contents`, for rows that must exist once.
pub(crate) fn of_contents(contents: &str) -> uuid::Uuid {
    let mut bytes = [0; 16];
    for (byte, of_digest) in bytes.iter_mut().zip(crypto::token::digest(contents)) {
        *byte = of_digest;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pg::id_type! {
    /// Something that somebody of the team is told of.
    NotificationId
}

pg::id_type! {
    /// A browser that wants to be told while the desk is closed.
    SubscriptionId
}
