//! Sample data, made the honest way: customers write through the simulator, people work through the API.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::http::Http;
use crate::plan::{PASSWORD, SUPERADMIN, TENANTS, Talk, Tenant};

/// How long messages may take from the simulator into the inbox.
const DELIVERY: Duration = Duration::from_mins(1);

/// The other users of each tenant, by its admin, and its branding, by the platform.
pub(crate) async fn people_and_branding(api: &str, registered: &[Value]) -> anyhow::Result<Value> {
    let http = Http::new(api)?;
    let platform = http.log_in(SUPERADMIN.0, PASSWORD).await?;
    for (tenant, registered) in TENANTS.iter().zip(registered) {
        let (admin, others) = tenant.users.split_first().context("the plan names an admin")?;
        let admin = http.log_in(admin.email, PASSWORD).await?;
        // A first run that was interrupted may have come this far already.
        let known = admin.get("/api/users?limit=200").await?.to_string();
        for user in others.iter().filter(|user| !known.contains(user.email)) {
            let body =
                json!({ "name": user.name, "email": user.email, "role": user.role, "password": PASSWORD });
            admin.post("/api/users", &body).await?;
        }
        let id = registered
            .get("id")
            .and_then(Value::as_str)
            .context("a registered tenant has an id")?;
        let branding = json!({
            "brand_name": tenant.name,
            "color_primary": tenant.brand.primary,
            "color_accent": tenant.brand.accent,
            "timezone": tenant.brand.timezone,
        });
        platform
            .put(&format!("/api/superadmin/tenants/{id}/branding"), &branding)
            .await?;
    }
    Ok(Value::Bool(true))
}

/// Templates of each line, and conversations of each tenant, some of them answered.
pub(crate) async fn conversations(api: &str, simulator: &str) -> anyhow::Result<Value> {
    let simulator = Http::new(simulator)?;
    for tenant in &TENANTS {
        for line in tenant.lines {
            let samples = json!({ "waba_id": line.waba_id, "samples": true });
            simulator.post("/simulator/templates", &samples).await?;
        }
        for talk in tenant.talks {
            let line = tenant
                .lines
                .get(talk.line)
                .context("a talk names one of its tenant's lines")?;
            for text in talk.texts {
                let body = json!({
                    "phone_number_id": line.phone_number_id,
                    "from": talk.from,
                    "name": talk.name,
                    "text": text,
                });
                simulator.post("/simulator/inbound", &body).await?;
            }
        }
    }
    let http = Http::new(api)?;
    for tenant in &TENANTS {
        let agent = tenant
            .users
            .iter()
            .find(|user| user.role == "recepcion")
            .context("the plan names an agent")?;
        let agent = http.log_in(agent.email, PASSWORD).await?;
        answer(&agent, tenant).await?;
    }
    Ok(Value::Bool(true))
}

/// What the agent does about each conversation, once all are in the inbox.
async fn answer(agent: &Http, tenant: &Tenant) -> anyhow::Result<()> {
    let arrived = timeout(DELIVERY, inbox(agent, tenant.talks.len())).await;
    let Ok(inbox) = arrived else {
        bail!(
            "the sample messages of {} did not reach its inbox within {} s",
            tenant.name,
            DELIVERY.as_secs()
        );
    };
    let inbox = inbox?;
    for talk in tenant.talks {
        let line = tenant
            .lines
            .get(talk.line)
            .context("a talk names one of its tenant's lines")?;
        let found = inbox
            .iter()
            .find(|conversation| is_about(conversation, talk, line.phone_number_id));
        let id = found.and_then(|found| found.get("id")).and_then(Value::as_str);
        let id = id.with_context(|| format!("the conversation with {} is not in the inbox", talk.name))?;
        let path = format!("/api/conversations/{id}");
        if !talk.tags.is_empty() {
            agent
                .put(&format!("{path}/tags"), &json!({ "tags": talk.tags }))
                .await?;
        }
        if let Some(note) = talk.note {
            agent
                .post(&format!("{path}/notes"), &json!({ "body": note }))
                .await?;
        }
        if let Some(text) = talk.answer {
            agent.post(&format!("{path}/read"), &json!({})).await?;
            agent
                .post(
                    &format!("{path}/messages"),
                    &json!({ "type": "text", "text": { "body": text } }),
                )
                .await?;
        }
    }
    Ok(())
}

/// The inbox, once it has at least `expected` conversations.
async fn inbox(agent: &Http, expected: usize) -> anyhow::Result<Vec<Value>> {
    loop {
        let page = agent.get("/api/conversations?limit=200").await?;
        let items = page
            .get("items")
            .and_then(Value::as_array)
            .context("a list has items")?;
        if items.len() >= expected {
            return Ok(items.clone());
        }
        sleep(Duration::from_millis(200)).await;
    }
}

fn is_about(conversation: &Value, talk: &Talk, phone_number_id: &str) -> bool {
    let text = |pointer: &str| {
        conversation
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let digits: String = text("/contact/phone")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    text("/channel/phone_number_id") == phone_number_id
        && (digits == talk.from || text("/contact/user_key") == talk.from)
}
