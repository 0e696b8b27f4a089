//! Meta's error codes with their HTTP status, title and details, as the page of error codes has
//! them (business-messaging/whatsapp/support/error-codes, 2026). Pure.

/// What one code comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording {
    /// The HTTP status when a call is refused with it.
    pub status: u16,
    /// The title.
    pub title: &'static str,
    /// The details; the title serves where Meta has none of its own.
    pub details: &'static str,
}

/// Codes whose status is not 400, or whose words are known.
const TABLE: &[(i64, u16, &str, &str)] = &[
    (
        0,
        401,
        "AuthException",
        "We were unable to authenticate the app user.",
    ),
    (1, 400, "API Unknown", "Invalid request or possible server error."),
    (
        2,
        503,
        "API Service",
        "Temporary due to downtime or due to being overloaded.",
    ),
    (3, 500, "API Method", "Capability or permissions issue."),
    (
        4,
        400,
        "API Too Many Calls",
        "The app has reached its API call rate limit.",
    ),
    (
        10,
        403,
        "Permission Denied",
        "Permission is either not granted or has been removed.",
    ),
    (
        33,
        400,
        "Parameter value is not valid",
        "The business phone number has been deleted.",
    ),
    (
        100,
        400,
        "Invalid parameter",
        "The request included one or more unsupported or misspelled parameters.",
    ),
    (
        190,
        401,
        "Access token has expired",
        "Your access token has expired.",
    ),
    (
        200,
        403,
        "API Permission",
        "Permission is either not granted or has been removed.",
    ),
    (
        368,
        403,
        "Temporarily blocked for policies violations",
        "The account has been restricted or disabled for violating a platform policy.",
    ),
    (
        613,
        429,
        "Calls to this api have exceeded the rate limit.",
        "Calls to this api have exceeded the rate limit.",
    ),
    (
        80_007,
        400,
        "Rate limit issues",
        "The WhatsApp Business Account has reached its rate limit.",
    ),
    (
        130_429,
        400,
        "Rate limit hit",
        "Cloud API message throughput has been reached.",
    ),
    (
        130_472,
        400,
        "User's number is part of an experiment",
        "Failed to send message because this user's phone number is part of an experiment",
    ),
    (
        130_497,
        403,
        "Business account is restricted from messaging users in this country.",
        "The WhatsApp Business account is restricted from messaging to users in certain countries.",
    ),
    (
        131_000,
        500,
        "Something went wrong",
        "Message failed to send due to an unknown error.",
    ),
    (
        131_005,
        403,
        "Access denied",
        "Permission is either not granted or has been removed.",
    ),
    (
        131_008,
        400,
        "Required parameter is missing",
        "The request is missing a required parameter.",
    ),
    (
        131_009,
        400,
        "Parameter value is not valid",
        "One or more parameter values are invalid.",
    ),
    (
        131_016,
        500,
        "Service unavailable",
        "A service is temporarily unavailable.",
    ),
    (
        131_021,
        400,
        "Recipient cannot be sender",
        "Sender and recipient phone number is the same.",
    ),
    (131_026, 400, "Message undeliverable", "Message Undeliverable."),
    (
        131_030,
        400,
        "Recipient phone number not in allowed list",
        "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
    ),
    (
        131_031,
        403,
        "Business Account locked",
        "The WhatsApp Business Account associated with the app has been restricted or disabled for violating a platform policy.",
    ),
    (
        131_037,
        400,
        "WhatsApp provided number needs display name approval before message can be sent.",
        "The 555 business phone number used to send the request does not have an approved display name.",
    ),
    (
        131_041,
        400,
        "Group does not exist",
        "The group does not exist or the business is not part of it.",
    ),
    (
        131_042,
        400,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
    ),
    (
        131_045,
        500,
        "Incorrect certificate",
        "Message failed to send due to a phone number registration error.",
    ),
    (
        131_047,
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    (
        131_048,
        400,
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
    ),
    (
        131_049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    (
        131_050,
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
        "The recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
    ),
    (
        131_051,
        400,
        "Unsupported message type",
        "Message type is currently not supported.",
    ),
    (
        131_052,
        400,
        "Media download error",
        "Unable to download the media sent by the user.",
    ),
    (131_053, 400, "Media upload error", "Media upload error"),
    (
        131_056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
    ),
    (
        131_057,
        500,
        "Account in maintenance mode",
        "Business Account is in maintenance mode",
    ),
    (
        131_059,
        400,
        "Invalid cursor",
        "The cursor is broken or has expired; begin with the first page.",
    ),
    (
        131_062,
        400,
        "Business-scoped user id recipients are not supported for this message.",
        "This message cannot be sent to a business-scoped user id.",
    ),
    (
        132_000,
        400,
        "Number of parameters does not match the expected number of params",
        "The number of variable parameter values included in the request did not match the number of variable parameters defined in the template.",
    ),
    (
        132_001,
        404,
        "Template name does not exist in the translation",
        "The template does not exist in the specified language or the template has not been approved.",
    ),
    (
        132_005,
        400,
        "Translated text too long",
        "Translated text is too long.",
    ),
    (
        132_007,
        400,
        "Template Format Character Policy Violated",
        "The template content violates a WhatsApp policy.",
    ),
    (
        132_008,
        400,
        "Parameter value is not valid",
        "A template parameter has a value that is not valid.",
    ),
    (
        132_012,
        400,
        "Parameter format does not match format in the created template",
        "Variable parameter values formatted incorrectly.",
    ),
    (
        132_015,
        400,
        "Template is Paused",
        "Template is paused due to low quality so it cannot be sent in a template message.",
    ),
    (
        132_016,
        400,
        "Template is Disabled",
        "Template has been paused too many times due to low quality and is now permanently disabled.",
    ),
    (
        132_018,
        400,
        "Template parameter is not valid",
        "There are one or more issues with the parameters of the template message.",
    ),
    (132_068, 400, "Flow is blocked", "Flow is in blocked state."),
    (
        132_069,
        400,
        "Flow is throttled",
        "Flow is in throttled state and 10 messages using this flow were already sent in the last hour.",
    ),
    (
        133_000,
        500,
        "Incomplete Deregistration",
        "A previous deregistration attempt failed.",
    ),
    (
        133_004,
        503,
        "Server Temporarily Unavailable",
        "Server is temporarily unavailable.",
    ),
    (
        133_005,
        400,
        "Two step verification PIN Mismatch",
        "Two-step verification PIN incorrect.",
    ),
    (
        133_006,
        400,
        "Phone number re-verification needed",
        "Phone number needs to be verified before registering.",
    ),
    (
        133_010,
        400,
        "Account not registered",
        "Phone number not registered on the Whatsapp Business Platform.",
    ),
    (
        134_100,
        400,
        "Only marketing messages supported",
        "Only marketing template messages can be sent with this API.",
    ),
    (
        135_000,
        400,
        "Generic user error",
        "Message failed to send because of an unknown error with your request parameters.",
    ),
    (
        137_000,
        400,
        "User identity key hash mismatch",
        "The recipient's identity key hash does not match the one of the request.",
    ),
];

/// What a code comes with; unknown ones are refused with 400 and few words.
pub fn wording(code: i64) -> Wording {
    let found = TABLE.iter().find(|(known, ..)| *known == code);
    let (_, status, title, details) = found.copied().unwrap_or((
        code,
        400,
        "Something went wrong",
        "Message failed to send due to an unknown error.",
    ));
    Wording {
        status,
        title,
        details,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_once_and_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(wording(131_047).title, "Re-engagement message");
        assert_eq!((wording(131_057).status, wording(999_999).status), (500, 400));
    }
}
