//! A file's part of a message's JSON.

use serde::Serialize;
use tenant::media::{Media, MediaState};
use utoipa::ToSchema;
use whatsapp::error::Advice;

use crate::names::MediaStateName;

/// Why a file is not there, or not yet.
#[derive(Serialize, ToSchema)]
#[schema(as = MediaError)]
pub(crate) struct MediaErrorBody {
    /// media_id_missing, media_too_large, media_expired, media_wrong_hash, media_foreign_host,
    /// channel_without_token, token_malformed, token_refused, meta_refused, meta_refused_download,
    /// meta_unreachable, meta_unavailable, meta_unreadable, store_unavailable or unavailable.
    code: String,
    /// What to do: retry, wait, check_token or none.
    advice: String,
}

/// The file that a message carries.
#[derive(Serialize, ToSchema)]
#[schema(as = Media)]
pub(crate) struct MediaBody {
    #[schema(value_type = MediaStateName)]
    state: String,
    /// As the sender's phone says; it is served as this only where that is harmless.
    mime_type: Option<String>,
    /// Bytes, once it is there.
    size: Option<i64>,
    /// As the sender's phone says.
    filename: Option<String>,
    /// Whether it was spoken into the phone.
    voice: bool,
    /// Whether a sticker moves.
    animated: bool,
    /// Of its bytes, in hex, once it is there.
    sha256: Option<String>,
    /// Whether it can be shown; otherwise it is bytes to save.
    shown: bool,
    error: Option<MediaErrorBody>,
}

impl From<Media> for MediaBody {
    fn from(media: Media) -> Self {
        let hash = media
            .content_hash
            .as_deref()
            .and_then(media::ContentHash::from_slice);
        Self {
            state: media.state.to_string(),
            mime_type: media.mime_type,
            size: media.size,
            filename: media.filename,
            voice: media.voice,
            animated: media.animated,
            sha256: hash.map(|hash| hash.to_string()),
            shown: media.content_type.is_some(),
            error: media.error.map(|code| MediaErrorBody {
                advice: advice(media.state, &code).to_string(),
                code,
            }),
        }
    }
}

fn advice(state: MediaState, code: &str) -> Advice {
    match (state, code) {
        (_, "channel_without_token" | "token_malformed" | "token_refused") => Advice::CheckToken,
        (MediaState::Pending | MediaState::Fetching, _) => Advice::Wait,
        (MediaState::Failed | MediaState::Refused, _) => Advice::Retry,
        (MediaState::Stored | MediaState::TooLarge | MediaState::Expired, _) => Advice::None,
    }
}
