//! The steps that concern lines. Pure: what is known goes in. Only active lines count.

use chrono::{DateTime, Utc};
use control::{
    channel::Channel,
    line_state::{KnownLine, LineState},
    meta_app::MetaApp,
    traffic::LineTraffic,
};

use super::{Step, StepState};

/// What is known of a tenant's active lines.
pub(super) struct Lines {
    pub(super) known: Vec<KnownLine>,
    /// The apps that they are bound to.
    pub(super) apps: Vec<MetaApp>,
    pub(super) traffic: Vec<LineTraffic>,
    /// When Meta last checked the common callback URL.
    pub(super) common_handshake: Option<DateTime<Utc>>,
    /// Whether the platform's own secret signs for lines without one.
    pub(super) platform_signs: bool,
}

impl Lines {
    pub(super) fn steps(&self) -> [Step; 7] {
        [
            Step::new("line", StepState::done_if(!self.known.is_empty()), "add_line"),
            self.step("token", "check_line", |_, channel, state| token(channel, state)),
            self.step("app_secret", "set_app_secret", Self::app_secret),
            self.step("handshake", "verify_webhook", Self::handshake),
            self.step("subscribed", "subscribe", |_, _, state| {
                state.map_or(StepState::Unknown, |state| {
                    told(state.facts.is_subscribed, StepState::Todo)
                })
            }),
            self.ever("first_message", "write_to_line", |line| line.message_at),
            self.ever("first_reply", "reply", |line| line.delivered_at),
        ]
    }

    /// A step that every line has to pass: it is as far as the line that is the least far, and
    /// names it.
    fn step(
        &self,
        code: &'static str,
        action: &'static str,
        of: fn(&Self, &Channel, Option<&LineState>) -> StepState,
    ) -> Step {
        let states = self
            .known
            .iter()
            .map(|(channel, state)| (of(self, channel, state.as_ref()), channel));
        let worst = states.min_by_key(|(state, _)| match state {
            StepState::Todo => 0,
            StepState::Warning => 1,
            StepState::Unknown => 2,
            StepState::Done => 3,
        });
        let (state, channel) =
            worst.map_or((StepState::Todo, None), |(state, channel)| (state, Some(channel)));
        let named = channel.filter(|_| state != StepState::Done);
        Step::new(code, state, action).about(named.map(|channel| channel.display_name.clone()))
    }

    /// A step that is done once something came in on any line.
    fn ever(
        &self,
        code: &'static str,
        action: &'static str,
        at: fn(&LineTraffic) -> Option<DateTime<Utc>>,
    ) -> Step {
        let came = self.traffic.iter().any(|line| at(line).is_some());
        Step::new(code, StepState::done_if(came), action)
    }

    fn app_secret(&self, channel: &Channel, state: Option<&LineState>) -> StepState {
        let signs = channel.has_app_secret()
            || match self.app_of(channel) {
                Some(app) => app.has_app_secret(),
                None => self.platform_signs,
            };
        let is_wrong = state.is_some_and(|state| state.facts.app_secret_fits == Some(false));
        match (signs, is_wrong) {
            (false, _) => StepState::Todo,
            (true, true) => StepState::Warning,
            (true, false) => StepState::Done,
        }
    }

    /// Meta sends nothing before it has checked the callback URL, so whatever came shows it too.
    fn handshake(&self, channel: &Channel, _state: Option<&LineState>) -> StepState {
        let seen = self.traffic.iter().find(|line| line.channel_id == channel.id);
        let knocked = match self.app_of(channel) {
            Some(app) => app.handshake_at,
            None => seen.and_then(|line| line.handshake_at).or(self.common_handshake),
        };
        let came = seen.and_then(|line| line.webhook_at);
        StepState::done_if(knocked.or(came).is_some())
    }

    fn app_of(&self, channel: &Channel) -> Option<&MetaApp> {
        self.apps.iter().find(|app| Some(app.id) == channel.app_id)
    }
}

fn token(channel: &Channel, state: Option<&LineState>) -> StepState {
    match state {
        _ if !channel.has_token() => StepState::Todo,
        Some(state) if state.pause().is_some() || !state.facts.missing_scopes.is_empty() => {
            StepState::Warning
        }
        Some(state) => told(state.facts.token_valid, StepState::Warning),
        None => StepState::Unknown,
    }
}

/// What Meta told of something that has to be so.
fn told(is_so: Option<bool>, otherwise: StepState) -> StepState {
    match is_so {
        Some(true) => StepState::Done,
        Some(false) => otherwise,
        None => StepState::Unknown,
    }
}
