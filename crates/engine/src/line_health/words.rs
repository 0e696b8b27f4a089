//! Meta's own words for how a line stands, and what they mean. Pure.

/// What sending takes.
pub(super) const MESSAGING: &str = "whatsapp_business_messaging";
/// What reading the number and the account takes.
pub(super) const MANAGEMENT: &str = "whatsapp_business_management";

/// A number that the Cloud API can send from.
pub(super) fn is_connected(status: &str) -> bool {
    matches!(status, "CONNECTED" | "LINKED" | "FLAGGED" | "RATE_LIMITED")
}

/// A number that Meta has stopped.
pub(super) fn is_restricted(status: &str) -> bool {
    matches!(status, "BANNED" | "RESTRICTED" | "DELETED" | "MIGRATED")
}

/// A name that may be used.
pub(super) fn is_approved(status: &str) -> bool {
    matches!(status, "APPROVED" | "AVAILABLE_WITHOUT_REVIEW")
}
