//! Carousels: cards of media or of products beside each other. Meta's pages
//! `messages/interactive-media-carousel-messages` and `…-product-carousel-messages`.

use serde_json::Value;

use super::{
    super::{
        limits,
        plain::MediaRef,
        problem::{Pointer, Problems, code},
        shape::{Choice, Object, Shape, choice, object, words},
    },
    Header, Words,
    named::{CtaUrl, named, write_named},
    product::Product,
    reply::{Reply, check_replies},
};

object! {
    /// Two to ten cards, alike.
    pub struct Cards {
        /// The cards, from left to right.
        pub cards: Vec<Card>,
    }
}

words! {
    /// What a card is.
    pub enum CardKind {
        /// A picture or a film with buttons.
        CtaUrl = "cta_url",
        /// A product.
        Product = "product",
    }
}

object! {
    /// One card.
    pub struct Card {
        /// Its place, from 0.
        pub card_index: i64,
        /// Required of products; Meta takes cards with quick replies with and without.
        pub kind: Option<CardKind> as "type",
        /// The picture or film; products have none.
        pub header: Option<Header>,
        /// At most 160 characters and two line breaks; products have none.
        pub body: Option<Words>,
        /// What there is to tap.
        pub action: CardAction,
    }
}

/// What there is to tap on a card.
#[derive(Debug, Clone, PartialEq)]
pub enum CardAction {
    /// A link.
    CtaUrl(CtaUrl),
    /// Answers.
    QuickReplies(Vec<QuickReplyButton>),
    /// The product itself.
    Product(Product),
}

choice! {
    /// A button of a card.
    pub enum QuickReplyButton {
        /// The only kind there is.
        QuickReply(Reply) = "quick_reply",
    }
}

object! {
    /// The answers of a card, as they are written.
    pub struct QuickReplies {
        /// One or more.
        pub buttons: Vec<QuickReplyButton>,
    }
}

impl Shape for CardAction {
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let has = |name| value.as_object().is_some_and(|action| action.contains_key(name));
        if has("buttons") {
            QuickReplies::read(value, at, problems).map(|replies| Self::QuickReplies(replies.buttons))
        } else if has("product_retailer_id") || has("catalog_id") {
            Shape::read(value, at, problems).map(Self::Product)
        } else {
            named("cta_url", value, at, problems).map(Self::CtaUrl)
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::CtaUrl(url) => write_named("cta_url", url),
            Self::QuickReplies(buttons) => {
                let mut object = Object::new();
                buttons.put("buttons", &mut object);
                Value::Object(object)
            }
            Self::Product(product) => product.write(),
        }
    }
}

impl Cards {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let at = at.name("cards");
        problems.count(self.cards.len(), &(limits::MIN_CARDS..=limits::CARDS), &at);
        for (index, card) in self.cards.iter().enumerate() {
            let at = at.index(index);
            check_index(card.card_index, index, &at, problems);
            card.check(&at, problems);
            if let Some(first) = self.cards.first().filter(|_| index > 0) {
                card.check_like(first, &at, problems);
            }
        }
    }
}

/// Meta documents links alone for the cards of a message; those of a template take ids as well.
fn check_link(header: &Header, at: &Pointer<'_>, problems: &mut Problems) {
    let (Header::Image(file) | Header::Video(file)) = header else {
        return;
    };
    let is_link = matches!(file.media, MediaRef::Link(_));
    problems.unless(
        is_link,
        &at.name(header.kind()).name("id"),
        code::UNSUPPORTED,
        "a card takes a link",
    );
}

/// A card's index is its place.
pub(in crate::outbound) fn check_index(
    card_index: i64,
    place: usize,
    at: &Pointer<'_>,
    problems: &mut Problems,
) {
    if i64::try_from(place) != Ok(card_index) {
        let reason = format!("must be the card's place in the list: {place}");
        problems.add(&at.name("card_index"), code::OUT_OF_RANGE, reason);
    }
}

impl Card {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let action = at.name("action");
        match &self.action {
            CardAction::CtaUrl(url) => {
                self.check_media(CardKind::CtaUrl, at, problems);
                url.check(&action.name("parameters"), problems);
            }
            CardAction::QuickReplies(buttons) => {
                self.check_media(CardKind::CtaUrl, at, problems);
                let at = action.name("buttons");
                problems.count(buttons.len(), &(1..=usize::MAX), &at);
                let replies = buttons.iter().map(|QuickReplyButton::QuickReply(reply)| reply);
                check_replies(replies, "quick_reply", &at, problems);
            }
            CardAction::Product(product) => {
                self.check_product(at, problems);
                product.check(&action, problems);
            }
        }
    }

    fn check_media(&self, kind: CardKind, at: &Pointer<'_>, problems: &mut Problems) {
        let fits = self.kind.is_none_or(|given| given == kind);
        problems.unless(
            fits,
            &at.name("type"),
            code::CONFLICT,
            "a product card has catalog_id and product_retailer_id in its action",
        );
        let header = at.name("header");
        match &self.header {
            Some(given) => {
                given.check_kind(&["image", "video"], &header, problems);
                given.check(&header, problems);
                check_link(given, &header, problems);
            }
            None => problems.add(&header, code::MISSING, "a card needs a picture or a film"),
        }
        if let Some(body) = &self.body {
            let at = at.name("body");
            body.check(limits::CARD_BODY_CHARS, &at, problems);
            let breaks = body.text.matches('\n').count() <= limits::CARD_BODY_BREAKS;
            problems.unless(
                breaks,
                &at.name("text"),
                code::TOO_MANY,
                "must have at most 2 line breaks",
            );
        }
    }

    fn check_product(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let is_product = self.kind == Some(CardKind::Product);
        problems.unless(
            is_product,
            &at.name("type"),
            code::CONFLICT,
            "must be product for a card with a product",
        );
        for (name, absent) in [("header", self.header.is_none()), ("body", self.body.is_none())] {
            problems.unless(
                absent,
                &at.name(name),
                code::UNSUPPORTED,
                "a product card shows the catalog's picture and words: leave it out",
            );
        }
    }

    /// Meta refuses cards that differ in their type, their header's or their buttons'.
    fn check_like(&self, first: &Self, at: &Pointer<'_>, problems: &mut Problems) {
        let same_header = match (&self.header, &first.header) {
            (Some(own), Some(other)) => own.kind() == other.kind(),
            _ => true,
        };
        let same_type = self.kind == first.kind && same_header;
        problems.unless(
            same_type,
            at,
            code::CONFLICT,
            "all cards must have the same type and the same kind of header",
        );
        let same_action = match (&self.action, &first.action) {
            (CardAction::CtaUrl(_), CardAction::CtaUrl(_)) => true,
            (CardAction::QuickReplies(own), CardAction::QuickReplies(other)) => own.len() == other.len(),
            (CardAction::Product(own), CardAction::Product(other)) => own.catalog_id == other.catalog_id,
            _ => false,
        };
        problems.unless(
            same_action,
            &at.name("action"),
            code::CONFLICT,
            "all cards must have the same buttons, and products of one catalog",
        );
    }
}
