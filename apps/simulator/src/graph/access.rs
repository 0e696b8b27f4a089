//! Who may use what: the token of a line opens its account, as long as it is alive and for what
//! it is for.

use actix_web::{HttpRequest, http::header::AUTHORIZATION, web};
use ring::hmac;
use serde::Deserialize;

use super::failure::GraphFailure;
use crate::{clock, config::Line, world::World};

/// What a request says of its token beside the header.
#[derive(Deserialize)]
struct Proof {
    appsecret_proof: Option<String>,
}

/// The accounts that a request's token opens.
pub struct Access {
    token: String,
}

impl Access {
    /// The request's token, if any line has it and it still lives.
    pub fn of(request: &HttpRequest, world: &World) -> Result<Self, GraphFailure> {
        let header = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else {
            let message = "An active access token must be used to query information about the current user.";
            return Err(GraphFailure::token(message, None));
        };
        let token = token.trim();
        if !world.lines.values().any(|line| line.token == token) {
            return Err(GraphFailure::token("Invalid OAuth access token.", Some(467)));
        }
        if let Some(dead) = world.token(token).dead(clock::now()) {
            return Err(GraphFailure::token(dead.message(), Some(dead.subcode())));
        }
        if !proves(request, world, token) {
            let rule = "Invalid appsecret_proof provided in the API argument";
            return Err(GraphFailure::parameter(rule));
        }
        Ok(Self {
            token: token.to_owned(),
        })
    }

    /// The same, for somebody who wants to do what a scope is for.
    pub fn for_scope(request: &HttpRequest, world: &World, scope: &str) -> Result<Self, GraphFailure> {
        let access = Self::of(request, world)?;
        if world.token(&access.token).allows(scope) {
            Ok(access)
        } else {
            Err(GraphFailure::without_scope(scope))
        }
    }

    /// The lines that the token opens: all of an account as soon as it opens one of them.
    pub fn lines<'w>(&self, world: &'w World) -> impl Iterator<Item = &'w Line> {
        world
            .lines
            .values()
            .filter(|line| self.opens(world, &line.waba_id))
    }

    /// Whether the token opens an account.
    pub fn opens(&self, world: &World, waba_id: &str) -> bool {
        let mut lines = world.lines.values();
        lines.any(|line| line.waba_id == waba_id && line.token == self.token)
    }

    /// One of the lines that the token opens.
    pub fn line<'w>(&self, world: &'w World, id: &str, method: &str) -> Result<&'w Line, GraphFailure> {
        let line = world.lines.get(id);
        let line = line.filter(|line| self.opens(world, &line.waba_id));
        line.ok_or_else(|| GraphFailure::unknown_object(id, method))
    }
}

/// Whether the proof that a request carries, if it does, is one of the token's app: the token
/// signed with the app's secret (graph-api/guides/secure-requests).
fn proves(request: &HttpRequest, world: &World, token: &str) -> bool {
    let proof = web::Query::<Proof>::from_query(request.query_string()).ok();
    let Some(proof) = proof.and_then(|query| query.into_inner().appsecret_proof) else {
        return true;
    };
    let lines = world.lines.values().filter(|line| line.token == token);
    let mut secrets = lines.filter_map(|line| line.app_secret.as_deref()).peekable();
    // Of a line without a secret nobody knows the app.
    let unknown = secrets.peek().is_none();
    let expected = |secret: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hex::encode(hmac::sign(&key, token.as_bytes()))
    };
    unknown || secrets.any(|secret| expected(secret) == proof)
}
