//! `POST /{phone_number_id}/messages`: messages, read receipts and typing.

mod receipt;
mod recipient;
mod world_rules;

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use self::{
    recipient::Recipient,
    world_rules::{Sending, Verdict},
};
use super::{
    access::Access,
    body::{self, Edge},
    failure::GraphFailure,
    socket,
};
use crate::{
    clock,
    config::Line,
    faults::{Outcome, SendFault},
    simulator::{Inner, Simulator},
    world::{
        Bubble, Direction,
        identity::{self, Way},
        token::MESSAGING,
    },
};

type Answer = Result<HttpResponse, GraphFailure>;

/// Longer than any client waits.
const NEVER: Duration = Duration::from_mins(2);

/// Takes a message or a receipt.
pub async fn messages(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Bytes,
) -> Answer {
    post(simulator.into_inner(), &path.1, &request, &body, Edge::Messages).await
}

/// Takes a marketing template.
pub async fn marketing_messages(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Bytes,
) -> Answer {
    post(simulator.into_inner(), &path.1, &request, &body, Edge::Marketing).await
}

async fn post(simulator: Arc<Simulator>, id: &str, request: &HttpRequest, body: &[u8], edge: Edge) -> Answer {
    let (line, latency) = {
        let inner = simulator.lock();
        let access = Access::for_scope(request, &inner.world, MESSAGING)?;
        let line = access.line(&inner.world, id, "post")?.clone();
        (line, Duration::from_millis(inner.faults.latency_ms))
    };
    let taken = take(&simulator, &line, body, edge);
    // What happens has happened by now: only the answer is late.
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (fault, accepted) = match taken? {
        Taken::Receipt => return Ok(HttpResponse::Ok().json(json!({"success": true}))),
        Taken::Message(fault, accepted) => (fault, accepted),
    };
    let answer = answer(fault, request, &accepted).await;
    answer.map_err(|refusal| match fault.outcome() {
        Outcome::GoesOut => refusal,
        Outcome::Lost => counted(&simulator, &line, refusal),
    })
}

/// What was made of a body.
enum Taken {
    /// A receipt, or typing.
    Receipt,
    /// A message, with what goes wrong and the answer for when nothing does.
    Message(SendFault, Value),
}

fn take(simulator: &Arc<Simulator>, line: &Line, body: &[u8], edge: Edge) -> Result<Taken, GraphFailure> {
    let message = serde_json::from_slice::<Value>(body).unwrap_or_default();
    if !message["status"].is_null() {
        check_product(&message)?;
        receipt::take(simulator, line, &message)?;
        return Ok(Taken::Receipt);
    }
    simulator
        .lock()
        .world
        .ledger
        .call(&line.phone_number_id, clock::now());
    let taken = check_product(&message).and_then(|()| send(simulator, line, &message, edge));
    taken.map_err(|refusal| counted(simulator, line, refusal))
}

fn check_product(message: &Value) -> Result<(), GraphFailure> {
    if message.is_null() {
        return Err(GraphFailure::parameter("The request body is not valid JSON."));
    }
    if message["messaging_product"] == "whatsapp" {
        Ok(())
    } else {
        Err(GraphFailure::parameter(
            "The parameter messaging_product is required.",
        ))
    }
}

fn send(simulator: &Arc<Simulator>, line: &Line, message: &Value, edge: Edge) -> Result<Taken, GraphFailure> {
    let state = simulator.lock().world.state(&line.phone_number_id);
    if let Some(code) = state.refusal() {
        return Err(GraphFailure::of_code(code));
    }
    let kind = body::check(message, edge)?;
    let mut inner = simulator.lock();
    let recipient = recipient::find(&inner.world, line, message)?;
    let sending = Sending {
        line,
        recipient: &recipient,
        message,
        kind,
    };
    // Read under the lock, so that the counters see time go one way.
    let now = clock::now();
    let verdict = world_rules::judge(&mut inner, &sending, now)?;
    let fault = inner.faults.take(&line.phone_number_id);
    if fault.outcome() == Outcome::Lost {
        return Ok(Taken::Message(fault, Value::Null));
    }
    let wamid = accept(&mut inner, &sending, &verdict, now);
    drop(inner);
    simulator.tell("message", Some(recipient.key.clone()));
    simulator.take_course(recipient.key.clone(), wamid.clone(), verdict.fails);
    tracing::debug!(line.id = %line.phone_number_id, kind, "message accepted");
    Ok(Taken::Message(
        fault,
        accepted(&recipient, kind, &wamid, verdict.message_status.as_deref()),
    ))
}

/// Counts a refusal.
fn counted(simulator: &Simulator, line: &Line, refusal: GraphFailure) -> GraphFailure {
    let ledger = &mut simulator.lock().world.ledger;
    ledger.refuse(&line.phone_number_id, refusal.code());
    refusal
}

/// Puts the message on the person's phone; its id.
fn accept(inner: &mut Inner, sending: &Sending<'_>, verdict: &Verdict, now: DateTime<Utc>) -> String {
    let Sending {
        recipient,
        message,
        kind,
        ..
    } = sending;
    let mut payload = body::content(message, kind);
    if let Some(view) = &verdict.view {
        payload["view"] = view.clone();
    }
    if let Some(category) = &verdict.category {
        payload["category"] = category.clone().into();
    }
    let bubble = Bubble {
        wamid: identity::wamid(&recipient.key.phone, Way::Out),
        direction: Direction::Out,
        payload,
        at: now,
        status: "accepted".to_owned(),
        error_code: None,
        callback_data: message["biz_opaque_callback_data"].as_str().map(str::to_owned),
        by_user_id: recipient.by_user_id,
    };
    let wamid = bubble.wamid.clone();
    inner.pairs.note(&recipient.key, now);
    inner.world.add(&recipient.key, bubble, now);
    wamid
}

/// The answer to a message that was accepted.
fn accepted(recipient: &Recipient, kind: &str, wamid: &str, message_status: Option<&str>) -> Value {
    let Recipient { key, input, .. } = recipient;
    let contact = if recipient.by_user_id {
        json!({"input": input, "user_id": input})
    } else {
        json!({"input": input, "wa_id": key.phone})
    };
    let mut sent = json!({"id": wamid});
    if kind == "template" {
        sent["message_status"] = message_status.unwrap_or("accepted").into();
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]})
}

async fn answer(fault: SendFault, request: &HttpRequest, accepted: &Value) -> Answer {
    match fault {
        SendFault::None => Ok(HttpResponse::Ok().json(accepted)),
        SendFault::Unreadable => Ok(HttpResponse::Ok().json(json!({"messaging_product": "whatsapp"}))),
        SendFault::RateLimit => Err(GraphFailure::rate_limit()),
        SendFault::ServerError | SendFault::ServerErrorAfter => Err(GraphFailure::internal()),
        SendFault::Code(code) => Err(GraphFailure::of_code(code)),
        SendFault::TokenExpired => {
            let message = "Error validating access token: Session has expired.";
            Err(GraphFailure::token(message, Some(463)))
        }
        SendFault::BadGateway => Ok(HttpResponse::build(StatusCode::BAD_GATEWAY)
            .content_type("text/html")
            .body("<html><head><title>502 Bad Gateway</title></head><body>error</body></html>")),
        SendFault::Timeout | SendFault::TimeoutBefore => {
            tokio::time::sleep(NEVER).await;
            Err(GraphFailure::internal())
        }
        SendFault::ResetBefore | SendFault::ResetAfter => {
            socket::break_off(request);
            Err(GraphFailure::internal())
        }
    }
}
