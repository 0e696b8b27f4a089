//! Who may use what: the token of a line opens its account.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};

use super::failure::GraphFailure;
use crate::{config::Line, world::World};

/// The accounts that a request's token opens.
pub struct Access {
    token: String,
}

impl Access {
    /// The request's token, if any line has it.
    pub fn of(request: &HttpRequest, world: &World) -> Result<Self, GraphFailure> {
        let header = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) else {
            let message = "An active access token must be used to query information about the current user.";
            return Err(GraphFailure::token(message, None));
        };
        let access = Self {
            token: token.trim().to_owned(),
        };
        if world.lines.values().any(|line| line.token == access.token) {
            Ok(access)
        } else {
            let message =
                "Error validating access token: The session is invalid because the user logged out.";
            Err(GraphFailure::token(message, Some(467)))
        }
    }

    /// The lines that the token opens: all of an account as soon as it opens one of them.
    pub fn lines<'w>(&self, world: &'w World) -> impl Iterator<Item = &'w Line> {
        let opens = |waba_id: &str| {
            world
                .lines
                .values()
                .any(|line| line.waba_id == waba_id && line.token == self.token)
        };
        world.lines.values().filter(move |line| opens(&line.waba_id))
    }

    /// One of them.
    pub fn line<'w>(&self, world: &'w World, id: &str, method: &str) -> Result<&'w Line, GraphFailure> {
        let line = self.lines(world).find(|line| line.phone_number_id == id);
        line.ok_or_else(|| GraphFailure::unknown_object(id, method))
    }
}
