//! `/{phone_number_id}/block_users`: people whom a number turns away.

use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use serde::Deserialize;
use serde_json::{Value, json};
use whatsapp::identity::{is_bsuid, phone_digits};

use crate::{
    clock, codes,
    graph::{access::Access, failure::GraphFailure},
    simulator::Simulator,
    world::{ChatKey, World, token::MESSAGING},
};

type Answer = Result<HttpResponse, GraphFailure>;

/// Whom to turn away.
#[derive(Deserialize)]
pub struct Order {
    messaging_product: String,
    block_users: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    user: String,
}

/// Who is turned away.
pub async fn list(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let inner = simulator.lock();
    let line = line(&inner.world, &request, &path.1)?;
    let blocked: Vec<Value> = inner
        .world
        .blocked_on(&line.0)
        .map(|phone| json!({"messaging_product": "whatsapp", "wa_id": phone}))
        .collect();
    Ok(HttpResponse::Ok().json(json!({"data": blocked})))
}

/// Turns people away who wrote in the last 24 hours, or lets people in again. Whoever failed is named beside an
/// error, and the others are done all the same.
pub async fn change(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    order: web::Json<Order>,
) -> Answer {
    let mut inner = simulator.lock();
    let (line, waba_id) = line(&inner.world, &request, &path.1)?;
    if order.messaging_product != "whatsapp" {
        return Err(GraphFailure::parameter(
            "(#100) The parameter messaging_product is required.",
        ));
    }
    let blocks = request.method() == Method::POST;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for User { user } in &order.block_users {
        let phone = if is_bsuid(user) {
            inner
                .world
                .by_user_id(&waba_id, user)
                .map(|person| person.phone.clone())
        } else {
            phone_digits(user).map(|digits| inner.world.wa_id(&digits))
        };
        let Some(phone) = phone else {
            failed.push(failure(user, None, 131_026));
            continue;
        };
        let key = ChatKey {
            line: line.clone(),
            phone,
        };
        if blocks && !inner.world.window_is_open(&key, clock::now()) {
            failed.push(failure(user, Some(&key.phone), 131_047));
            continue;
        }
        inner.world.set_blocked(&key, blocks);
        done.push(json!({"input": user, "wa_id": key.phone}));
    }
    let list = if blocks { "added_users" } else { "removed_users" };
    let mut answer = json!({"messaging_product": "whatsapp", "block_users": {list: done}});
    if failed.is_empty() {
        return Ok(HttpResponse::Ok().json(answer));
    }
    answer["block_users"]["failed_users"] = failed.into();
    answer["error"] = json!({
        "message": "(#139100) Failed to block some users", "type": "OAuthException", "code": 139_100,
    });
    Ok(HttpResponse::BadRequest().json(answer))
}

fn failure(user: &str, wa_id: Option<&str>, code: i64) -> Value {
    let wording = codes::wording(code);
    json!({"input": user, "wa_id": wa_id, "errors": [
        {"message": wording.title, "code": code, "error_data": {"details": wording.details}}
    ]})
}

/// The line's id and account, if the request's token opens it and may write.
fn line(world: &World, request: &HttpRequest, id: &str) -> Result<(String, String), GraphFailure> {
    let access = Access::for_scope(request, world, MESSAGING)?;
    let line = access.line(world, id, "post")?;
    Ok((line.phone_number_id.clone(), line.waba_id.clone()))
}
