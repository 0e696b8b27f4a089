//! When to look at the outbox again, and which lines have messages waiting.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::tidy::{BOT_WAITS, CAMPAIGN_WAITS};
use crate::{
    conversation::ConversationId,
    sql::{Sql, Statement},
};

/// What is left alone for now.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Lines that cannot send.
    pub channels: Vec<ChannelId>,
    /// Threads whose customer was written to enough.
    pub threads: Vec<ConversationId>,
}

struct Lines;

/// One look into the index for each line, however many messages wait.
impl Sql for Lines {
    const TEXT: &'static str = "\
        WITH RECURSIVE line AS ( \
            (SELECT channel_id FROM outbox WHERE state IN ('queued', 'retry') ORDER BY channel_id LIMIT 1) \
            UNION ALL \
            SELECT (SELECT o.channel_id FROM outbox AS o WHERE o.state IN ('queued', 'retry') \
                    AND o.channel_id > line.channel_id ORDER BY o.channel_id LIMIT 1) \
            FROM line WHERE line.channel_id IS NOT NULL \
        ) \
        SELECT channel_id AS id FROM line WHERE channel_id IS NOT NULL";
}

/// The lines that have messages waiting, due or not.
pub async fn lines_due(conn: &mut Conn<Tenant>) -> Result<Vec<ChannelId>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: ChannelId,
    }
    let rows: Vec<Row> = Statement::<Lines>::new().get_results(&mut **conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

struct Due;

/// What waits for its predecessor is not due, however old it is.
impl Sql for Due {
    const TEXT: &'static str = "\
        SELECT LEAST( \
            (SELECT o.next_attempt_at FROM outbox AS o WHERE o.state IN ('queued', 'retry') \
             AND o.channel_id <> ALL ({}) AND o.conversation_id <> ALL ({}) \
             AND (SELECT true FROM outbox AS earlier WHERE earlier.conversation_id = o.conversation_id \
                 AND earlier.state IN ('queued', 'retry', 'sending') AND earlier.id <> o.id \
                 AND (earlier.state = 'sending' OR (earlier.class, earlier.id) < (o.class, o.id)) LIMIT 1) IS NULL \
             ORDER BY o.next_attempt_at LIMIT 1), \
            (SELECT min(next_attempt_at) FROM outbox WHERE state = 'scheduled'), \
            (SELECT min(lease_until) FROM outbox WHERE state = 'sending') \
        ) AS due, \
        (SELECT min(unknown_at) FROM outbox WHERE state = 'unknown' AND class = 'bot') AS bot, \
        (SELECT min(unknown_at) FROM outbox WHERE state = 'unknown' AND class = 'campaign') AS campaign";
}

/// When something is due next, or a lease ends; `None` when nothing waits. What is `held` does not count.
pub async fn next_due(conn: &mut Conn<Tenant>, held: &Held) -> Result<Option<DateTime<Utc>>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Timestamptz>)]
        due: Option<DateTime<Utc>>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        bot: Option<DateTime<Utc>>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        campaign: Option<DateTime<Utc>>,
    }
    let row: Row = Statement::<Due>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(held.channels.iter().map(|channel| channel.0).collect())
        .bind::<Array<SqlUuid>, Vec<Uuid>>(held.threads.iter().map(|thread| thread.uuid()).collect())
        .get_result(&mut **conn)
        .await?;
    let all = [
        row.due,
        row.bot.map(|since| since + BOT_WAITS),
        row.campaign.map(|since| since + CAMPAIGN_WAITS),
    ];
    Ok(all.into_iter().flatten().min())
}
