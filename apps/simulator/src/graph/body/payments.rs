//! Orders, their payment, and addresses (India, Brazil).

use super::object::{Check, Object};
use crate::graph::failure::GraphFailure;

const MAX_REFERENCE: usize = 35;
const MAX_ITEMS: usize = 999;
const STATUSES: &[&str] = &[
    "pending",
    "processing",
    "partially_shipped",
    "shipped",
    "completed",
    "canceled",
    "payment_requested",
];

/// Checks the action of a message about an order, or of one that asks for an address.
pub fn check(action: &Object<'_>, kind: &str) -> Check {
    action.only(&["name", "parameters"])?;
    match kind {
        "order_details" => details(action),
        "order_status" => status(action),
        _ => {
            action.one_of("name", &["address_message"])?;
            let parameters = action.child("parameters")?;
            parameters.only(&["country", "values", "validation_errors", "saved_addresses"])?;
            parameters.one_of("country", &["IN", "SG"]).map(drop)
        }
    }
}

fn details(action: &Object<'_>) -> Check {
    action.one_of("name", &["review_and_pay"])?;
    let parameters = action.child("parameters")?;
    order_details(&parameters)
}

/// An order to review and pay, in a message or in a template's button.
pub fn order_details(parameters: &Object<'_>) -> Check {
    parameters.only(&[
        "reference_id",
        "type",
        "payment_type",
        "payment_configuration",
        "payment_settings",
        "currency",
        "total_amount",
        "order",
    ])?;
    reference(parameters)?;
    parameters.one_of("type", &["digital-goods", "physical-goods"])?;
    let currency = parameters.text("currency")?;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(parameters.wrong("currency", "must be a code of ISO 4217"));
    }
    let total = amount(parameters, "total_amount")?;
    if total != due(&parameters.child("order")?)? {
        return Err(parameters.wrong("total_amount", "must be subtotal + tax + shipping - discount"));
    }
    Ok(())
}

/// Checks an order, and says what is to be paid for it.
fn due(order: &Object<'_>) -> Result<i64, GraphFailure> {
    order.only(&[
        "status",
        "type",
        "catalog_id",
        "expiration",
        "items",
        "subtotal",
        "tax",
        "shipping",
        "discount",
    ])?;
    order.one_of("status", STATUSES)?;
    let mut sum = 0;
    for item in order.list("items", 1, MAX_ITEMS)? {
        item.only(&[
            "retailer_id",
            "name",
            "amount",
            "sale_amount",
            "quantity",
            "image",
            "country_of_origin",
            "importer_name",
            "importer_address",
        ])?;
        item.text("name")?;
        let price = amount(
            &item,
            if item.has("sale_amount") {
                "sale_amount"
            } else {
                "amount"
            },
        )?;
        sum += price * item.whole("quantity", 1, i64::from(u16::MAX))?;
    }
    let subtotal = amount(order, "subtotal")?;
    if subtotal != sum {
        return Err(order.wrong("subtotal", "must be the sum of the items"));
    }
    let extra = |key| if order.has(key) { amount(order, key) } else { Ok(0) };
    Ok(subtotal + amount(order, "tax")? + extra("shipping")? - extra("discount")?)
}

fn status(action: &Object<'_>) -> Check {
    action.one_of("name", &["review_order"])?;
    let parameters = action.child("parameters")?;
    parameters.only(&["reference_id", "order", "payment"])?;
    reference(&parameters)?;
    let order = parameters.child("order")?;
    order.only(&["status", "description"])?;
    order.one_of("status", STATUSES)?;
    order
        .optional_sized("description", "Order description", 120)
        .map(drop)
}

fn reference(parameters: &Object<'_>) -> Check {
    let id = parameters.sized("reference_id", "Reference id", MAX_REFERENCE)?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if id.bytes().all(known) {
        Ok(())
    } else {
        Err(parameters.wrong("reference_id", "must hold letters, digits, _ - . only"))
    }
}

/// An amount in hundredths.
fn amount(parent: &Object<'_>, key: &str) -> Result<i64, GraphFailure> {
    let amount = parent.child(key)?;
    amount.only(&["value", "offset", "description", "discount_program_name"])?;
    amount.whole("offset", 100, 100)?;
    amount.whole("value", 0, i64::from(u32::MAX))
}
