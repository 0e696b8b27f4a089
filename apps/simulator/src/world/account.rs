//! What Meta knows of lines, tokens and accounts beside the messages.

use super::{Callback, World, line_state::LineState, token::TokenState};

/// An app that hears of an account.
#[derive(Clone, Default)]
pub struct Subscription {
    /// Where the account's webhooks go instead of the app's URL.
    pub callback: Option<Callback>,
}

impl World {
    /// How a line stands.
    pub fn state(&self, phone_number_id: &str) -> LineState {
        self.states.get(phone_number_id).cloned().unwrap_or_default()
    }

    /// Sets how a line stands.
    pub fn set_state(&mut self, phone_number_id: &str, state: LineState) {
        self.states.insert(phone_number_id.to_owned(), state);
    }

    /// What a token is worth.
    pub fn token(&self, token: &str) -> TokenState {
        self.tokens.get(token).cloned().unwrap_or_default()
    }

    /// Sets what a token is worth.
    pub fn set_token(&mut self, token: &str, state: TokenState) {
        self.tokens.insert(token.to_owned(), state);
    }

    /// Whether the app hears of an account, and where. It does unless somebody ended it.
    pub fn subscription(&self, waba_id: &str) -> Option<Subscription> {
        let callback = self.overrides.get(waba_id).cloned();
        (!self.unsubscribed.contains(waba_id)).then_some(Subscription { callback })
    }

    /// Lets the app hear of an account, at the app's URL or at one of the account's own.
    pub fn subscribe(&mut self, waba_id: &str, callback: Option<Callback>) {
        self.unsubscribed.remove(waba_id);
        match callback {
            Some(callback) => self.overrides.insert(waba_id.to_owned(), callback),
            None => self.overrides.remove(waba_id),
        };
    }

    /// Lets the app hear no more of an account.
    pub fn unsubscribe(&mut self, waba_id: &str) {
        self.unsubscribed.insert(waba_id.to_owned());
        self.overrides.remove(waba_id);
    }

    /// Where the webhooks of an account go, or those of nobody in particular.
    pub fn callback_of(&self, waba_id: Option<&str>) -> Option<&Callback> {
        let Some(waba_id) = waba_id else {
            return self.callback.as_ref();
        };
        if self.unsubscribed.contains(waba_id) {
            return None;
        }
        self.overrides.get(waba_id).or(self.callback.as_ref())
    }
}
