//! Templates: what Meta has approved, with its gaps filled in. Meta's pages `templates/*`.

mod button;
mod carousel;
mod parameter;

use std::collections::HashSet;

use self::parameter::{check_body, check_header, check_offer};
pub use self::{
    button::{Button, ButtonAction, ButtonIndex, ButtonParameter, ButtonSubType},
    carousel::{CardComponent, TemplateCard, TemplateCards},
    parameter::{
        Currency, DateTime, LimitedTimeOffer, OfferParameter, OrderStatusParameter, Parameter,
        ParameterValue, TapTarget, TapTargetParameter,
    },
};
use super::{
    check::is_snake,
    limits,
    problem::{Pointer, Problems, code},
    shape::{object, tagged, words},
};

object! {
    /// A template and what fills its gaps.
    pub struct Template {
        /// `[a-z0-9_]`, at most 512 characters.
        pub name: String,
        /// Which of its translations.
        pub language: Language,
        /// Absent for a template without gaps.
        pub components: Option<Vec<Component>>,
    }
}

object! {
    /// The language of a template.
    pub struct Language {
        /// Such as `es` or `en_US`.
        pub code: String,
        /// From older days; says what is so anyway.
        pub policy: Option<LanguagePolicy>,
    }
}

words! {
    /// How the language is chosen.
    pub enum LanguagePolicy {
        /// The one that is named.
        Deterministic = "deterministic",
    }
}

tagged! {
    /// A part of a template that has gaps.
    pub enum Component {
        /// Above the words: a text with one gap, or a file.
        Header(Parameters) = "header",
        /// The words.
        Body(Parameters) = "body",
        /// One button.
        Button(Button) = "button",
        /// Cards beside each other.
        Carousel(TemplateCards) = "carousel",
        /// Until when an offer holds.
        LimitedTimeOffer(OfferParameters) = "limited_time_offer",
        /// How far an order is.
        OrderStatus(OrderStatusParameters) = "order_status",
        /// Where a tap on the message leads.
        TapTarget(TapTargetParameters) = "tap_target_configuration",
    }
}

object! {
    /// What fills the gaps of a header or a body.
    pub struct Parameters {
        /// By position, or each with its name.
        pub parameters: Vec<Parameter>,
    }
}

object! {
    /// The gap of an offer.
    pub struct OfferParameters {
        /// Exactly one.
        pub parameters: Vec<OfferParameter>,
    }
}

object! {
    /// The gap of an order's state.
    pub struct OrderStatusParameters {
        /// Exactly one.
        pub parameters: Vec<OrderStatusParameter>,
    }
}

object! {
    /// Where a tap leads.
    pub struct TapTargetParameters {
        /// Exactly one.
        pub parameters: Vec<TapTargetParameter>,
    }
}

impl Template {
    /// A template without gaps.
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: Language {
                code: language.into(),
                policy: None,
            },
            components: None,
        }
    }

    /// An authentication template: the code goes into the words and into the button. Check the
    /// message with [`Template::validate_authentication`] as well.
    pub fn authentication(name: impl Into<String>, language: impl Into<String>, code: &str) -> Self {
        let words = Parameters {
            parameters: vec![Parameter::text(code)],
        };
        let button = Button {
            sub_type: ButtonSubType::Url,
            index: ButtonIndex::Text("0".to_owned()),
            parameters: Some(vec![ButtonParameter::Text(code.to_owned())]),
        };
        Self {
            components: Some(vec![Component::Body(words), Component::Button(button)]),
            ..Self::new(name, language)
        }
    }

    /// Checks what holds for authentication templates only. A message does not say its template's
    /// category: whoever knows it asks. The pointers are those of the whole message.
    pub fn validate_authentication(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let root = Pointer::Root;
        let at = root.name("template");
        let at = at.name("components");
        let components = self.components.as_deref().unwrap_or_default();
        let mut codes = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let at = at.index(index);
            let at = at.name("parameters");
            let at = at.index(0);
            let at = at.name("text");
            let code = match component {
                Component::Body(words) => words.parameters.first().and_then(Parameter::as_text),
                Component::Button(button) => button.text(),
                _ => None,
            };
            if let Some(code) = code {
                problems.at_most(code, limits::AUTHENTICATION_CODE_CHARS, &at);
                codes.push(code);
            }
        }
        let twice = matches!(codes.as_slice(), [words, button] if words == button);
        problems.unless(
            twice,
            &at,
            code::CONFLICT,
            "give the code twice: to the body and to the button of sub_type url",
        );
        problems.or(())
    }

    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let name = at.name("name");
        problems.text(&self.name, limits::TEMPLATE_NAME_CHARS, &name);
        let is_name = self.name.is_empty() || is_snake(&self.name);
        problems.unless(
            is_name,
            &name,
            code::WRONG_FORMAT,
            "must have lower-case letters, digits and _ only",
        );
        let language = at.name("language");
        problems.unless(
            is_language(&self.language.code),
            &language.name("code"),
            code::WRONG_FORMAT,
            "must be a language like es or en_US",
        );
        let at = at.name("components");
        let components = self.components.as_deref().unwrap_or_default();
        check_components(components, &at, problems);
    }
}

/// Checks the components of a template: each once, but buttons by index.
fn check_components(components: &[Component], at: &Pointer<'_>, problems: &mut Problems) {
    use super::shape::Choice;
    let (mut kinds, mut buttons) = (HashSet::new(), HashSet::new());
    for (index, component) in components.iter().enumerate() {
        let at = at.index(index);
        if let Component::Button(button) = component {
            button.check(&mut buttons, &at, problems);
            continue;
        }
        problems.unique(component.kind(), &mut kinds, &at.name("type"));
        let at = at.name(if matches!(component, Component::Carousel(_)) {
            "cards"
        } else {
            "parameters"
        });
        match component {
            Component::Header(header) => check_header(&header.parameters, &at, problems),
            Component::Body(body) => check_body(&body.parameters, &at, problems),
            Component::Carousel(cards) => cards.check(&at, problems),
            Component::LimitedTimeOffer(offer) => check_offer(&offer.parameters, &at, problems),
            Component::OrderStatus(status) => status.check(&at, problems),
            Component::TapTarget(target) => target.check(&at, problems),
            Component::Button(_) => {}
        }
    }
}

/// `es`, `fil`, `en_US`, `zh_CN`; Meta's own pages write `en-US` as well.
fn is_language(code: &str) -> bool {
    let (language, region) = code.split_once(['_', '-']).unwrap_or((code, "US"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|byte| byte.is_ascii_uppercase())
}
