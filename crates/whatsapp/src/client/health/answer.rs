//! What the answers hold, property by property.

use serde_json::value::RawValue;

use super::{NumberIssue, NumberState, Scope, SubscribedApp, TokenState};
use crate::json::Object;

pub(super) fn token(answer: &Object<'_>) -> Option<TokenState> {
    let data = answer.object("data")?;
    let error = data.object("error");
    // 0 means never.
    let expires_at = data.time("expires_at").filter(|at| at.timestamp() > 0);
    Some(TokenState {
        is_valid: data.is_true("is_valid"),
        error: error.as_ref().and_then(|error| error.text("message")),
        error_code: error.as_ref().and_then(|error| error.integer("code")),
        app_id: data.text("app_id"),
        kind: data.text("type"),
        expires_at,
        scopes: scopes(&data),
    })
}

/// The list of names, with the accounts that each is for where the second list says so.
fn scopes(data: &Object<'_>) -> Vec<Scope> {
    let texts = |list: Vec<&RawValue>| -> Vec<String> {
        let texts = list.into_iter().map(|raw| serde_json::from_str(raw.get()).ok());
        texts.flatten().collect()
    };
    let granular = data.list("granular_scopes");
    let granular: Vec<Object<'_>> = granular.into_iter().filter_map(Object::parse).collect();
    let targets = |name: &str| {
        let found = granular
            .iter()
            .find(|scope| scope.text("scope").as_deref() == Some(name))?;
        found.get("target_ids")?;
        let ids = found.list("target_ids").into_iter();
        // Ids come as numbers too.
        Some(ids.map(|raw| raw.get().trim_matches('"').to_owned()).collect())
    };
    let mut names = texts(data.list("scopes"));
    let more = granular.iter().filter_map(|scope| scope.text("scope"));
    for name in more {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .map(|name| Scope {
            targets: targets(&name),
            name,
        })
        .collect()
}

pub(super) fn number(node: &Object<'_>) -> NumberState {
    let health = node.object("health_status");
    let throughput = node.object("throughput");
    NumberState {
        display_phone_number: node.text("display_phone_number"),
        verified_name: node.text("verified_name"),
        status: node.text("status"),
        quality: node.text("quality_rating"),
        name_status: node.text("name_status"),
        code_verification_status: node.text("code_verification_status"),
        account_mode: node.text("account_mode"),
        throughput: throughput.and_then(|throughput| throughput.text("level")),
        messaging_limit: node.text("whatsapp_business_manager_messaging_limit"),
        on_business_app: node.get("is_on_biz_app").map(|_| node.is_true("is_on_biz_app")),
        can_send: health.as_ref().and_then(|health| health.text("can_send_message")),
        issues: health.map(|health| issues(&health)).unwrap_or_default(),
    }
}

fn issues(health: &Object<'_>) -> Vec<NumberIssue> {
    let mut found = Vec::new();
    let entities = health.list("entities").into_iter().filter_map(Object::parse);
    for entity in entities {
        let of_entity = || NumberIssue {
            entity: entity.text("entity_type"),
            can_send: entity.text("can_send_message"),
            ..NumberIssue::default()
        };
        let errors = entity.list("errors").into_iter().filter_map(Object::parse);
        found.extend(errors.map(|error| NumberIssue {
            code: error.integer("error_code"),
            description: error.text("error_description"),
            solution: error.text("possible_solution"),
            ..of_entity()
        }));
        let remarks = entity.list("additional_info").into_iter();
        let remarks = remarks.filter_map(|raw| serde_json::from_str(raw.get()).ok());
        found.extend(remarks.map(|remark| NumberIssue {
            description: Some(remark),
            ..of_entity()
        }));
    }
    found
}

pub(super) fn apps(answer: &Object<'_>) -> Option<Vec<SubscribedApp>> {
    answer.get("data")?;
    let apps = answer.list("data").into_iter().filter_map(Object::parse);
    let app = |entry: Object<'_>| {
        let data = entry.object("whatsapp_business_api_data");
        let text = |key: &str| data.as_ref().and_then(|data| data.text(key));
        SubscribedApp {
            id: text("id"),
            name: text("name"),
            callback: entry.text("override_callback_uri"),
        }
    };
    Some(apps.map(app).collect())
}
