//! How a line stands with Meta: quality, registration, throughput, health. Whatever is not said
//! otherwise is in order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Messages per second of a coexistence number (business phone numbers, "Throughput").
const COEXISTENCE: u32 = 20;
/// Of a number of the standard level.
const STANDARD: u32 = 80;
/// Of a number of the high level.
const HIGH: u32 = 1000;

/// The state of a line, in Meta's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineState {
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality_rating: String,
    /// `CONNECTED`, `PENDING`, `BANNED` …
    pub status: String,
    /// `APPROVED`, `DECLINED` …
    pub name_status: String,
    /// `VERIFIED`, `NOT_VERIFIED` or `EXPIRED`.
    pub code_verification_status: String,
    /// `STANDARD`, `HIGH` or `NOT_APPLICABLE`.
    pub throughput_level: String,
    /// `TIER_250`, `TIER_2K` … `TIER_UNLIMITED`.
    pub messaging_limit: String,
    /// Whether the number is used by the WhatsApp Business app as well.
    pub is_on_biz_app: bool,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    pub platform_type: String,
    /// `LIVE` or `SANDBOX`.
    pub account_mode: String,
    /// What is wrong with `PHONE_NUMBER`, `WABA`, `BUSINESS` or `APP`.
    pub health: BTreeMap<String, Health>,
}

/// What is wrong with an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// `AVAILABLE`, `LIMITED` or `BLOCKED`.
    pub can_send_message: String,
    /// `[{error_code, error_description, possible_solution}]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Value>,
    /// Sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_info: Vec<String>,
}

impl Default for LineState {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            quality_rating: word("GREEN"),
            status: word("CONNECTED"),
            name_status: word("APPROVED"),
            code_verification_status: word("VERIFIED"),
            throughput_level: word("STANDARD"),
            messaging_limit: word("TIER_2K"),
            is_on_biz_app: false,
            platform_type: word("CLOUD_API"),
            account_mode: word("LIVE"),
            health: BTreeMap::new(),
        }
    }
}

impl LineState {
    /// How many messages per second the line may send and receive.
    pub fn throughput(&self) -> u32 {
        match (self.is_on_biz_app, &*self.throughput_level) {
            (true, _) => COEXISTENCE,
            (false, "HIGH") => HIGH,
            (false, _) => STANDARD,
        }
    }

    /// The code that every send is refused with, when the line cannot send.
    pub fn refusal(&self) -> Option<i64> {
        match &*self.status {
            "BANNED" => Some(131_031),
            "RESTRICTED" => Some(368),
            "RATE_LIMITED" => Some(131_048),
            "DISCONNECTED" | "PENDING" | "UNVERIFIED" | "OFFLINE" | "DELETED" | "MIGRATED" | "UNLINKED" => {
                Some(133_010)
            }
            _ => self.blocks(|code| code != PAYMENT).then_some(131_031),
        }
    }

    /// Whether a payment is missing: conversations that the business begins fail for it.
    pub fn lacks_payment(&self) -> bool {
        self.blocks(|code| code == PAYMENT)
    }

    /// Whether an entity is blocked for a reason of a kind.
    fn blocks(&self, kind: impl Fn(i64) -> bool) -> bool {
        let blocked = self
            .health
            .values()
            .filter(|health| health.can_send_message == "BLOCKED");
        let codes = blocked.map(|health| health.errors.first().and_then(|e| e["error_code"].as_i64()));
        codes.map(Option::unwrap_or_default).any(kind)
    }

    /// Graph's `health_status`: the whole is as good as the worst of its parts.
    pub fn health_status(&self, phone_number_id: &str, waba_id: &str) -> Value {
        let of = |kind: &str, id: &str| {
            let health = self.health.get(kind);
            let state = health.map_or("AVAILABLE", |health| &health.can_send_message);
            let mut entity = json!({"entity_type": kind, "id": id, "can_send_message": state});
            if let Some(health) = health.filter(|health| !health.errors.is_empty()) {
                entity["errors"] = health.errors.clone().into();
            }
            if let Some(health) = health.filter(|health| !health.additional_info.is_empty()) {
                entity["additional_info"] = health.additional_info.clone().into();
            }
            entity
        };
        let worst = ["BLOCKED", "LIMITED"].into_iter().find(|word| {
            let mut states = self.health.values().map(|health| &*health.can_send_message);
            states.any(|state| state == *word)
        });
        json!({
            "can_send_message": worst.unwrap_or("AVAILABLE"),
            "entities": [
                of("PHONE_NUMBER", phone_number_id),
                of("WABA", waba_id),
                of("BUSINESS", super::BUSINESS_ID),
                of("APP", super::APP_ID),
            ],
        })
    }
}

/// The code of a missing payment inside `health_status`.
const PAYMENT: i64 = 141_006;
