//! Products, catalogues and carousels.

use super::{
    interactive::{link, media_header, quick_replies},
    object::{Check, Object},
};
use crate::graph::failure::GraphFailure;

const MAX_PRODUCTS: usize = 30;
const MAX_SECTIONS: usize = 10;
const MAX_TITLE: usize = 24;
const MAX_CARD_BODY: usize = 160;
const MAX_CARD_BREAKS: usize = 2;
const CARDS: std::ops::RangeInclusive<usize> = 2..=10;

/// Checks the action of a message that shows goods.
pub fn check(action: &Object<'_>, kind: &str) -> Check {
    match kind {
        "product" => {
            action.only(&["catalog_id", "product_retailer_id"])?;
            action.text("catalog_id")?;
            action.text("product_retailer_id").map(drop)
        }
        "product_list" => {
            action.only(&["catalog_id", "sections"])?;
            action.text("catalog_id")?;
            sections(action)
        }
        "catalog_message" => {
            action.only(&["name", "parameters"])?;
            action.one_of("name", &["catalog_message"])?;
            if let Some(parameters) = action.optional_child("parameters")? {
                parameters.only(&["thumbnail_product_retailer_id"])?;
                parameters.text("thumbnail_product_retailer_id")?;
            }
            Ok(())
        }
        _ => carousel(action),
    }
}

/// Sections of products: no more than thirty products in all.
pub fn sections(parent: &Object<'_>) -> Check {
    let sections = parent.list("sections", 1, MAX_SECTIONS)?;
    let mut products = 0;
    for section in &sections {
        section.only(&["title", "product_items"])?;
        section.optional_sized("title", "Section title", MAX_TITLE)?;
        if sections.len() > 1 {
            section.text("title")?;
        }
        for item in section.list("product_items", 1, MAX_PRODUCTS)? {
            item.only(&["product_retailer_id"])?;
            item.text("product_retailer_id")?;
            products += 1;
        }
    }
    if products > MAX_PRODUCTS {
        let details = format!("Total product count exceed max allowed count: {MAX_PRODUCTS}");
        return Err(GraphFailure::invalid(&details));
    }
    Ok(())
}

/// Cards side by side: all of one type, numbered in order, and laid out alike.
fn carousel(action: &Object<'_>) -> Check {
    action.only(&["cards"])?;
    let cards = action.list("cards", *CARDS.start(), *CARDS.end())?;
    let mut layout = None;
    for (place, card) in cards.iter().enumerate() {
        let last = i64::try_from(CARDS.end() - 1).unwrap_or(i64::MAX);
        let index = card.whole("card_index", 0, last)?;
        if usize::try_from(index) != Ok(place) {
            return Err(card.wrong("card_index", "must count the cards from 0"));
        }
        let own = one_card(card)?;
        if *layout.get_or_insert_with(|| own.clone()) != own {
            return Err(card.wrong("type", "and its header and buttons must be the same on all cards"));
        }
    }
    Ok(())
}

/// Checks a card, and says what must be the same on all.
fn one_card(card: &Object<'_>) -> Result<String, GraphFailure> {
    let action = card.child("action")?;
    if card.has("type") && card.text("type")? == "product" {
        card.only(&["card_index", "type", "action"])?;
        action.only(&["catalog_id", "product_retailer_id"])?;
        action.text("product_retailer_id")?;
        return Ok(format!("product of {}", action.text("catalog_id")?));
    }
    card.only(&["card_index", "type", "header", "body", "action"])?;
    let header = card.child("header")?;
    media_header(&header, &["image", "video"], 0)?;
    if let Some(body) = card.optional_child("body")? {
        body.only(&["text"])?;
        let text = body.sized("text", "Card body text", MAX_CARD_BODY)?;
        if text.matches('\n').count() > MAX_CARD_BREAKS {
            return Err(body.wrong("text", "must have at most 2 line breaks"));
        }
    }
    let looks = header.text("type")?;
    if action.has("buttons") {
        action.only(&["buttons"])?;
        quick_replies(&action, 3)?;
        let buttons = action.list("buttons", 1, 3)?.len();
        return Ok(format!("{looks} with {buttons} quick replies"));
    }
    card.one_of("type", &["cta_url"])?;
    action.only(&["name", "parameters"])?;
    action.one_of("name", &["cta_url"])?;
    let parameters = action.child("parameters")?;
    parameters.only(&["display_text", "url"])?;
    link(&parameters)?;
    Ok(format!("{looks} with a link"))
}
