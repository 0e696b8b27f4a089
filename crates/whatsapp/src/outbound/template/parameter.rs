//! What fills a gap of a template, except of its buttons.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    super::{
        check::is_snake,
        interactive::{OrderStatus, Product},
        limits,
        place::Location,
        plain::{Attachment, NamedAttachment},
        problem::{Pointer, Problems, code},
        shape::{Choice, Object, Shape, choice, object, object_of, read_choice, write_choice},
    },
    OrderStatusParameters, TapTargetParameters,
};

/// What fills one gap of a header or a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The gap's name, in a template whose gaps have names.
    pub name: Option<String>,
    /// What fills it.
    pub value: ParameterValue,
}

choice! {
    /// What fills a gap of a header or a body.
    pub enum ParameterValue {
        /// Words.
        Text(String) = "text",
        /// An amount of money.
        Currency(Currency) = "currency",
        /// A time.
        DateTime(DateTime) = "date_time",
        /// A picture.
        Image(Attachment) = "image",
        /// A film.
        Video(Attachment) = "video",
        /// A document.
        Document(NamedAttachment) = "document",
        /// A place.
        Location(Location) = "location",
        /// A product of a catalog.
        Product(Product) = "product",
    }
}

object! {
    /// Money, which the person's telephone writes as is usual there.
    pub struct Currency {
        /// What is shown where the telephone cannot.
        pub fallback_value: String,
        /// Three capital letters.
        pub code: String,
        /// In thousandths.
        pub amount_1000: i64,
    }
}

object! {
    /// A time, in words.
    pub struct DateTime {
        /// The words.
        pub fallback_value: String,
    }
}

choice! {
    /// The gap of an offer.
    pub enum OfferParameter {
        /// The only kind there is.
        LimitedTimeOffer(LimitedTimeOffer) = "limited_time_offer",
    }
}

object! {
    /// Until when an offer holds.
    pub struct LimitedTimeOffer {
        /// Unix time in milliseconds.
        pub expiration_time_ms: i64,
    }
}

choice! {
    /// The gap of an order's state.
    pub enum OrderStatusParameter {
        /// The only kind there is.
        OrderStatus(OrderStatus) = "order_status",
    }
}

choice! {
    /// Where a tap leads.
    pub enum TapTargetParameter {
        /// The only kind there is.
        TapTarget(Vec<TapTarget>) = "tap_target_configuration",
    }
}

object! {
    /// A link under the whole message.
    pub struct TapTarget {
        /// Where it leads.
        pub url: String,
        /// What it is called.
        pub title: String,
    }
}

impl Parameter {
    /// Words for the next gap.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            name: None,
            value: ParameterValue::Text(text.into()),
        }
    }

    /// Words for the gap called `name`.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::text(text)
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            ParameterValue::Text(text) => Some(text),
            _ => None,
        }
    }

    fn check(&self, most: usize, at: &Pointer<'_>, problems: &mut Problems) {
        if let Some(name) = &self.name {
            problems.unless(
                is_snake(name),
                &at.name("parameter_name"),
                code::WRONG_FORMAT,
                "must have lower-case letters, digits and _ only",
            );
        }
        let at = at.name(self.value.kind());
        match &self.value {
            ParameterValue::Text(text) => problems.text(text, most, &at),
            ParameterValue::Currency(currency) => currency.check(&at, problems),
            ParameterValue::DateTime(time) => {
                problems.text(&time.fallback_value, most, &at.name("fallback_value"));
            }
            ParameterValue::Image(file) | ParameterValue::Video(file) => file.media.check(&at, problems),
            ParameterValue::Document(document) => document.check(&at, problems),
            ParameterValue::Location(location) => location.check(&at, problems),
            ParameterValue::Product(product) => product.check(&at, problems),
        }
    }
}

impl Shape for Parameter {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let object = object_of(value, at, problems)?;
        let name = Shape::take(object, "parameter_name", at, problems);
        let value = read_choice(value, &["parameter_name"], at, problems);
        Some(Self {
            name: name?,
            value: value?,
        })
    }

    fn write(&self) -> Value {
        let mut object: Object = write_choice(&self.value);
        self.name.put("parameter_name", &mut object);
        Value::Object(object)
    }
}

impl Currency {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.fallback_value, &at.name("fallback_value"));
        let is_code = self.code.len() == 3 && self.code.bytes().all(|byte| byte.is_ascii_uppercase());
        problems.unless(
            is_code,
            &at.name("code"),
            code::WRONG_FORMAT,
            "must be a currency's three letters, like EUR",
        );
    }
}

/// A header has one gap: a text, or the whole header.
pub(super) fn check_header(parameters: &[Parameter], at: &Pointer<'_>, problems: &mut Problems) {
    problems.count(parameters.len(), &(1..=1), at);
    for (index, parameter) in parameters.iter().enumerate() {
        let at = at.index(index);
        if matches!(
            parameter.value,
            ParameterValue::Currency(_) | ParameterValue::DateTime(_)
        ) {
            problems.add(
                &at.name("type"),
                code::UNSUPPORTED,
                "a header takes a text, a file, a location or a product",
            );
        }
        parameter.check(limits::HEADER_CHARS, &at, problems);
    }
}

/// The words have as many gaps as they have; with names or without.
pub(super) fn check_body(parameters: &[Parameter], at: &Pointer<'_>, problems: &mut Problems) {
    problems.count(parameters.len(), &(1..=usize::MAX), at);
    let by_name = parameters.first().is_some_and(|first| first.name.is_some());
    let mut names = HashSet::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let at = at.index(index);
        let words = matches!(
            parameter.value,
            ParameterValue::Text(_) | ParameterValue::Currency(_) | ParameterValue::DateTime(_)
        );
        problems.unless(
            words,
            &at.name("type"),
            code::UNSUPPORTED,
            "a body takes a text, a currency or a date_time",
        );
        let name = at.name("parameter_name");
        problems.unless(
            parameter.name.is_some() == by_name,
            &name,
            code::CONFLICT,
            "give a name to every parameter or to none",
        );
        if let Some(given) = &parameter.name {
            problems.unique(given.as_str(), &mut names, &name);
        }
        parameter.check(limits::BODY_CHARS, &at, problems);
    }
}

pub(super) fn check_offer(parameters: &[OfferParameter], at: &Pointer<'_>, problems: &mut Problems) {
    problems.count(parameters.len(), &(1..=1), at);
    for (index, OfferParameter::LimitedTimeOffer(offer)) in parameters.iter().enumerate() {
        let at = at.index(index);
        let at = at.name("limited_time_offer");
        let in_milliseconds = offer.expiration_time_ms >= limits::FIRST_MILLISECOND;
        problems.unless(
            in_milliseconds,
            &at.name("expiration_time_ms"),
            code::OUT_OF_RANGE,
            "must be a time in milliseconds since 1970; this looks like seconds",
        );
    }
}

impl OrderStatusParameters {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.count(self.parameters.len(), &(1..=1), at);
        for (index, OrderStatusParameter::OrderStatus(status)) in self.parameters.iter().enumerate() {
            let at = at.index(index);
            status.check(&at.name("order_status"), problems);
        }
    }
}

impl TapTargetParameters {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.count(self.parameters.len(), &(1..=1), at);
        for (index, TapTargetParameter::TapTarget(targets)) in self.parameters.iter().enumerate() {
            let at = at.index(index);
            let at = at.name("tap_target_configuration");
            problems.count(targets.len(), &(1..=1), &at);
            for (index, target) in targets.iter().enumerate() {
                let at = at.index(index);
                problems.url(&target.url, &at.name("url"));
                problems.filled(&target.title, &at.name("title"));
            }
        }
    }
}
