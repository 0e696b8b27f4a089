//! Who is at a desk, and which conversation he has before him. Nothing of it is kept: a seat lasts as
//! long as its socket, and what other processes say of theirs is forgotten unless they say it again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use control::{DESKS_CHANNEL, say};
use pg::{Control, Db, DbError, TenantId};
use resolver::Resolver;
use serde::{Deserialize, Serialize};
use tenant::{conversation::ConversationId, user::UserId};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::Engine;

/// Between two rounds of notifications.
const GAP: Duration = Duration::from_millis(100);
/// How often each process says again who sits with it.
const AGAIN: Duration = Duration::from_secs(20);
/// Whoever another process has not named for this long has left.
const FORGOTTEN: Duration = Duration::from_mins(1);
/// Longer names are cut for the other processes: a notification must stay below 8000 bytes.
const LONGEST_NAME: usize = 200;

/// What somebody has before him.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Which conversation, if one.
    pub conversation: Option<ConversationId>,
    /// Whether he writes in it.
    pub typing: bool,
}

/// Somebody else at the same conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Who.
    pub id: UserId,
    /// His name.
    pub name: String,
    /// Whether he writes.
    pub typing: bool,
}

/// All seats that this process knows of. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desks(Arc<Inner>);

struct Inner {
    me: Uuid,
    db: Db<Control>,
    rooms: Mutex<HashMap<TenantId, Room>>,
    unsaid: Mutex<HashMap<Uuid, Notice>>,
    some: Notify,
}

struct Room {
    seats: HashMap<Uuid, Seated>,
    changed: watch::Sender<()>,
}

#[derive(Clone)]
struct Seated {
    person: UserId,
    name: String,
    place: Place,
    /// The other process with which he sits, and when it last said so; `None` for one here.
    elsewhere: Option<Instant>,
}

/// What processes tell each other of one seat.
#[derive(Clone, Serialize, Deserialize)]
struct Notice {
    process: Uuid,
    tenant: Uuid,
    seat: Uuid,
    /// Nobody: the seat is empty from now on.
    person: Option<Uuid>,
    name: String,
    conversation: Option<Uuid>,
    typing: bool,
}

/// A place in a tenant's room. Whoever drops it has left.
pub struct Seat {
    desks: Desks,
    tenant: TenantId,
    id: Uuid,
    person: UserId,
    name: String,
    changed: watch::Receiver<()>,
}

impl Seat {
    /// Tells the others what this person has before him.
    pub fn look(&self, place: Place) {
        let seated = Seated {
            person: self.person,
            name: self.name.clone(),
            place,
            elsewhere: None,
        };
        self.desks.put(self.tenant, self.id, Some(seated.clone()));
        self.desks.tell(self.tenant, self.id, Some(&seated));
    }

    /// Returns once somebody came, left, moved, or began or stopped to write.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            // The room stays as long as somebody sits in it, and this one does.
            std::future::pending::<()>().await;
        }
    }

    /// Everybody of the tenant who is at a desk.
    pub fn people(&self) -> BTreeSet<Uuid> {
        let rooms = self.desks.rooms();
        let seats = rooms.get(&self.tenant).map(|room| room.seats.values());
        seats
            .into_iter()
            .flatten()
            .map(|seated| seated.person.0)
            .collect()
    }

    /// The others at this conversation, by name.
    pub fn neighbours(&self, conversation: ConversationId) -> Vec<Neighbour> {
        let rooms = self.desks.rooms();
        let seats = rooms.get(&self.tenant).map(|room| room.seats.values());
        let mut found: BTreeMap<Uuid, Neighbour> = BTreeMap::new();
        for seated in seats.into_iter().flatten() {
            if seated.person == self.person || seated.place.conversation != Some(conversation) {
                continue;
            }
            let neighbour = found.entry(seated.person.0).or_insert_with(|| Neighbour {
                id: seated.person,
                name: seated.name.clone(),
                typing: false,
            });
            neighbour.typing |= seated.place.typing;
        }
        let mut found: Vec<Neighbour> = found.into_values().collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.desks.put(self.tenant, self.id, None);
        self.desks.tell(self.tenant, self.id, None);
    }
}

impl Desks {
    /// Seats of the process `me`, told to the others by `db`.
    pub(crate) fn new(me: Uuid, db: Db<Control>) -> Self {
        Self(Arc::new(Inner {
            me,
            db,
            rooms: Mutex::default(),
            unsaid: Mutex::default(),
            some: Notify::new(),
        }))
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<TenantId, Room>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, tenant: TenantId, person: UserId, name: &str) -> Seat {
        let changed = {
            let mut rooms = self.rooms();
            let room = rooms.entry(tenant).or_insert_with(Room::empty);
            room.changed.subscribe()
        };
        let seat = Seat {
            desks: self.clone(),
            tenant,
            id: Uuid::now_v7(),
            person,
            name: name.to_owned(),
            changed,
        };
        seat.look(Place::default());
        seat
    }

    fn put(&self, tenant: TenantId, seat: Uuid, seated: Option<Seated>) {
        let mut rooms = self.rooms();
        let room = rooms.entry(tenant).or_insert_with(Room::empty);
        match seated {
            Some(seated) => {
                let before = room.seats.insert(seat, seated.clone());
                if before.is_some_and(|before| before.person == seated.person && before.place == seated.place)
                {
                    return;
                }
            }
            None if room.seats.remove(&seat).is_none() => return,
            None => {}
        }
        room.changed.send_replace(());
        if room.seats.is_empty() && room.changed.receiver_count() == 0 {
            rooms.remove(&tenant);
        }
    }

    fn tell(&self, tenant: TenantId, seat: Uuid, seated: Option<&Seated>) {
        let notice = Notice {
            process: self.0.me,
            tenant: tenant.uuid(),
            seat,
            person: seated.map(|seated| seated.person.0),
            name: seated.map_or_else(String::new, |seated| {
                seated.name.chars().take(LONGEST_NAME).collect()
            }),
            conversation: seated.and_then(|seated| seated.place.conversation.map(ConversationId::uuid)),
            typing: seated.is_some_and(|seated| seated.place.typing),
        };
        let mut unsaid = self.0.unsaid.lock().unwrap_or_else(PoisonError::into_inner);
        unsaid.insert(seat, notice);
        self.0.some.notify_one();
    }

    fn hear(&self, payload: &str) {
        // Another release may say it in another way; then its people are not seen from here.
        let Ok(notice) = serde_json::from_str::<Notice>(payload) else {
            return;
        };
        if notice.process == self.0.me {
            return;
        }
        let seated = notice.person.map(|person| Seated {
            person: UserId(person),
            name: notice.name,
            place: Place {
                conversation: notice.conversation.map(ConversationId),
                typing: notice.typing,
            },
            elsewhere: Some(Instant::now()),
        });
        self.put(TenantId(notice.tenant), notice.seat, seated);
    }

    /// Says again who sits here, and forgets whom nobody names any more.
    fn go_round(&self) {
        let mut here = Vec::new();
        let mut gone = Vec::new();
        for (&tenant, room) in &*self.rooms() {
            for (&seat, seated) in &room.seats {
                match seated.elsewhere {
                    None => here.push((tenant, seat, seated.clone())),
                    Some(heard) if heard.elapsed() > FORGOTTEN => gone.push((tenant, seat)),
                    Some(_) => {}
                }
            }
        }
        for (tenant, seat, seated) in here {
            self.tell(tenant, seat, Some(&seated));
        }
        for (tenant, seat) in gone {
            self.put(tenant, seat, None);
        }
    }

    async fn speak(&self) {
        loop {
            self.0.some.notified().await;
            let unsaid = std::mem::take(&mut *self.0.unsaid.lock().unwrap_or_else(PoisonError::into_inner));
            if let Err(error) = self.send(unsaid.into_values()).await {
                tracing::warn!(%error, "cannot tell the other processes who is at a desk");
            }
            tokio::time::sleep(GAP).await;
        }
    }

    async fn send(&self, notices: impl Iterator<Item = Notice>) -> Result<(), DbError> {
        let mut conn = self.0.db.conn().await?;
        for notice in notices {
            if let Ok(payload) = serde_json::to_string(&notice) {
                say(&mut conn, DESKS_CHANNEL, &payload).await?;
            }
        }
        Ok(())
    }

    /// Tells the other processes, and hears them. Never returns.
    pub(crate) async fn run(&self, resolver: &Resolver) {
        let rounds = async {
            let mut rounds = tokio::time::interval(AGAIN);
            loop {
                rounds.tick().await;
                self.go_round();
            }
        };
        let heard = resolver.follow_channel(DESKS_CHANNEL, || self.go_round(), |payload| self.hear(&payload));
        tokio::join!(self.speak(), rounds, heard);
    }
}

impl Room {
    fn empty() -> Self {
        Self {
            seats: HashMap::new(),
            changed: watch::Sender::new(()),
        }
    }
}

impl Engine {
    /// Seats somebody at a desk of this tenant.
    pub fn take_seat(&self, tenant: TenantId, person: UserId, name: &str) -> Seat {
        self.0.desks.take(tenant, person, name)
    }
}
