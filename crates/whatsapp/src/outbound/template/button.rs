//! What fills the gaps of a template's buttons.

use std::collections::HashSet;

use serde_json::Value;

use super::super::{
    interactive::{OrderDetails, ProductSection, check_sections},
    limits,
    problem::{Pointer, Problems, code},
    shape::{Choice, Object, Shape, choice, object, words},
};

words! {
    /// What a button does.
    pub enum ButtonSubType {
        /// A link whose end is a gap; also the button of an authentication template.
        Url = "url" | "URL",
        /// An answer.
        QuickReply = "quick_reply" | "QUICK_REPLY",
        /// Copies a coupon.
        CopyCode = "copy_code" | "COPY_CODE",
        /// A form.
        Flow = "flow" | "FLOW",
        /// The catalog. Meta's own example writes it in capitals.
        Catalog = "CATALOG" | "catalog",
        /// Several products.
        MultiProduct = "mpm" | "MPM",
        /// One product.
        SingleProduct = "spm" | "SPM",
        /// Calls the business.
        VoiceCall = "voice_call" | "VOICE_CALL",
        /// An order to pay.
        OrderDetails = "order_details" | "ORDER_DETAILS",
    }
}

/// Which button: Meta takes a number and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ButtonIndex {
    /// `0`.
    Number(i64),
    /// `"0"`.
    Text(String),
}

object! {
    /// One button.
    pub struct Button {
        /// What it does.
        pub sub_type: ButtonSubType,
        /// Its place among the template's buttons, 0 to 9.
        pub index: ButtonIndex,
        /// What fills its gap.
        pub parameters: Option<Vec<ButtonParameter>>,
    }
}

choice! {
    /// What fills a button's gap.
    pub enum ButtonParameter {
        /// The end of a link.
        Text(String) = "text",
        /// What the webhook repeats.
        Payload(String) = "payload",
        /// What is copied, at most 20 characters.
        CouponCode(String) = "coupon_code",
        /// For how many minutes a call button works.
        TtlMinutes(i64) = "ttl_minutes",
        /// What a form, a catalog or an order shows.
        Action(Box<ButtonAction>) = "action",
    }
}

object! {
    /// What a button opens.
    pub struct ButtonAction {
        /// What a form's answer repeats.
        pub flow_token: Option<String>,
        /// What a form's first screen is given.
        pub flow_action_data: Option<Object>,
        /// The product whose picture stands for the catalog.
        pub thumbnail_product_retailer_id: Option<String>,
        /// The products.
        pub sections: Option<Vec<ProductSection>>,
        /// The order.
        pub order_details: Option<OrderDetails>,
    }
}

impl ButtonIndex {
    /// The place, where it is one.
    pub fn place(&self) -> Option<i64> {
        match self {
            Self::Number(place) => Some(*place),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl Shape for ButtonIndex {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let index = match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            other => other.as_i64().map(Self::Number),
        };
        problems.unless(
            index.is_some(),
            at,
            code::WRONG_TYPE,
            "must be a whole number, or one in quotes",
        );
        index
    }

    fn write(&self) -> Value {
        match self {
            Self::Number(place) => (*place).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

impl Shape for Box<ButtonAction> {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        ButtonAction::read(value, at, problems).map(Self::new)
    }

    fn write(&self) -> Value {
        self.as_ref().write()
    }
}

/// What a button's parameters may be, and whether there must be one.
struct Takes {
    kinds: &'static [&'static str],
    required: bool,
    most: usize,
}

impl ButtonSubType {
    fn takes(self) -> Takes {
        let one = |kinds| Takes {
            kinds,
            required: true,
            most: 1,
        };
        let maybe = |kinds, most| Takes {
            kinds,
            required: false,
            most,
        };
        match self {
            Self::Url => one(&["text"]),
            Self::QuickReply => one(&["payload"]),
            Self::CopyCode => one(&["coupon_code"]),
            Self::MultiProduct | Self::OrderDetails => one(&["action"]),
            Self::Flow | Self::Catalog | Self::SingleProduct => maybe(&["action"], 1),
            Self::VoiceCall => maybe(&["ttl_minutes", "payload"], 2),
        }
    }
}

impl Button {
    /// The end of a link, if that is what the button takes.
    pub(super) fn text(&self) -> Option<&str> {
        match self.parameters.as_deref() {
            Some([ButtonParameter::Text(text)]) => Some(text),
            _ => None,
        }
    }

    pub(super) fn check(&self, seen: &mut HashSet<i64>, at: &Pointer<'_>, problems: &mut Problems) {
        let index = at.name("index");
        match self.index.place() {
            Some(place) => {
                problems.range(place, &(0..=limits::TEMPLATE_BUTTONS - 1), &index);
                problems.unique(place, seen, &index);
            }
            None => problems.add(
                &index,
                code::OUT_OF_RANGE,
                "must be the button's place, from 0 to 9",
            ),
        }
        let takes = self.sub_type.takes();
        let at = at.name("parameters");
        match &self.parameters {
            Some(parameters) => problems.count(parameters.len(), &(1..=takes.most), &at),
            None if takes.required => {
                let reason = format!("this button needs a parameter of type {}", takes.kinds.join(", "));
                problems.add(&at, code::MISSING, reason);
            }
            None => {}
        }
        for (index, parameter) in self.parameters.iter().flatten().enumerate() {
            let at = at.index(index);
            if takes.kinds.contains(&parameter.kind()) {
                parameter.check(self.sub_type, &at, problems);
            } else {
                let reason = format!("this button takes parameters of type {}", takes.kinds.join(", "));
                problems.add(&at.name("type"), code::UNSUPPORTED, reason);
            }
        }
    }
}

impl ButtonParameter {
    fn check(&self, sub_type: ButtonSubType, at: &Pointer<'_>, problems: &mut Problems) {
        let at = at.name(self.kind());
        match self {
            Self::Text(text) => problems.text(text, limits::URL_CHARS, &at),
            Self::Payload(payload) => problems.filled(payload, &at),
            Self::CouponCode(coupon) => problems.text(coupon, limits::COUPON_CHARS, &at),
            Self::TtlMinutes(minutes) => {
                problems.range(*minutes, &(1..=limits::CALL_TTL_MINUTES), &at);
            }
            Self::Action(action) => action.check(sub_type, &at, problems),
        }
    }
}

impl ButtonAction {
    /// Each kind of button has its own properties; the rest is none of its.
    fn check(&self, sub_type: ButtonSubType, at: &Pointer<'_>, problems: &mut Problems) {
        use ButtonSubType::{Catalog, Flow, MultiProduct, OrderDetails, SingleProduct};
        let properties: [(&str, bool, &[ButtonSubType], &[ButtonSubType]); 5] = [
            ("flow_token", self.flow_token.is_some(), &[Flow], &[]),
            ("flow_action_data", self.flow_action_data.is_some(), &[Flow], &[]),
            (
                "thumbnail_product_retailer_id",
                self.thumbnail_product_retailer_id.is_some(),
                &[Catalog, MultiProduct, SingleProduct],
                &[MultiProduct],
            ),
            (
                "sections",
                self.sections.is_some(),
                &[MultiProduct],
                &[MultiProduct],
            ),
            (
                "order_details",
                self.order_details.is_some(),
                &[OrderDetails],
                &[OrderDetails],
            ),
        ];
        for (name, given, allowed, required) in properties {
            let at = at.name(name);
            if given && !allowed.contains(&sub_type) {
                let reason = format!("a button of sub_type {} has no such property", sub_type.as_str());
                problems.add(&at, code::UNSUPPORTED, reason);
            } else if !given && required.contains(&sub_type) {
                problems.add(&at, code::MISSING, "this property is required");
            }
        }
        for (name, text) in [
            ("flow_token", &self.flow_token),
            (
                "thumbnail_product_retailer_id",
                &self.thumbnail_product_retailer_id,
            ),
        ] {
            problems.optional_text(text.as_deref(), usize::MAX, &at.name(name));
        }
        if let Some(sections) = &self.sections {
            check_sections(sections, &at.name("sections"), problems);
        }
        if let Some(order) = &self.order_details {
            order.check(&at.name("order_details"), problems);
        }
    }
}
