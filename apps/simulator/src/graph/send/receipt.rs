//! Read receipts and typing.

use serde_json::Value;

use crate::{
    clock,
    config::Line,
    graph::{body::Object, failure::GraphFailure},
    simulator::Simulator,
};

/// Marks the person's messages as read, and shows typing if that is asked for.
pub fn take(simulator: &Simulator, line: &Line, message: &Value) -> Result<(), GraphFailure> {
    let top = Object::top(message)?;
    top.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    top.one_of("status", &["read"])?;
    let wamid = top.text("message_id")?;
    let typing = top.optional_child("typing_indicator")?;
    if let Some(typing) = typing {
        typing.only(&["type"])?;
        typing.one_of("type", &["text"])?;
    }
    let now = clock::now();
    let chat = simulator
        .lock()
        .world
        .mark_read(&line.phone_number_id, wamid, now);
    let Some(chat) = chat else {
        return Err(GraphFailure::invalid("message_id is not valid"));
    };
    simulator.tell("read", Some(chat.clone()));
    if typing.is_some() {
        simulator.tell("typing", Some(chat));
    }
    Ok(())
}
