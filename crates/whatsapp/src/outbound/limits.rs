//! Meta's limits for what a message holds, in characters or elements. Characters are Unicode
//! characters: Meta does not say what it counts.
//!
//! From Meta's pages `messages/*` and `templates/*` of the WhatsApp documentation.

/// The longest text Meta takes, in characters.
pub const MAX_TEXT_CHARS: usize = 4096;
/// The longest callback data Meta takes, in characters.
pub const MAX_CALLBACK_CHARS: usize = 512;
/// The longest caption of a picture, a film or a document.
pub const MAX_CAPTION_CHARS: usize = 1024;

/// The longest URL.
pub(super) const URL_CHARS: usize = 2000;
/// The most cards with contacts in one message.
pub(super) const CONTACTS: usize = 257;

/// Of an interactive message's parts.
pub(super) const HEADER_CHARS: usize = 60;
pub(super) const BODY_CHARS: usize = 1024;
pub(super) const LIST_BODY_CHARS: usize = 4096;
pub(super) const FOOTER_CHARS: usize = 60;

/// Of reply buttons.
pub(super) const BUTTONS: usize = 3;
pub(super) const BUTTON_TITLE_CHARS: usize = 20;
pub(super) const BUTTON_ID_CHARS: usize = 256;

/// Of lists; the rows are those of all sections together.
pub(super) const SECTIONS: usize = 10;
pub(super) const ROWS: usize = 10;
pub(super) const SECTION_TITLE_CHARS: usize = 24;
pub(super) const ROW_ID_CHARS: usize = 200;
pub(super) const ROW_TITLE_CHARS: usize = 24;
pub(super) const ROW_DESCRIPTION_CHARS: usize = 72;

/// Of products, those of all sections together.
pub(super) const PRODUCTS: usize = 30;

/// Of carousels, in messages and in templates.
pub(super) const MIN_CARDS: usize = 2;
pub(super) const CARDS: usize = 10;
pub(super) const CARD_BODY_CHARS: usize = 160;
pub(super) const CARD_BODY_BREAKS: usize = 2;

/// Sources differ between 20 and 30: the shorter is taken by both.
pub(super) const FLOW_CTA_CHARS: usize = 20;
/// Thirty days.
pub(super) const CALL_TTL_MINUTES: i64 = 43_200;

/// Of templates.
pub(super) const TEMPLATE_NAME_CHARS: usize = 512;
pub(super) const TEMPLATE_BUTTONS: i64 = 10;
/// Fifteen until December 2025.
pub(super) const COUPON_CHARS: usize = 20;
pub(super) const AUTHENTICATION_CODE_CHARS: usize = 15;
/// September 2001 in milliseconds; a time of today in seconds lies far below.
pub(super) const FIRST_MILLISECOND: i64 = 1_000_000_000_000;
