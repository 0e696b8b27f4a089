//! Which of Meta's rules about the world hold here: all of them, until somebody lifts one.

use serde::{Deserialize, Serialize};

/// How strict the simulator is about templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateRule {
    /// Accounts that have templates send those; others send whatever has the shape of one.
    Declared,
    /// Every account sends the templates it has.
    Always,
    /// Everybody sends whatever has the shape of one.
    Never,
}

/// The rules.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that are thrown one by one"
)]
pub struct Rules {
    /// Free-form messages fail after 24 hours (131047).
    pub window: bool,
    /// One message per six seconds to one person, 45 ahead of that (131056).
    pub pair: bool,
    /// So many messages per second and line, in both directions (130429).
    pub throughput: bool,
    /// How many; what the line's level says when absent.
    pub messages_per_second: Option<u32>,
    /// Files have to exist, to be the line's, and to be what they are sent as (131053).
    pub media: bool,
    /// Reactions have to be to a message of the chat (131009).
    pub reactions: bool,
    /// Templates.
    pub templates: TemplateRule,
}

/// A change of the rules: what is absent stays as it is.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulesChange {
    window: Option<bool>,
    pair: Option<bool>,
    throughput: Option<bool>,
    /// 0 is what the line's level says.
    messages_per_second: Option<u32>,
    media: Option<bool>,
    reactions: Option<bool>,
    templates: Option<TemplateRule>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: true,
            pair: true,
            throughput: true,
            messages_per_second: None,
            media: true,
            reactions: true,
            templates: TemplateRule::Declared,
        }
    }
}

impl Rules {
    /// Applies a change.
    pub fn apply(&mut self, change: &RulesChange) {
        self.window = change.window.unwrap_or(self.window);
        self.pair = change.pair.unwrap_or(self.pair);
        self.throughput = change.throughput.unwrap_or(self.throughput);
        if let Some(limit) = change.messages_per_second {
            self.messages_per_second = (limit > 0).then_some(limit);
        }
        self.media = change.media.unwrap_or(self.media);
        self.reactions = change.reactions.unwrap_or(self.reactions);
        self.templates = change.templates.unwrap_or(self.templates);
    }
}
