//! The calls of one check, and what their answers come to.

use control::{
    channel::Channel,
    line_state::{Cause, LineFacts, PauseCode, Told},
};
use crypto::SecretString;
use serde_json::{Value, json};
use whatsapp::{
    client::{Access, Client, NumberIssue, NumberState, ReadError, TokenState},
    error::ErrorClass,
};

use super::{
    cause::{cause_of, refusal, words_or_status},
    verdict::Answer,
    words::{MANAGEMENT, MESSAGING},
};
use crate::{Engine, spool::chain};

/// What a call that failed says about the line.
enum Failure {
    /// Nothing: another time it may go well.
    Passing(String),
    /// Meta will say the same again.
    Lasting(Cause),
}

impl Engine {
    pub(super) async fn ask(&self, channel: &Channel, token: &SecretString) -> Answer {
        match self.app_secret(channel).await {
            Ok(secret) => ask(&self.0.parts.graph, secret.as_ref(), channel, token).await,
            Err(error) => Answer {
                told: Told::Nothing(chain(&error)),
                dead: None,
            },
        }
    }
}

/// Asks Meta for all that is to be known of a line. One call that failed for now makes the
/// whole check tell nothing: half a report would read like a whole one.
pub(super) async fn ask(
    graph: &Client,
    secret: Option<&SecretString>,
    channel: &Channel,
    token: &SecretString,
) -> Answer {
    match ask_all(graph, secret, channel, token).await {
        Ok(answer) => answer,
        Err(why) => Answer {
            told: Told::Nothing(why),
            dead: None,
        },
    }
}

async fn ask_all(
    graph: &Client,
    secret: Option<&SecretString>,
    channel: &Channel,
    token: &SecretString,
) -> Result<Answer, String> {
    let mut access = Access {
        token,
        app_secret: secret,
    };
    let mut described = graph.debug_token(access).await;
    let refuses_proof = described.as_ref().is_err_and(ReadError::refuses_proof);
    let has_proof = access.app_secret.is_some();
    if refuses_proof {
        access.app_secret = None;
        described = graph.debug_token(access).await;
    }
    let described = settled(described, token)?;
    let number = settled(graph.number(&channel.phone_number_id, access).await, token)?;
    if let Some(cause) = dead(&described, &number) {
        return Ok(dead_line(cause));
    }
    let state = described.ok().filter(|state| state.is_valid);
    let app_id = state.as_ref().and_then(|state| state.app_id.clone());
    let waba_id = channel.waba_id.as_deref();
    let is_subscribed = match waba_id {
        None => None,
        Some(waba_id) => {
            let apps = settled(graph.subscribed_apps(waba_id, access).await, token)?.ok();
            let ours = |id: &Option<String>| app_id.is_none() || *id == app_id;
            apps.map(|apps| apps.iter().any(|app| ours(&app.id)))
        }
    };
    let facts = LineFacts {
        app_secret_fits: (has_proof && state.is_some()).then_some(!refuses_proof),
        is_subscribed,
        ..facts(state, number, waba_id)
    };
    Ok(Answer {
        told: Told::Facts(Box::new(facts)),
        dead: None,
    })
}

/// The answer, or a refusal that stays; an error only where another time may tell more.
fn settled<T>(answer: Result<T, ReadError>, token: &SecretString) -> Result<Result<T, Cause>, String> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => match failure(&error, token) {
            Failure::Passing(why) => Err(why),
            Failure::Lasting(cause) => Ok(Err(cause)),
        },
    }
}

fn failure(error: &ReadError, token: &SecretString) -> Failure {
    let Some(refused) = refusal(error) else {
        return match error {
            ReadError::Token => Failure::Lasting(Cause {
                code: PauseCode::TokenInvalid,
                meta_code: None,
                message: Some(error.to_string()),
            }),
            error => Failure::Passing(error.to_string()),
        };
    };
    // A page that is no answer of the Graph API's says nothing about a line.
    match (refused.code, refused.class()) {
        (Some(_), ErrorClass::PauseLine | ErrorClass::Permanent) => {
            Failure::Lasting(cause_of(refused, Some(token)))
        }
        _ => Failure::Passing(words_or_status(refused, Some(token))),
    }
}

/// Why the token is dead: only when both calls say so. Either alone has been wrong before.
fn dead(described: &Result<TokenState, Cause>, number: &Result<NumberState, Cause>) -> Option<Cause> {
    let refused = |cause: &Cause| (cause.code == PauseCode::TokenInvalid).then(|| cause.clone());
    let of_number = refused(number.as_ref().err()?)?;
    match described {
        Ok(state) if state.is_valid => None,
        Ok(state) => Some(Cause {
            code: PauseCode::TokenInvalid,
            meta_code: state.error_code.or(of_number.meta_code),
            message: of_number.message,
        }),
        Err(cause) => refused(cause),
    }
}

fn dead_line(cause: Cause) -> Answer {
    let facts = LineFacts {
        token_valid: Some(false),
        token_error: cause.message.clone(),
        issues: json!([]),
        ..LineFacts::default()
    };
    Answer {
        told: Told::Facts(Box::new(facts)),
        dead: Some(cause),
    }
}

fn facts(state: Option<TokenState>, number: Result<NumberState, Cause>, waba_id: Option<&str>) -> LineFacts {
    // Whoever may read the number has a token that works, whatever else is said of it.
    let token_valid = (state.is_some() || number.is_ok()).then_some(true);
    let (number, number_error) = match number {
        Ok(number) => (number, None),
        Err(cause) => (
            NumberState::default(),
            Some(cause.message.unwrap_or_else(|| cause.code.as_str().to_owned())),
        ),
    };
    let state = state.unwrap_or_default();
    let missing = [MESSAGING, MANAGEMENT]
        .into_iter()
        .filter(|scope| !state.scopes.is_empty() && !state.permits(scope, waba_id));
    LineFacts {
        token_valid,
        token_error: None,
        token_expires_at: state.expires_at,
        app_id: state.app_id.clone(),
        missing_scopes: missing.map(str::to_owned).collect(),
        scopes: state.scopes.into_iter().map(|scope| scope.name).collect(),
        app_secret_fits: None,
        is_subscribed: None,
        number_error,
        number_status: number.status,
        quality: number.quality,
        messaging_limit: number.messaging_limit,
        throughput: number.throughput,
        on_business_app: number.on_business_app,
        verified_name: number.verified_name,
        name_status: number.name_status,
        can_send: number.can_send,
        issues: number.issues.iter().map(issue).collect(),
    }
}

/// As it is kept; [`report`](super::report) reads it back.
fn issue(issue: &NumberIssue) -> Value {
    json!({
        "entity": issue.entity,
        "can_send": issue.can_send,
        "code": issue.code,
        "description": issue.description,
        "solution": issue.solution,
    })
}
