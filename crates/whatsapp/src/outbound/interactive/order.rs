//! Orders to pay and how far they are; India and Brazil. Meta's pages `payments/payments-in` and
//! `payments/payments-br`.

use super::super::{
    plain::Attachment,
    problem::{Pointer, Problems, code},
    shape::{Object, object, words},
};

const REFERENCE_CHARS: usize = 35;
const DESCRIPTION_CHARS: usize = 120;
/// The only offset there is: amounts are written in hundredths.
const OFFSET: i64 = 100;

object! {
    /// An order with what it costs and how it may be paid.
    pub struct OrderDetails {
        /// Our id of the order, at most 35 characters; webhooks repeat it.
        pub reference_id: String,
        /// `digital-goods` or `physical-goods`.
        pub kind: String as "type",
        /// `upi`, `br` and others: the market's.
        pub payment_type: Option<String>,
        /// A configuration kept at Meta, by name.
        pub payment_configuration: Option<String>,
        /// How it may be paid: each a `type` and an object of that name, which is the gateway's.
        pub payment_settings: Option<Vec<Object>>,
        /// Three capital letters.
        pub currency: String,
        /// What is to be paid.
        pub total_amount: Amount,
        /// Who gets physical goods, and where.
        pub beneficiaries: Option<Vec<Object>>,
        /// What is bought.
        pub order: Order,
    }
}

object! {
    /// Money: `value / offset` units of the order's currency.
    pub struct Amount {
        /// In hundredths.
        pub value: i64,
        /// 100.
        pub offset: i64,
    }
}

object! {
    /// Money that is added or taken off, with a word why.
    pub struct PartialAmount {
        /// In hundredths.
        pub value: i64,
        /// 100.
        pub offset: i64,
        /// Why.
        pub description: Option<String>,
        /// The programme that a discount belongs to.
        pub discount_program_name: Option<String>,
    }
}

object! {
    /// What is bought.
    pub struct Order {
        /// `pending`.
        pub status: String,
        /// `quick_pay` for an order without items.
        pub kind: Option<String> as "type",
        /// The catalog that the items are in.
        pub catalog_id: Option<String>,
        /// Until when it can be paid: `timestamp` and `description`.
        pub expiration: Option<Object>,
        /// The things.
        pub items: Option<Vec<OrderItem>>,
        /// What the things cost together.
        pub subtotal: Option<Amount>,
        /// Added.
        pub tax: Option<PartialAmount>,
        /// Added.
        pub shipping: Option<PartialAmount>,
        /// Taken off.
        pub discount: Option<PartialAmount>,
    }
}

object! {
    /// A thing.
    pub struct OrderItem {
        /// Its id in the catalog, or our own.
        pub retailer_id: Option<String>,
        /// What it is called.
        pub name: String,
        /// Its picture.
        pub image: Option<Attachment>,
        /// What one costs.
        pub amount: Amount,
        /// What one costs now.
        pub sale_amount: Option<Amount>,
        /// How many.
        pub quantity: i64,
        /// Where it is from.
        pub country_of_origin: Option<String>,
        /// Who brought it into the country.
        pub importer_name: Option<String>,
        /// Where that is.
        pub importer_address: Option<Object>,
    }
}

object! {
    /// How far an order is.
    pub struct OrderStatus {
        /// The id given with its details.
        pub reference_id: String,
        /// How far it is.
        pub order: OrderProgress,
    }
}

words! {
    /// The states of an order.
    pub enum OrderState {
        /// Not paid yet.
        Pending = "pending",
        /// Being prepared.
        Processing = "processing",
        /// A part is on its way.
        PartiallyShipped = "partially_shipped",
        /// On its way.
        Shipped = "shipped",
        /// Done.
        Completed = "completed",
        /// Given up.
        Canceled = "canceled",
    }
}

object! {
    /// How far an order is.
    pub struct OrderProgress {
        /// The state.
        pub status: OrderState,
        /// A word about it, at most 120 characters.
        pub description: Option<String>,
    }
}

impl OrderDetails {
    pub(in crate::outbound) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(&self.reference_id, REFERENCE_CHARS, &at.name("reference_id"));
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        problems.unless(
            is_code,
            &at.name("currency"),
            code::WRONG_FORMAT,
            "must be a currency's three letters, like BRL",
        );
        let goods = ["digital-goods", "physical-goods"].contains(&self.kind.as_str());
        problems.unless(
            goods,
            &at.name("type"),
            code::UNSUPPORTED,
            "must be one of: digital-goods, physical-goods",
        );
        let total = at.name("total_amount");
        self.total_amount.check(&total, problems);
        if let Some(sum) = self.order.sum().filter(|sum| *sum != self.total_amount.value) {
            let reason = format!("must be subtotal + tax + shipping - discount: {sum}");
            problems.add(&total.name("value"), code::CONFLICT, reason);
        }
        let settings = at.name("payment_settings");
        for (index, setting) in self.payment_settings.iter().flatten().enumerate() {
            check_setting(setting, &settings.index(index), problems);
        }
        self.order.check(&at.name("order"), problems);
    }
}

fn check_setting(setting: &Object, at: &Pointer<'_>, problems: &mut Problems) {
    let kind = setting.get("type").and_then(|kind| kind.as_str());
    let Some(kind) = kind else {
        problems.add(&at.name("type"), code::MISSING, "say how it may be paid");
        return;
    };
    let has_object = setting.get(kind).is_some_and(serde_json::Value::is_object);
    problems.unless(
        has_object,
        &at.name(kind),
        code::MISSING,
        "give the object named like the type",
    );
}

impl Order {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let pending = self.status == "pending";
        problems.unless(pending, &at.name("status"), code::UNSUPPORTED, "must be pending");
        if let Some(subtotal) = &self.subtotal {
            subtotal.check(&at.name("subtotal"), problems);
        }
        for (name, amount) in [
            ("tax", &self.tax),
            ("shipping", &self.shipping),
            ("discount", &self.discount),
        ] {
            if let Some(amount) = amount {
                check_amount(amount.value, amount.offset, &at.name(name), problems);
            }
        }
        let Some(items) = &self.items else {
            return;
        };
        let at = at.name("items");
        problems.count(items.len(), &(1..=usize::MAX), &at);
        for (index, item) in items.iter().enumerate() {
            item.check(&at.index(index), problems);
        }
    }

    /// What is to be paid, where the order says enough to know.
    fn sum(&self) -> Option<i64> {
        let value = |amount: &Option<PartialAmount>| amount.as_ref().map_or(0, |amount| amount.value);
        self.subtotal
            .as_ref()?
            .value
            .checked_add(value(&self.tax))?
            .checked_add(value(&self.shipping))?
            .checked_sub(value(&self.discount))
    }
}

impl OrderItem {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.name, &at.name("name"));
        self.amount.check(&at.name("amount"), problems);
        if let Some(amount) = &self.sale_amount {
            amount.check(&at.name("sale_amount"), problems);
        }
        if let Some(image) = &self.image {
            image.media.check(&at.name("image"), problems);
        }
        problems.range(self.quantity, &(1..=i64::MAX), &at.name("quantity"));
    }
}

impl Amount {
    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        check_amount(self.value, self.offset, at, problems);
    }
}

fn check_amount(value: i64, offset: i64, at: &Pointer<'_>, problems: &mut Problems) {
    problems.range(value, &(0..=i64::MAX), &at.name("value"));
    problems.range(offset, &(OFFSET..=OFFSET), &at.name("offset"));
}

impl OrderStatus {
    pub(in crate::outbound) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(&self.reference_id, REFERENCE_CHARS, &at.name("reference_id"));
        let at = at.name("order");
        problems.optional_text(
            self.order.description.as_deref(),
            DESCRIPTION_CHARS,
            &at.name("description"),
        );
    }
}
