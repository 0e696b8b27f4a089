//! Messages that a person answers by a tap. Meta's pages `messages/interactive-*`.

mod carousel;
mod flow;
mod list;
mod named;
mod order;
mod product;
mod reply;
mod rules;

use serde_json::Value;

use self::named::{bare, named, write_named};
pub(super) use self::{carousel::check_index, product::check_sections};
pub use self::{
    carousel::{Card, CardAction, CardKind, Cards, QuickReplyButton},
    flow::{Flow, FlowAction, FlowMode, FlowPayload},
    list::{Row, RowSection, Sections},
    named::{AddressRequest, CtaUrl, SavedAddress, VoiceCall},
    order::{Amount, Order, OrderDetails, OrderItem, OrderProgress, OrderState, OrderStatus, PartialAmount},
    product::{Product, ProductItem, ProductSection, ProductSections, Thumbnail},
    reply::{Reply, ReplyButton, ReplyButtons},
};
use super::{
    plain::{Attachment, NamedAttachment},
    problem::{Pointer, Problems, code},
    shape::{Object, Shape, choice, object, one_of, open},
};

choice! {
    /// What stands above the words.
    pub enum Header {
        /// A line.
        Text(String) = "text",
        /// A picture.
        Image(Attachment) = "image",
        /// A film.
        Video(Attachment) = "video",
        /// A document.
        Document(NamedAttachment) = "document",
    }
}

object! {
    /// Words in a place of their own: a body or a footer.
    pub struct Words {
        /// The words.
        pub text: String,
    }
}

/// A message with something to tap.
#[derive(Debug, Clone, PartialEq)]
pub struct Interactive {
    /// What stands above the words.
    pub header: Option<Header>,
    /// The words.
    pub body: Option<Words>,
    /// What stands below them, at most 60 characters.
    pub footer: Option<Words>,
    /// What there is to tap. It decides what the other parts may be.
    pub action: Action,
}

/// What there is to tap.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `button`: up to three answers.
    Buttons(ReplyButtons),
    /// `list`: up to ten answers behind a button.
    List(Sections),
    /// `cta_url`: a link on a button.
    CtaUrl(CtaUrl),
    /// `location_request_message`: asks where the person is.
    LocationRequest,
    /// `flow`: a form.
    Flow(Box<Flow>),
    /// `product`: one product of a catalog.
    Product(Product),
    /// `product_list`: several.
    ProductList(ProductSections),
    /// `catalog_message`: the catalog.
    Catalog(Option<Thumbnail>),
    /// `carousel`: cards beside each other.
    Carousel(Cards),
    /// `call_permission_request`: asks whether the business may call.
    CallPermission,
    /// `voice_call`: calls the business.
    VoiceCall(Option<VoiceCall>),
    /// `request_contact_info`: asks for the person's telephone.
    ContactInfo,
    /// `address_message`: asks for an address. India only.
    Address(Box<AddressRequest>),
    /// `order_details`: asks for a payment. India and Brazil.
    OrderDetails(Box<OrderDetails>),
    /// `order_status`: how far an order is. India and Brazil.
    OrderStatus(OrderStatus),
}

const KINDS: [&str; 15] = [
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "call_permission_request",
    "voice_call",
    "request_contact_info",
    "address_message",
    "order_details",
    "order_status",
];

impl Action {
    /// Meta's name of the interactive type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Buttons(_) => "button",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::LocationRequest => "location_request_message",
            Self::Flow(_) => "flow",
            Self::Product(_) => "product",
            Self::ProductList(_) => "product_list",
            Self::Catalog(_) => "catalog_message",
            Self::Carousel(_) => "carousel",
            Self::CallPermission => "call_permission_request",
            Self::VoiceCall(_) => "voice_call",
            Self::ContactInfo => "request_contact_info",
            Self::Address(_) => "address_message",
            Self::OrderDetails(_) => "order_details",
            Self::OrderStatus(_) => "order_status",
        }
    }

    fn read(kind: &str, value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        match kind {
            "button" => Shape::read(value, at, problems).map(Self::Buttons),
            "list" => Shape::read(value, at, problems).map(Self::List),
            "cta_url" => named("cta_url", value, at, problems).map(Self::CtaUrl),
            "location_request_message" => {
                bare("send_location", value, at, problems).map(|()| Self::LocationRequest)
            }
            "flow" => named("flow", value, at, problems).map(|flow| Self::Flow(Box::new(flow))),
            "product" => Shape::read(value, at, problems).map(Self::Product),
            "product_list" => Shape::read(value, at, problems).map(Self::ProductList),
            "catalog_message" => named(kind, value, at, problems).map(Self::Catalog),
            "carousel" => Shape::read(value, at, problems).map(Self::Carousel),
            "call_permission_request" => bare(kind, value, at, problems).map(|()| Self::CallPermission),
            "voice_call" => named(kind, value, at, problems).map(Self::VoiceCall),
            "request_contact_info" => bare(kind, value, at, problems).map(|()| Self::ContactInfo),
            "address_message" => {
                named(kind, value, at, problems).map(|address| Self::Address(Box::new(address)))
            }
            "order_details" => {
                named("review_and_pay", value, at, problems).map(|order| Self::OrderDetails(Box::new(order)))
            }
            "order_status" => named("review_order", value, at, problems).map(Self::OrderStatus),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Buttons(buttons) => buttons.write(),
            Self::List(sections) => sections.write(),
            Self::CtaUrl(url) => write_named("cta_url", url),
            Self::LocationRequest => write_named("send_location", &None::<Words>),
            Self::Flow(flow) => write_named("flow", flow.as_ref()),
            Self::Product(product) => product.write(),
            Self::ProductList(sections) => sections.write(),
            Self::Catalog(thumbnail) => write_named("catalog_message", thumbnail),
            Self::Carousel(cards) => cards.write(),
            Self::CallPermission => write_named("call_permission_request", &None::<Words>),
            Self::VoiceCall(call) => write_named("voice_call", call),
            Self::ContactInfo => write_named("request_contact_info", &None::<Words>),
            Self::Address(address) => write_named("address_message", address.as_ref()),
            Self::OrderDetails(order) => write_named("review_and_pay", order.as_ref()),
            Self::OrderStatus(status) => write_named("review_order", status),
        }
    }

    fn take(object: &Object, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let kind = String::take(object, "type", at, problems);
        let known = kind.as_deref().is_none_or(|kind| KINDS.contains(&kind));
        problems.unless(known, &at.name("type"), code::UNSUPPORTED, &one_of(&KINDS));
        let Some(action) = object.get("action") else {
            problems.add(&at.name("action"), code::MISSING, "this property is required");
            return None;
        };
        Self::read(&kind?, action, &at.name("action"), problems)
    }
}

impl Shape for Interactive {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let names = ["type", "header", "body", "footer", "action"];
        let object = open(value, &names, at, problems)?;
        let header = Shape::take(object, "header", at, problems);
        let body = Shape::take(object, "body", at, problems);
        let footer = Shape::take(object, "footer", at, problems);
        let action = Action::take(object, at, problems);
        Some(Self {
            header: header?,
            body: body?,
            footer: footer?,
            action: action?,
        })
    }

    fn write(&self) -> Value {
        let mut object = Object::new();
        object.insert("type".to_owned(), self.action.kind().into());
        self.header.put("header", &mut object);
        self.body.put("body", &mut object);
        self.footer.put("footer", &mut object);
        object.insert("action".to_owned(), self.action.write());
        Value::Object(object)
    }
}

impl Interactive {
    /// A message without header and footer.
    pub fn new(body: impl Into<String>, action: Action) -> Self {
        Self {
            header: None,
            body: Some(Words { text: body.into() }),
            footer: None,
            action,
        }
    }

    /// The words that a list of conversations shows: the body's, or the header's.
    pub(super) fn words(&self) -> Option<&str> {
        let header = || match &self.header {
            Some(Header::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        self.body.as_ref().map(|body| body.text.as_str()).or_else(header)
    }
}
