//! Flows: forms inside the chat. Meta's page `flows/guides/sendingaflow`.

use super::super::{
    check::has_emoji,
    limits,
    problem::{Pointer, Problems, code},
    shape::{Object, object, words},
};

words! {
    /// What opens the form.
    pub enum FlowAction {
        /// A screen that the message names.
        Navigate = "navigate",
        /// The screen that the form's endpoint answers with.
        DataExchange = "data_exchange",
    }
}

words! {
    /// Which state of the form is sent.
    pub enum FlowMode {
        /// Not published yet: to try it out.
        Draft = "draft",
        /// As published.
        Published = "published",
    }
}

object! {
    /// A form on a button.
    pub struct Flow {
        /// `3`.
        pub flow_message_version: String,
        /// The form's id; or its name.
        pub flow_id: Option<String>,
        /// The form's name; or its id.
        pub flow_name: Option<String>,
        /// What the answer repeats.
        pub flow_token: Option<String>,
        /// The button's words, at most 20 characters, no emoji.
        pub flow_cta: String,
        /// What opens it; absent is `navigate`.
        pub flow_action: Option<FlowAction>,
        /// Where it opens, and with what.
        pub flow_action_payload: Option<FlowPayload>,
        /// Absent is `published`.
        pub mode: Option<FlowMode>,
    }
}

object! {
    /// Where a form opens.
    pub struct FlowPayload {
        /// The screen's id.
        pub screen: Option<String>,
        /// What the screen is given: the form says what.
        pub data: Option<Object>,
    }
}

impl Flow {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let is_3 = self.flow_message_version == "3";
        problems.unless(
            is_3,
            &at.name("flow_message_version"),
            code::UNSUPPORTED,
            "must be 3",
        );
        match (&self.flow_id, &self.flow_name) {
            (Some(_), Some(_)) => problems.add(
                &at.name("flow_name"),
                code::CONFLICT,
                "give either flow_id or flow_name",
            ),
            (None, None) => problems.add(
                &at.name("flow_id"),
                code::MISSING,
                "give either flow_id or flow_name",
            ),
            _ => {}
        }
        for (name, text) in [
            ("flow_id", &self.flow_id),
            ("flow_name", &self.flow_name),
            ("flow_token", &self.flow_token),
        ] {
            problems.optional_text(text.as_deref(), usize::MAX, &at.name(name));
        }
        let cta = at.name("flow_cta");
        problems.text(&self.flow_cta, limits::FLOW_CTA_CHARS, &cta);
        let plain = !has_emoji(&self.flow_cta);
        problems.unless(plain, &cta, code::UNSUPPORTED, "must not hold an emoji");
        self.check_payload(&at.name("flow_action_payload"), problems);
    }

    fn check_payload(&self, at: &Pointer<'_>, problems: &mut Problems) {
        match (self.flow_action, &self.flow_action_payload) {
            (Some(FlowAction::DataExchange), Some(_)) => problems.add(
                at,
                code::CONFLICT,
                "with data_exchange the flow's endpoint says where it opens: leave it out",
            ),
            (Some(FlowAction::Navigate), None) => problems.add(
                &at.name("screen"),
                code::MISSING,
                "navigate needs the screen where the flow opens",
            ),
            (_, Some(payload)) => match &payload.screen {
                Some(screen) => problems.filled(screen, &at.name("screen")),
                None => problems.add(
                    &at.name("screen"),
                    code::MISSING,
                    "navigate needs the screen where the flow opens",
                ),
            },
            (_, None) => {}
        }
        if let Some(data) = self
            .flow_action_payload
            .as_ref()
            .and_then(|payload| payload.data.as_ref())
        {
            let filled = !data.is_empty();
            problems.unless(
                filled,
                &at.name("data"),
                code::EMPTY,
                "must not be empty: leave it out",
            );
        }
    }
}
