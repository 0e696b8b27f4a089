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
    /// An item that could not be applied.
    DeadLetterId
}
