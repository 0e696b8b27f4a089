//! Who else is at a desk: what a client says of itself on its socket, and what it hears of the others.
//! Only whoever looks at a conversation, and sees it, hears who else does.

use access::Who;
use engine::desks::{Place, Seat};
use serde::Deserialize;
use tenant::{
    conversation::{ConversationId, Conversations, Sight},
    user::Permission,
};

use super::Frame;
use crate::auth::Anyone;

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said {
    /// Whether the line still stands.
    Ping {},
    /// What the person has before him.
    Look(Look),
}

/// What the person has before him.
#[derive(Deserialize)]
pub(super) struct Look {
    conversation_id: Option<ConversationId>,
    #[serde(default)]
    typing: bool,
}

/// One person's seat, from the first time that the client says where it looks.
#[derive(Default)]
pub(super) struct Presence {
    seat: Option<Seat>,
    place: Place,
    /// What the client was last told.
    told: Told,
}

#[derive(Default, PartialEq, Eq, Clone)]
struct Told {
    neighbours: Option<serde_json::Value>,
    people: Option<serde_json::Value>,
}

impl Presence {
    /// Takes where the client says it looks. A conversation that this person does not see is none.
    pub(super) async fn look(&mut self, anyone: &Anyone, look: Look) {
        let Look {
            conversation_id,
            typing,
        } = look;
        let Who::Member { tenant, user, by } = &anyone.who else {
            return;
        };
        // Whoever looks with somebody else's eyes is not there.
        if by.is_some() {
            return;
        }
        let seen = match conversation_id {
            Some(id) if Some(id) == self.place.conversation => Some(id),
            Some(id) => sees(&anyone.who, id).await.then_some(id),
            None => None,
        };
        self.place = Place {
            conversation: seen,
            typing: typing && seen.is_some() && user.role.allows(Permission::ChatWrite),
        };
        let engine = anyone.app.engine();
        let seat = self
            .seat
            .get_or_insert_with(|| engine.take_seat(tenant.tenant.id, user.id, &user.name));
        self.told.neighbours = None;
        seat.look(self.place);
    }

    /// Forgets a conversation that went out of sight.
    pub(super) fn lose(&mut self, conversation: ConversationId) {
        if self.place.conversation == Some(conversation) {
            self.look_away();
        }
    }

    /// Forgets where the person looks, until the client says so again.
    pub(super) fn look_away(&mut self) {
        self.place = Place::default();
        if let Some(seat) = &self.seat {
            seat.look(self.place);
        }
    }

    /// Returns once the others may have to be told anew.
    pub(super) async fn changed(&mut self) {
        match &mut self.seat {
            Some(seat) => seat.changed().await,
            None => std::future::pending().await,
        }
    }

    /// What the client does not know yet.
    pub(super) fn news(&mut self) -> Vec<Frame<'static>> {
        let Some(seat) = &self.seat else {
            return Vec::new();
        };
        let mut frames = Vec::new();
        let people: Vec<String> = seat.people().iter().map(ToString::to_string).collect();
        let shown = serde_json::json!(people);
        if self.told.people.as_ref() != Some(&shown) {
            self.told.people = Some(shown);
            frames.push(Frame::Online { people });
        }
        if let Some(conversation) = self.place.conversation {
            let neighbours: Vec<super::Neighbour> = seat
                .neighbours(conversation)
                .into_iter()
                .map(|one| super::Neighbour {
                    id: one.id.to_string(),
                    name: one.name,
                    typing: one.typing,
                })
                .collect();
            let shown = serde_json::json!([conversation, neighbours]);
            if self.told.neighbours.as_ref() != Some(&shown) {
                self.told.neighbours = Some(shown);
                frames.push(Frame::Here {
                    conversation_id: conversation.to_string(),
                    people: neighbours,
                });
            }
        }
        frames
    }
}

async fn sees(who: &Who, id: ConversationId) -> bool {
    let Who::Member { tenant, user, .. } = who else {
        return false;
    };
    let Ok(db) = tenant.db().await else {
        return false;
    };
    let Ok(mut conn) = db.conn().await else {
        return false;
    };
    let seen = Conversations::new(&mut conn).is_seen(id, Sight::of(user)).await;
    seen.unwrap_or(false)
}
