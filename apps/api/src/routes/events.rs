//! The socket: says what happened up to which number. Clients fetch the rest
//! with the same authorisation as any request.

mod seat;

use std::time::{Duration, Instant};

use access::Who;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use engine::realtime::Watch;
use serde::{Deserialize, Serialize};
use tenant::{
    conversation::Sight,
    event::{self, Concern, Event},
    user::Permission,
};
use utoipa::{IntoParams, ToSchema};

use self::seat::{Presence, Said};
use crate::{
    auth::{Anyone, EVENTS_PROTOCOL},
    json::Query,
    problem::{Kind, Problem},
};

/// Missed events that are still sent one by one; more than that, and the client reads everything again.
const REPLAY: i64 = 500;
const PING: Duration = Duration::from_secs(20);
/// A client that answered no ping for this long is gone.
const SILENCE: Duration = Duration::from_secs(50);
/// How often it is checked that the client is still let in.
const CHECK: Duration = Duration::from_secs(3);
/// A client that takes nothing for this long is too slow, and starts over.
const SLOW: Duration = Duration::from_secs(5);
/// How long a client that was too slow may take to hear so; the connection is cut soon after.
const FAREWELL: Duration = Duration::from_secs(30);
const SESSION_ENDED: CloseCode = CloseCode::Other(4401);

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(super::resource("/events").route(web::get().to(get_events)));
}

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// The last number that the client has seen.
    since: Option<i64>,
}

/// What the server sends.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = EventFrame)]
pub(crate) enum Frame<'a> {
    /// First: the number from which events follow.
    Hello { seq: i64 },
    /// Something happened.
    Event {
        seq: i64,
        event: &'a str,
        conversation_id: String,
        message_id: Option<String>,
    },
    /// Too much was missed: read everything again, and go on from here.
    Resync { seq: i64 },
    /// Who else is at the conversation that the client said it looks at; sent when that changes. The client
    /// says so, as often as it changes: `{"type":"look","conversation_id":…,"typing":false}`; without a
    /// conversation it looks at none.
    Here {
        conversation_id: String,
        people: Vec<Neighbour>,
    },
    /// The answer to `{"type":"ping"}`: by it a client knows that the line still stands, which after a
    /// sleep or a tunnel nothing else tells it.
    Pong { seq: i64 },
    /// The ids of everybody of the team who is at a desk; to clients that say where they look.
    Online { people: Vec<String> },
}

/// Somebody else at the same conversation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Neighbour {
    id: String,
    name: String,
    /// Whether he writes at this moment.
    typing: bool,
}

impl<'a> Frame<'a> {
    fn of(event: &'a Event, concern: Concern) -> Option<Self> {
        let name = match concern {
            Concern::None => return None,
            Concern::Gone => "conversation.gone",
            Concern::Seen if event.is_assignment() => "conversation.updated",
            Concern::Seen => &event.kind,
        };
        Some(Self::Event {
            seq: event.seq,
            event: name,
            conversation_id: event.conversation_id.to_string(),
            message_id: event.message_id.map(|id| id.to_string()),
        })
    }
}

/// Follow what happens (WebSocket).
#[utoipa::path(get, path = "/api/events", tag = "inbox", params(EventsQuery),
    responses((status = 101, description = "Frames of the schema EventFrame", body = Frame<'static>)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_events(
    anyone: Anyone,
    request: HttpRequest,
    Query(query): Query<EventsQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Who::Member { tenant, user, .. } = &anyone.who else {
        return Err(Problem::new(Kind::Forbidden, "this belongs to a tenant's team"));
    };
    if !user.role.allows(Permission::ChatRead) {
        return Err(Problem::new(
            Kind::Forbidden,
            format!("the role {} lacks chat.read", user.role.key),
        ));
    }
    let watch = anyone.app.engine().watch(tenant).await?;
    let (response, session, stream) = actix_ws::handle_with_protocols(&request, body, &[EVENTS_PROTOCOL])
        .map_err(|error| Problem::new(Kind::InvalidRequest, error))?;
    actix_web::rt::spawn(
        Socket {
            anyone,
            session,
            watch,
            presence: Presence::default(),
        }
        .run(stream, query.since),
    );
    Ok(response)
}

/// What this event of the tenant's is to this person.
fn concern(who: &Who, event: &Event) -> Concern {
    match who {
        Who::Member { user, .. } if user.role.allows(Permission::ChatRead) => {
            event.concerns(user.id, Sight::of(user))
        }
        _ => Concern::None,
    }
}

/// Waits for room in the socket's queue. A client that makes none has to start over.
async fn within(sent: impl Future<Output = Result<(), Closed>>) -> Result<(), Option<CloseReason>> {
    match tokio::time::timeout(SLOW, sent).await {
        Ok(sent) => sent.map_err(|_closed| None),
        Err(_elapsed) => Err(Some(CloseReason {
            code: CloseCode::Again,
            description: Some("resync".to_owned()),
        })),
    }
}

struct Socket {
    anyone: Anyone,
    session: Session,
    watch: Watch,
    presence: Presence,
}

impl Socket {
    async fn run(mut self, mut incoming: MessageStream, since: Option<i64>) {
        let reason = match self.greet(since).await {
            Ok(()) => self.follow(&mut incoming).await,
            Err(gone) => gone,
        };
        // From here on nothing is kept for the client, however long it takes to hear why.
        drop(self.watch);
        // It may be gone already.
        drop(tokio::time::timeout(FAREWELL, self.session.close(reason)).await);
    }

    async fn send(&mut self, frame: &Frame<'_>) -> Result<(), Option<CloseReason>> {
        let text = serde_json::to_string(frame).map_err(|_source| Some(CloseCode::Error.into()))?;
        within(self.session.text(text)).await
    }

    /// Says where the stream stands, after whatever the client missed.
    async fn greet(&mut self, since: Option<i64>) -> Result<(), Option<CloseReason>> {
        let seq = self.watch.seq;
        let Some(since) = since else {
            return self.send(&Frame::Hello { seq }).await;
        };
        if since > seq || seq.saturating_sub(since) > REPLAY {
            return self.send(&Frame::Resync { seq }).await;
        }
        self.send(&Frame::Hello { seq: since }).await?;
        let missed = self.missed(since).await.ok_or(Some(CloseCode::Again.into()))?;
        for event in missed.iter().filter(|event| event.seq <= seq) {
            self.tell(event).await?;
        }
        Ok(())
    }

    async fn take(&mut self, message: Message) -> Result<(), Option<CloseReason>> {
        match message {
            Message::Ping(bytes) => within(self.session.pong(&bytes)).await,
            Message::Text(text) => self.hear(&text).await,
            _ => Ok(()),
        }
    }

    /// What the client says: what it cannot have meant is passed over.
    async fn hear(&mut self, text: &str) -> Result<(), Option<CloseReason>> {
        match serde_json::from_str(text) {
            Ok(Said::Ping {}) => {
                let seq = self.watch.seq;
                self.send(&Frame::Pong { seq }).await
            }
            Ok(Said::Look(look)) => {
                self.presence.look(&self.anyone, look).await;
                self.tell_of_others().await
            }
            Err(_senseless) => Ok(()),
        }
    }

    async fn tell_of_others(&mut self) -> Result<(), Option<CloseReason>> {
        for frame in self.presence.news() {
            self.send(&frame).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, event: &Event) -> Result<(), Option<CloseReason>> {
        let concern = concern(&self.anyone.who, event);
        if concern == Concern::Gone {
            self.presence.lose(event.conversation_id);
        }
        match Frame::of(event, concern) {
            Some(frame) => self.send(&frame).await,
            None => Ok(()),
        }
    }

    async fn missed(&self, since: i64) -> Option<Vec<Event>> {
        let Who::Member { tenant, .. } = &self.anyone.who else {
            return None;
        };
        let mut conn = tenant.db().await.ok()?.conn().await.ok()?;
        event::since(&mut conn, since, REPLAY).await.ok()
    }

    async fn follow(&mut self, incoming: &mut MessageStream) -> Option<CloseReason> {
        let mut ping = tokio::time::interval(PING);
        let mut check = tokio::time::interval(CHECK);
        let mut heard = Instant::now();
        let mut stopping = self.anyone.app.stopping();
        loop {
            tokio::select! {
                event = self.watch.next() => {
                    let sent = match event {
                        Ok(event) => self.tell(&event).await,
                        Err(_lagged) => self.resync().await,
                    };
                    if let Err(reason) = sent {
                        return reason;
                    }
                }
                message = incoming.recv() => match message {
                    Some(Ok(Message::Close(reason))) => return reason,
                    Some(Ok(message)) => {
                        heard = Instant::now();
                        if let Err(reason) = self.take(message).await {
                            return reason;
                        }
                    }
                    Some(Err(_)) | None => return None,
                },
                () = self.presence.changed() => {
                    if let Err(reason) = self.tell_of_others().await {
                        return reason;
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE {
                        return None;
                    }
                    if let Err(reason) = within(self.session.ping(b"")).await {
                        return reason;
                    }
                }
                _ = stopping.wait_for(|stopping| *stopping) => return Some(CloseCode::Restart.into()),
                _ = check.tick() => {
                    match self.look_again().await {
                        Ok(false) => {}
                        Ok(true) => {
                            self.presence.look_away();
                            if let Err(reason) = self.resync().await {
                                return reason;
                            }
                        }
                        Err(reason) => return Some(reason),
                    }
                }
            }
        }
    }

    async fn resync(&mut self) -> Result<(), Option<CloseReason>> {
        let Who::Member { tenant, .. } = &self.anyone.who else {
            return Err(None);
        };
        let again = |_source| Some(CloseReason::from(CloseCode::Again));
        // Its database may have been replaced, which is one way to miss events.
        let app = &self.anyone.app;
        let now = app.resolver().tenant(tenant.tenant.id).await.map_err(again)?;
        let Some(now) = now else {
            return Err(Some(SESSION_ENDED.into()));
        };
        self.watch = app.engine().watch(&now).await.map_err(again)?;
        let seq = self.watch.seq;
        self.send(&Frame::Resync { seq }).await
    }

    /// Looks whether the person is still let in and may still follow. True when he
    /// sees another part of the inbox than before.
    async fn look_again(&mut self) -> Result<bool, CloseReason> {
        let now = self.anyone.app.engine().clock().now();
        // While nobody can be asked, whoever was let in stays.
        let Ok(admitted) = self.anyone.app.guard().admit(self.anyone.current, now).await else {
            return Ok(false);
        };
        let (Some(Who::Member { tenant, user, by }), Who::Member { user: before, .. }) =
            (admitted, &self.anyone.who)
        else {
            return Err(SESSION_ENDED.into());
        };
        if !user.role.allows(Permission::ChatRead) {
            return Err(SESSION_ENDED.into());
        }
        let is_other = Sight::of(&user) != Sight::of(before);
        self.anyone.who = Who::Member { tenant, user, by };
        Ok(is_other)
    }
}
