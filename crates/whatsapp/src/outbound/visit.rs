//! Every file that a message refers to, wherever it stands.

use super::{
    OutboundContent,
    interactive::{Action, Header, Interactive, OrderDetails},
    plain::MediaRef,
    template::{ButtonParameter, CardComponent, Component, Parameter, ParameterValue, Template},
};
use crate::webhook::MediaKind;

/// Walks the same way through what is borrowed and what is borrowed to be changed.
macro_rules! walk {
    ($content:ident, $header:ident, $interactive:ident, $order:ident, $template:ident, $parameters:ident $(, $mut:ident)?) => {
        fn $content<'a>(content: &'a $($mut)? OutboundContent, each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef)) {
            match content {
                OutboundContent::Image(image) => each(MediaKind::Image, &$($mut)? image.media),
                OutboundContent::Video(video) => each(MediaKind::Video, &$($mut)? video.media),
                OutboundContent::Audio(audio) => each(MediaKind::Audio, &$($mut)? audio.media),
                OutboundContent::Document(document) => each(MediaKind::Document, &$($mut)? document.media),
                OutboundContent::Sticker(sticker) => each(MediaKind::Sticker, &$($mut)? sticker.media),
                OutboundContent::Interactive(interactive) => $interactive(interactive, each),
                OutboundContent::Template(template) => $template(template, each),
                OutboundContent::Text(_)
                | OutboundContent::Location(_)
                | OutboundContent::Contacts(_)
                | OutboundContent::Reaction(_)
                | OutboundContent::Pin(_) => {}
            }
        }

        fn $header<'a>(header: &'a $($mut)? Header, each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef)) {
            match header {
                Header::Text(_) => {}
                Header::Image(image) => each(MediaKind::Image, &$($mut)? image.media),
                Header::Video(video) => each(MediaKind::Video, &$($mut)? video.media),
                Header::Document(document) => each(MediaKind::Document, &$($mut)? document.media),
            }
        }

        fn $interactive<'a>(
            interactive: &'a $($mut)? Interactive,
            each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef),
        ) {
            if let Some(header) = &$($mut)? interactive.header {
                $header(header, each);
            }
            match &$($mut)? interactive.action {
                Action::Carousel(cards) => {
                    for card in &$($mut)? cards.cards {
                        if let Some(header) = &$($mut)? card.header {
                            $header(header, each);
                        }
                    }
                }
                Action::OrderDetails(details) => $order(details, each),
                _ => {}
            }
        }

        fn $order<'a>(details: &'a $($mut)? OrderDetails, each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef)) {
            for item in (&$($mut)? details.order.items).into_iter().flatten() {
                if let Some(image) = &$($mut)? item.image {
                    each(MediaKind::Image, &$($mut)? image.media);
                }
            }
        }

        fn $template<'a>(template: &'a $($mut)? Template, each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef)) {
            for component in (&$($mut)? template.components).into_iter().flatten() {
                match component {
                    Component::Header(header) => $parameters(&$($mut)? header.parameters, each),
                    Component::Button(button) => {
                        for parameter in (&$($mut)? button.parameters).into_iter().flatten() {
                            if let ButtonParameter::Action(action) = parameter
                                && let Some(details) = &$($mut)? action.order_details
                            {
                                $order(details, each);
                            }
                        }
                    }
                    Component::Carousel(carousel) => {
                        let components = (&$($mut)? carousel.cards).into_iter().flat_map(|card| &$($mut)? card.components);
                        for component in components {
                            if let CardComponent::Header(header) = component {
                                $parameters(&$($mut)? header.parameters, each);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }

        fn $parameters<'a>(
            parameters: &'a $($mut)? [Parameter],
            each: &mut dyn FnMut(MediaKind, &'a $($mut)? MediaRef),
        ) {
            for parameter in parameters {
                match &$($mut)? parameter.value {
                    ParameterValue::Image(image) => each(MediaKind::Image, &$($mut)? image.media),
                    ParameterValue::Video(video) => each(MediaKind::Video, &$($mut)? video.media),
                    ParameterValue::Document(document) => each(MediaKind::Document, &$($mut)? document.media),
                    _ => {}
                }
            }
        }
    };
}

walk!(content, header, interactive, order, template, parameters);
walk!(
    content_mut,
    header_mut,
    interactive_mut,
    order_mut,
    template_mut,
    parameters_mut,
    mut
);

impl OutboundContent {
    /// Every file that the message refers to, with the kind it is sent as: its own, and those in
    /// headers, on cards and of an order's items.
    pub fn media_refs(&self) -> Vec<(MediaKind, &MediaRef)> {
        let mut found = Vec::new();
        content(self, &mut |kind, media| found.push((kind, media)));
        found
    }

    /// [`OutboundContent::media_refs`], to be changed: our own id becomes Meta's before sending.
    pub fn media_refs_mut(&mut self) -> Vec<(MediaKind, &mut MediaRef)> {
        let mut found = Vec::new();
        content_mut(self, &mut |kind, media| found.push((kind, media)));
        found
    }

    /// The file that the message is: of an image, video, audio, document or sticker.
    pub fn media(&self) -> Option<&MediaRef> {
        match self {
            Self::Image(file) | Self::Video(file) => Some(&file.media),
            Self::Audio(audio) => Some(&audio.media),
            Self::Document(document) => Some(&document.media),
            Self::Sticker(sticker) => Some(&sticker.media),
            _ => None,
        }
    }
}
