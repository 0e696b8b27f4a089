//! What browsers are to be told next.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::Whose;
use crate::{
    contact::Contact,
    conversation::{ConversationId, Sight},
    event::EventKind,
    id::{MessageId, SubscriptionId},
    message::Direction,
    schema::{
        contacts, conversations, events, messages, push_progress, push_subscriptions, roles, tenant_meta,
        users,
    },
    user::{Permission, User, UserId},
};

/// Events that are looked at in one turn.
const AT_ONCE: i64 = 200;
/// What is older than this nobody wants to hear: it piled up while nothing ran.
const STALE: TimeDelta = TimeDelta::minutes(15);
/// As much of a text as is told, in characters.
const EXCERPT: usize = 160;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushKind {
    /// A customer has written.
    Message,
    /// A note names the person.
    Mention,
    /// The person was given the conversation.
    Assigned,
}

/// Something that a browser is to be told.
#[derive(Debug, Clone)]
pub struct Due {
    /// Which browser.
    pub subscription: SubscriptionId,
    /// Where it wants its messages.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// The secret that it shares with us, base64url.
    pub auth: String,
    /// What happened.
    pub kind: PushKind,
    /// Where.
    pub conversation: ConversationId,
    /// To which message or note.
    pub message: Option<MessageId>,
    /// The customer's name.
    pub contact: String,
    /// The beginning of what was written; `None`: no words.
    pub text: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = push_subscriptions)]
struct Browser {
    id: SubscriptionId,
    session_version: i32,
    endpoint: String,
    p256dh: String,
    auth: String,
    #[diesel(deserialize_as = String)]
    whose: Whose,
}

/// An event with what is told of it.
struct Told {
    kind: PushKind,
    conversation: ConversationId,
    message: Option<MessageId>,
    only: Option<UserId>,
    assignee: Option<UserId>,
    contact: Contact,
    text: Option<String>,
}

impl Told {
    fn concerns(&self, user: &User, whose: Whose) -> bool {
        let is_own = self.assignee == Some(user.id);
        let is_wanted = match (self.kind, whose) {
            (PushKind::Message, Whose::Mine) => is_own,
            (PushKind::Message, Whose::Open) => is_own || self.assignee.is_none(),
            (PushKind::Message, Whose::All) => true,
            (PushKind::Mention | PushKind::Assigned, _) => self.only == Some(user.id),
        };
        is_wanted && Sight::of(user).sees(self.assignee)
    }
}

/// What browsers are to be told of the next events, and whether there are more; `None` where no browser listens. It
/// is told once, by whoever takes it first: where another worker is at it this is nothing.
pub async fn take_due(
    conn: &mut Conn<Tenant>,
    now: DateTime<Utc>,
) -> Result<Option<(Vec<Due>, bool)>, DbError> {
    // Most tenants' turns end here.
    if browsers(conn).await?.is_empty() {
        return Ok(None);
    }
    conn.transaction(async |tx| {
        let place: Option<i64> = push_progress::table
            .select(push_progress::seq)
            .for_update()
            .skip_locked()
            .first(&mut **tx)
            .await
            .optional()?;
        let newest: i64 = tenant_meta::table
            .select(tenant_meta::last_event)
            .first(&mut **tx)
            .await?;
        let Some(place) = place.filter(|place| *place < newest) else {
            return Ok(Some((Vec::new(), false)));
        };
        let until = newest.min(place + AT_ONCE);
        diesel::update(push_progress::table)
            .set(push_progress::seq.eq(until))
            .execute(&mut **tx)
            .await?;
        let told = told(tx, place, until, now).await?;
        let browsers = if told.is_empty() {
            Vec::new()
        } else {
            browsers(tx).await?
        };
        Ok(Some((matched(&told, &browsers), until < newest)))
    })
    .await
}

/// Those whose owners may still be told something.
async fn browsers(conn: &mut Conn<Tenant>) -> Result<Vec<(Browser, User)>, DbError> {
    let all: Vec<(Browser, User)> = push_subscriptions::table
        .inner_join(users::table.inner_join(roles::table))
        .filter(users::is_active)
        .select((Browser::as_select(), User::as_select()))
        .load(&mut **conn)
        .await?;
    Ok(all
        .into_iter()
        .filter(|(browser, user)| browser.session_version == user.session_version)
        .filter(|(_, user)| user.role.allows(Permission::ChatRead))
        .collect())
}

type Row = (
    (String, DateTime<Utc>, Option<MessageId>, Option<UserId>),
    (ConversationId, Option<UserId>),
    Contact,
    Option<(String, Option<String>)>,
);

async fn told(
    tx: &mut Conn<Tenant>,
    place: i64,
    until: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Told>, DbError> {
    let kinds = [
        EventKind::MessageCreated.as_str(),
        EventKind::NotificationCreated.as_str(),
    ];
    let rows: Vec<Row> = events::table
        .inner_join(conversations::table.on(events::conversation_id.eq(conversations::id)))
        .inner_join(contacts::table.on(conversations::contact_id.eq(contacts::id)))
        .left_join(messages::table.on(events::message_id.eq(messages::id.nullable())))
        .filter(events::seq.gt(place))
        .filter(events::seq.le(until))
        .filter(events::kind.eq_any(kinds))
        .order(events::seq)
        .select((
            (events::kind, events::at, events::message_id, events::user_id),
            (conversations::id, conversations::assignee_id),
            Contact::as_select(),
            (messages::direction, messages::body).nullable(),
        ))
        .load(&mut **tx)
        .await?;
    Ok(rows.into_iter().filter_map(|row| tell(row, now)).collect())
}

fn tell(row: Row, now: DateTime<Utc>) -> Option<Told> {
    let ((event, at, message, only), (conversation, assignee), contact, written) = row;
    let (direction, body) = written.unzip();
    let kind = if event == EventKind::NotificationCreated.as_str() {
        message.map_or(PushKind::Assigned, |_note| PushKind::Mention)
    } else {
        // What the team writes itself it need not be told.
        direction
            .filter(|direction| direction == Direction::In.as_str())
            .map(|_in| PushKind::Message)?
    };
    (now - at < STALE).then(|| Told {
        kind,
        conversation,
        message,
        only,
        assignee,
        contact,
        text: body
            .flatten()
            .map(|body| body.chars().take(EXCERPT).collect::<String>())
            .filter(|text| !text.trim().is_empty()),
    })
}

/// Each browser with what it is told; of a customer's messages in one conversation the last, since each takes the
/// place of the one before.
fn matched(told: &[Told], browsers: &[(Browser, User)]) -> Vec<Due> {
    let mut due: Vec<Due> = Vec::new();
    for (browser, user) in browsers {
        let mut places: HashMap<ConversationId, usize> = HashMap::new();
        for one in told.iter().filter(|one| one.concerns(user, browser.whose)) {
            let next = Due {
                subscription: browser.id,
                endpoint: browser.endpoint.clone(),
                p256dh: browser.p256dh.clone(),
                auth: browser.auth.clone(),
                kind: one.kind,
                conversation: one.conversation,
                message: one.message,
                contact: one.contact.display_name(),
                text: one.text.clone(),
            };
            match places.get(&one.conversation) {
                Some(place) if one.kind == PushKind::Message && due[*place].kind == PushKind::Message => {
                    due[*place] = next;
                }
                _ => {
                    places.insert(one.conversation, due.len());
                    due.push(next);
                }
            }
        }
    }
    due
}
