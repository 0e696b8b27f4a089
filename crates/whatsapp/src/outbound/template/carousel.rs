//! The cards of a carousel template. Meta's page
//! `templates/marketing-templates/media-card-carousel-templates`.

use std::collections::HashSet;

use super::{
    super::{
        interactive::check_index,
        limits,
        problem::{Pointer, Problems, code},
        shape::{Choice, object, tagged},
    },
    Button, ButtonSubType, ParameterValue, Parameters,
    parameter::{check_body, check_header},
};

object! {
    /// Two to ten cards, alike.
    pub struct TemplateCards {
        /// The cards, from left to right.
        pub cards: Vec<TemplateCard>,
    }
}

object! {
    /// One card.
    pub struct TemplateCard {
        /// Its place, from 0.
        pub card_index: i64,
        /// Its parts.
        pub components: Vec<CardComponent>,
    }
}

tagged! {
    /// A part of a card.
    pub enum CardComponent {
        /// A picture, a film or a product; sent also where it never changes.
        Header(Parameters) = "header",
        /// The words.
        Body(Parameters) = "body",
        /// One button.
        Button(Button) = "button",
    }
}

impl TemplateCards {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.count(self.cards.len(), &(limits::MIN_CARDS..=limits::CARDS), at);
        for (index, card) in self.cards.iter().enumerate() {
            let at = at.index(index);
            check_index(card.card_index, index, &at, problems);
            let components = at.name("components");
            card.check(&components, problems);
            if let Some(first) = self.cards.first().filter(|_| index > 0) {
                let alike = card.layout() == first.layout();
                problems.unless(
                    alike,
                    &components,
                    code::CONFLICT,
                    "all cards must have the same kind of header and the same buttons",
                );
            }
        }
    }
}

impl TemplateCard {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let (mut kinds, mut buttons) = (HashSet::new(), HashSet::new());
        for (index, component) in self.components.iter().enumerate() {
            let at = at.index(index);
            if let CardComponent::Button(button) = component {
                button.check(&mut buttons, &at, problems);
                continue;
            }
            problems.unique(component.kind(), &mut kinds, &at.name("type"));
            component.check(&at.name("parameters"), problems);
        }
        problems.unless(
            kinds.contains("header"),
            at,
            code::MISSING,
            "a card needs its header, also where it never changes",
        );
    }

    /// What has to be the same on all cards.
    fn layout(&self) -> (Vec<&'static str>, Vec<ButtonSubType>) {
        let mut headers = Vec::new();
        let mut buttons = Vec::new();
        for component in &self.components {
            match component {
                CardComponent::Header(header) => {
                    headers.extend(header.parameters.iter().map(|parameter| parameter.value.kind()));
                }
                CardComponent::Button(button) => buttons.push(button.sub_type),
                CardComponent::Body(_) => {}
            }
        }
        (headers, buttons)
    }
}

impl CardComponent {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        match self {
            Self::Header(header) => {
                check_header(&header.parameters, at, problems);
                for (index, parameter) in header.parameters.iter().enumerate() {
                    let shows = matches!(
                        parameter.value,
                        ParameterValue::Image(_) | ParameterValue::Video(_) | ParameterValue::Product(_)
                    );
                    problems.unless(
                        shows,
                        &at.index(index).name("type"),
                        code::UNSUPPORTED,
                        "the header of a card is an image, a video or a product",
                    );
                }
            }
            Self::Body(body) => check_body(&body.parameters, at, problems),
            Self::Button(_) => {}
        }
    }
}
