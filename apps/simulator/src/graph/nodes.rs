//! The nodes that a product reads to check a line: numbers, accounts, subscriptions, tokens.

pub mod blocks;
pub mod subscriptions;
pub mod templates;
pub mod token;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{access::Access, failure::GraphFailure, media};
use crate::{
    config::Line,
    simulator::Simulator,
    world::{World, token::MANAGEMENT},
};

type Answer = Result<HttpResponse, GraphFailure>;

/// What Graph tells of a number when nobody asks for fields (WhatsAppBusinessPhoneNumber).
const NUMBER_DEFAULTS: &[&str] = &[
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
];
/// And of an account.
const ACCOUNT_DEFAULTS: &[&str] = &["name", "timezone_id", "message_template_namespace"];

/// The fields that a reader asks for.
#[derive(Deserialize)]
pub struct Fields {
    fields: Option<String>,
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
    let Some(line) = lines.find(|line| line.phone_number_id == id || line.waba_id == id) else {
        return Err(GraphFailure::unknown_object(&id, "get"));
    };
    Access::for_scope(&request, &inner.world, MANAGEMENT)?;
    let fields = fields.fields.as_deref();
    let node = if line.phone_number_id == id {
        select(&phone_number(&inner.world, line), fields, NUMBER_DEFAULTS)?
    } else {
        select(&account(&inner.world, line), fields, ACCOUNT_DEFAULTS)?
    };
    Ok(HttpResponse::Ok().json(node))
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
    let access = Access::for_scope(&request, &inner.world, MANAGEMENT)?;
    let lines = access.lines(&inner.world).filter(|line| line.waba_id == id);
    let numbers = lines.map(|line| {
        let node = phone_number(&inner.world, line);
        select(&node, fields.fields.as_deref(), NUMBER_DEFAULTS)
    });
    let data = numbers.collect::<Result<Vec<_>, _>>()?;
    if data.is_empty() {
        return Err(GraphFailure::unknown_object(&id, "get"));
    }
    // The cursors mean nothing: everything is on the first page.
    let paging = json!({"cursors": {"before": "QVFI", "after": "QVFI"}});
    Ok(HttpResponse::Ok().json(json!({"data": data, "paging": paging})))
}

/// Every field that Graph has of a number, and this simulator knows.
fn phone_number(world: &World, line: &Line) -> Value {
    let state = world.state(&line.phone_number_id);
    json!({
        "id": line.phone_number_id,
        "verified_name": line.verified_name,
        "display_phone_number": line.display_phone_number,
        "code_verification_status": state.code_verification_status,
        "quality_rating": state.quality_rating,
        "quality_score": {"score": state.quality_rating},
        "platform_type": state.platform_type,
        "throughput": {"level": state.throughput_level},
        "name_status": state.name_status,
        "new_name_status": "NONE",
        "status": state.status,
        "account_mode": state.account_mode,
        "is_on_biz_app": state.is_on_biz_app,
        "is_official_business_account": false,
        "is_pin_enabled": true,
        "whatsapp_business_manager_messaging_limit": state.messaging_limit,
        "messaging_limit_tier": state.messaging_limit,
        "health_status": state.health_status(&line.phone_number_id, &line.waba_id),
        "webhook_configuration": {"application": world.callback.as_ref().map(|callback| &callback.url)},
    })
}

/// Every field of an account.
fn account(world: &World, line: &Line) -> Value {
    let state = world.state(&line.phone_number_id);
    json!({
        "id": line.waba_id,
        "name": line.verified_name,
        "timezone_id": "1",
        "message_template_namespace": "simulated",
        "currency": "USD",
        "account_review_status": "APPROVED",
        "health_status": state.health_status(&line.phone_number_id, &line.waba_id),
    })
}

/// Graph returns what is asked for, and the id; asking for what it has not is a mistake.
fn select(node: &Value, fields: Option<&str>, defaults: &[&str]) -> Result<Value, GraphFailure> {
    let asked: Vec<_> = match fields {
        None => defaults.to_vec(),
        // Of `throughput{level}` or `health_status.limit(1)` only the name matters here.
        Some(fields) => names(fields),
    };
    let mut selected = Map::from_iter([("id".to_owned(), node["id"].clone())]);
    for name in asked {
        let Some(value) = node.get(name) else {
            let rule = format!("Tried accessing nonexisting field ({name})");
            return Err(GraphFailure::parameter(&rule));
        };
        selected.insert(name.to_owned(), value.clone());
    }
    Ok(selected.into())
}

/// The names at the top of a list of fields.
fn names(fields: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let at_top = fields.split(move |character| {
        match character {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    at_top
        .filter_map(|field| field.split(['{', '.', '(']).next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}
