//! Contact cards.

use super::object::{Check, Object};

const MAX_CARDS: usize = 257;

/// Checks the cards of a message.
pub fn check(top: &Object<'_>) -> Check {
    for card in top.list("contacts", 1, MAX_CARDS)? {
        one(&card)?;
    }
    Ok(())
}

fn one(card: &Object<'_>) -> Check {
    card.only(&["addresses", "birthday", "emails", "name", "org", "phones", "urls"])?;
    name(&card.child("name")?)?;
    if let Some(birthday) = card.optional("birthday")?
        && !is_date(birthday)
    {
        return Err(card.wrong("birthday", "must have the form YYYY-MM-DD"));
    }
    let address = [
        "street",
        "city",
        "state",
        "zip",
        "country",
        "country_code",
        "type",
    ];
    texts(card, "addresses", &address)?;
    texts(card, "emails", &["email", "type"])?;
    texts(card, "phones", &["phone", "type", "wa_id"])?;
    texts(card, "urls", &["url", "type"])?;
    if let Some(org) = card.optional_child("org")? {
        all_texts(&org, &["company", "department", "title"])?;
    }
    Ok(())
}

/// The name wants to be whole, and at least one of its parts as well.
fn name(name: &Object<'_>) -> Check {
    let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
    name.only(&[&["formatted_name"], &parts[..]].concat())?;
    name.text("formatted_name")?;
    let mut some = false;
    for part in parts {
        some |= name.optional(part)?.is_some_and(|text| !text.is_empty());
    }
    if some {
        Ok(())
    } else {
        Err(name.missing("first_name"))
    }
}

fn texts(card: &Object<'_>, key: &str, keys: &[&str]) -> Check {
    for object in card.list(key, 0, usize::MAX)? {
        all_texts(&object, keys)?;
    }
    Ok(())
}

fn all_texts(object: &Object<'_>, keys: &[&str]) -> Check {
    object.only(keys)?;
    keys.iter().try_for_each(|key| object.optional(key).map(drop))
}

fn is_date(text: &str) -> bool {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10
}
