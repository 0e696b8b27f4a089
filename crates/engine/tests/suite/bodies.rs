//! Webhook bodies in Meta's shape.

use serde_json::{Value, json};

/// One body with a change for each line.
pub fn body(changes: &[(&str, Value)]) -> Vec<u8> {
    let entries: Vec<Value> = changes
        .iter()
        .map(|(line, content)| {
            let mut value = json!({
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "12025550100", "phone_number_id": line},
            });
            for (key, list) in content.as_object().unwrap() {
                value[key] = list.clone();
            }
            json!({"id": "700000000000001", "changes": [{"field": "messages", "value": value}]})
        })
        .collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
        .to_string()
        .into_bytes()
}

/// A change that holds these messages.
pub fn messages(list: impl IntoIterator<Item = Value>) -> Value {
    json!({"messages": list.into_iter().collect::<Vec<_>>()})
}

pub fn text(wamid: &str, from: &str, words: &str) -> Value {
    json!({"id": wamid, "from": from, "timestamp": "1790000000", "type": "text", "text": {"body": words}})
}

/// One text on one line.
pub fn one(line: &str, wamid: &str) -> Vec<u8> {
    body(&[(line, messages([text(wamid, "34600000001", "hola")]))])
}
