//! The few nodes that a product reads to check a line: numbers, subscriptions, tokens.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{access::Access, failure::GraphFailure, media};
use crate::{config::Line, simulator::Simulator};

type Answer = Result<HttpResponse, GraphFailure>;

/// The fields that a reader asks for.
#[derive(Deserialize)]
pub struct Fields {
    fields: Option<String>,
}

/// The token that is looked at.
#[derive(Deserialize)]
pub struct Inspected {
    input_token: Option<String>,
}

/// A number, an account, or a file.
pub async fn node(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    fields: web::Query<Fields>,
    request: HttpRequest,
) -> Answer {
    let id = path.into_inner().1;
    if let Some(location) = media::location(&simulator, &id, &request) {
        return Ok(HttpResponse::Ok().json(location?));
    }
    let inner = simulator.lock();
    let access = Access::of(&request, &inner.world)?;
    let mut lines = access.lines(&inner.world);
    let node = match lines.find(|line| line.phone_number_id == id || line.waba_id == id) {
        Some(line) if line.phone_number_id == id => phone_number(line),
        Some(line) => json!({"id": id, "name": line.verified_name, "timezone_id": "1"}),
        None => return Err(GraphFailure::unknown_object(&id, "get")),
    };
    Ok(HttpResponse::Ok().json(select(node, fields.fields.as_deref())))
}

/// The numbers of an account.
pub async fn phone_numbers(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    fields: web::Query<Fields>,
    request: HttpRequest,
) -> Answer {
    let id = path.into_inner().1;
    let inner = simulator.lock();
    let access = Access::of(&request, &inner.world)?;
    let lines = access.lines(&inner.world).filter(|line| line.waba_id == id);
    let data: Vec<_> = lines
        .map(|line| select(phone_number(line), fields.fields.as_deref()))
        .collect();
    if data.is_empty() {
        return Err(GraphFailure::unknown_object(&id, "get"));
    }
    Ok(HttpResponse::Ok().json(json!({"data": data})))
}

/// The apps that hear of an account.
pub async fn subscribed_apps(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    check_account(&simulator, &path.1, &request, "get")?;
    let app = json!({"id": "720000000000001", "link": "https://www.facebook.com/games/?app_id=720000000000001", "name": "Simulator"});
    Ok(HttpResponse::Ok().json(json!({"data": [{"whatsapp_business_api_data": app}]})))
}

/// Subscribes the app, which always is.
pub async fn subscribe(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    check_account(&simulator, &path.1, &request, "post")?;
    Ok(HttpResponse::Ok().json(json!({"success": true})))
}

/// What a token is worth.
pub async fn debug_token(
    simulator: web::Data<Simulator>,
    inspected: web::Query<Inspected>,
    request: HttpRequest,
) -> Answer {
    let inner = simulator.lock();
    Access::of(&request, &inner.world)?;
    let Some(token) = inspected.into_inner().input_token else {
        return Err(GraphFailure::parameter("The parameter input_token is required."));
    };
    let lines = inner.world.lines.values().filter(|line| line.token == token);
    let accounts: Vec<_> = lines.map(|line| line.waba_id.as_str()).collect();
    if accounts.is_empty() {
        let error = json!({"code": 190, "message": "Invalid OAuth access token."});
        return Ok(
            HttpResponse::Ok().json(json!({"data": {"error": error, "is_valid": false, "scopes": []}}))
        );
    }
    let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
    let granular = scopes.map(|scope| json!({"scope": scope, "target_ids": accounts}));
    Ok(HttpResponse::Ok().json(json!({"data": {
        "app_id": "720000000000001",
        "type": "SYSTEM_USER",
        "application": "Simulator",
        "expires_at": 0,
        "is_valid": true,
        "scopes": scopes,
        "granular_scopes": granular,
    }})))
}

fn check_account(
    simulator: &Simulator,
    waba_id: &str,
    request: &HttpRequest,
    method: &str,
) -> Result<(), GraphFailure> {
    let inner = simulator.lock();
    let access = Access::of(request, &inner.world)?;
    let known = access.lines(&inner.world).any(|line| line.waba_id == waba_id);
    if known {
        Ok(())
    } else {
        Err(GraphFailure::unknown_object(waba_id, method))
    }
}

fn phone_number(line: &Line) -> Value {
    json!({
        "id": line.phone_number_id,
        "verified_name": line.verified_name,
        "display_phone_number": line.display_phone_number,
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "account_mode": "LIVE",
    })
}

/// Graph returns what is asked for, and the id.
fn select(node: Value, fields: Option<&str>) -> Value {
    let (Some(fields), Value::Object(node)) = (fields, &node) else {
        return node;
    };
    let asked = |name: &String| name == "id" || fields.split(',').any(|field| field.trim() == name);
    node.iter()
        .filter(|(name, _)| asked(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect::<Map<_, _>>()
        .into()
}
