//! `channel add`

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use control::{
    Actor,
    channel::{Channel, Channels, CreateChannelError, NewChannel, create_channel},
    tenant::Tenant,
};
use crypto::SecretString;
use serde_json::json;

use super::attach_tenant::summary;
use crate::{
    args::{AddChannel, Global},
    outcome::{Failure, Report},
    platform::{Platform, given},
};

pub(crate) async fn run(global: &Global, args: AddChannel, now: DateTime<Utc>) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let tenant = platform.tenant(&args.tenant).await?;
    let phone_number_id = args.phone_number_id.trim().to_owned();
    let secret = |secret: &Option<SecretString>| given(secret.as_ref()).cloned();
    let name = args.display_name.or_else(|| args.display_phone_number.clone());
    let wanted = NewChannel {
        display_name: name.unwrap_or_else(|| phone_number_id.clone()),
        phone_number_id: phone_number_id.clone(),
        waba_id: args.waba_id,
        display_phone_number: args.display_phone_number,
        verify_token: secret(&args.verify_token),
        wa_token: secret(&args.wa_token),
        app_secret: secret(&args.app_secret),
        app_id: None,
        is_active: true,
        is_default: args.is_default,
    };
    let mut conn = platform.db.conn().await?;
    let actor = Actor::command_line();
    let created = create_channel(&mut conn, &platform.keyring, tenant.id, wanted, &actor, now).await;
    match created {
        Ok(channel) => Ok(report(&tenant, &channel, true)),
        Err(CreateChannelError::PhoneNumberIdTaken) => {
            let found = Channels::new(&mut conn)
                .find_by_phone_number_id(&phone_number_id)
                .await?;
            match found {
                Some(channel) if channel.tenant_id == tenant.id => Ok(report(&tenant, &channel, false)),
                _ => Err(anyhow!("the line {phone_number_id} is registered for another tenant").into()),
            }
        }
        Err(CreateChannelError::Invalid(field)) => Err(Failure::Usage(format!(
            "--{}: {field}",
            field.field().replace('_', "-")
        ))),
        Err(error) => Err(error.into()),
    }
}

fn report(tenant: &Tenant, channel: &Channel, created: bool) -> Report {
    let (id, slug) = (&channel.phone_number_id, &tenant.slug);
    let line = if created {
        format!("The line {id} was registered for {slug}.")
    } else {
        format!("The line {id} is registered for {slug} already; change it in the panel.")
    };
    let mut report = Report::done(
        line,
        json!({
            "tenant": summary(tenant),
            "created": created,
            "channel": {
                "id": channel.id,
                "phone_number_id": channel.phone_number_id,
                "waba_id": channel.waba_id,
                "display_name": channel.display_name,
                "display_phone_number": channel.display_phone_number,
                "is_active": channel.is_active,
                "is_default": channel.is_default,
                "has_token": channel.has_token(),
                "has_app_secret": channel.has_app_secret(),
                "has_verify_token": channel.has_verify_token(),
            },
        }),
    );
    if !channel.has_token() {
        report = report.and("It has no access token: it takes messages in, and sends none until it has one.");
    }
    if !channel.has_app_secret() {
        report = report.and("It has no app secret of its own: its webhooks are checked with WHATSAPP_APP_SECRET, if that is set.");
    }
    report
}
