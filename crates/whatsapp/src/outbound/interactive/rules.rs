//! What each interactive type may hold beside its action, and how long.

use super::{
    super::{
        limits,
        problem::{Pointer, Problems, code},
    },
    Action, Header, Interactive, Words,
};

/// The parts around an action.
struct Parts {
    /// The kinds of header; none: there must be none.
    headers: &'static [&'static str],
    header_required: bool,
    body_required: bool,
    body_chars: usize,
    footer: bool,
}

const ANY_HEADER: &[&str] = &["text", "image", "video", "document"];
const FULL: Parts = Parts {
    headers: ANY_HEADER,
    header_required: false,
    body_required: true,
    body_chars: limits::BODY_CHARS,
    footer: true,
};
const BODY_ONLY: Parts = Parts {
    headers: &[],
    footer: false,
    ..FULL
};

impl Action {
    fn parts(&self) -> Parts {
        match self {
            Self::Buttons(_)
            | Self::CtaUrl(_)
            | Self::Flow(_)
            | Self::OrderDetails(_)
            | Self::OrderStatus(_) => FULL,
            Self::List(_) => Parts {
                headers: &["text"],
                body_chars: limits::LIST_BODY_CHARS,
                ..FULL
            },
            Self::Product(_) => Parts {
                headers: &[],
                body_required: false,
                ..FULL
            },
            Self::ProductList(_) => Parts {
                headers: &["text"],
                header_required: true,
                ..FULL
            },
            Self::Catalog(_) | Self::VoiceCall(_) | Self::Address(_) => Parts {
                headers: &["text"],
                ..FULL
            },
            Self::CallPermission => Parts {
                body_required: false,
                ..BODY_ONLY
            },
            Self::LocationRequest | Self::Carousel(_) | Self::ContactInfo => BODY_ONLY,
        }
    }

    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let parameters = at.name("parameters");
        match self {
            Self::Buttons(buttons) => buttons.check(at, problems),
            Self::List(sections) => sections.check(at, problems),
            Self::CtaUrl(url) => url.check(&parameters, problems),
            Self::Flow(flow) => flow.check(&parameters, problems),
            Self::Product(product) => product.check(at, problems),
            Self::ProductList(sections) => sections.check(at, problems),
            Self::Catalog(thumbnail) => {
                if let Some(thumbnail) = thumbnail {
                    thumbnail.check(&parameters, problems);
                }
            }
            Self::Carousel(cards) => cards.check(at, problems),
            Self::VoiceCall(call) => {
                if let Some(call) = call {
                    call.check(&parameters, problems);
                }
            }
            Self::Address(address) => address.check(&parameters, problems),
            Self::OrderDetails(order) => order.check(&parameters, problems),
            Self::OrderStatus(status) => status.check(&parameters, problems),
            Self::LocationRequest | Self::CallPermission | Self::ContactInfo => {}
        }
    }
}

impl Interactive {
    pub(in crate::outbound) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let parts = self.action.parts();
        self.check_header(&parts, at, problems);
        match &self.body {
            Some(body) => body.check(parts.body_chars, &at.name("body"), problems),
            None if parts.body_required => {
                problems.add(&at.name("body"), code::MISSING, "this property is required");
            }
            None => {}
        }
        if let Some(footer) = &self.footer {
            let at = at.name("footer");
            problems.unless(
                parts.footer,
                &at,
                code::UNSUPPORTED,
                "this type has no footer: leave it out",
            );
            footer.check(limits::FOOTER_CHARS, &at, problems);
        }
        self.action.check(&at.name("action"), problems);
    }

    fn check_header(&self, parts: &Parts, at: &Pointer<'_>, problems: &mut Problems) {
        let at = at.name("header");
        let Some(header) = &self.header else {
            if parts.header_required {
                problems.add(&at, code::MISSING, "this type needs a header with a text");
            }
            return;
        };
        if parts.headers.is_empty() {
            problems.add(&at, code::UNSUPPORTED, "this type has no header: leave it out");
        } else {
            header.check_kind(parts.headers, &at, problems);
        }
        header.check(&at, problems);
    }
}

impl Words {
    pub(super) fn check(&self, most: usize, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(&self.text, most, &at.name("text"));
    }
}

impl Header {
    pub(super) fn check_kind(&self, kinds: &[&str], at: &Pointer<'_>, problems: &mut Problems) {
        let kind = super::super::shape::Choice::kind(self);
        if !kinds.contains(&kind) {
            let reason = format!("the header of this type must be one of: {}", kinds.join(", "));
            problems.add(&at.name("type"), code::UNSUPPORTED, reason);
        }
    }

    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        match self {
            Self::Text(text) => problems.text(text, limits::HEADER_CHARS, &at.name("text")),
            Self::Image(image) => image.media.check(&at.name("image"), problems),
            Self::Video(video) => video.media.check(&at.name("video"), problems),
            Self::Document(document) => document.check(&at.name("document"), problems),
        }
    }
}
