//! Writing down what a check told.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};
use serde_json::{Value, json};

use super::{LineFacts, LineState, MAX_WORDS, Told};
use crate::{schema::line_states, text};

/// Whether the line may send at another pace than before.
pub(super) async fn write(
    tx: &mut Conn<Control>,
    before: &LineState,
    told: &Told,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let row = diesel::update(line_states::table.find(before.channel_id));
    let tried = line_states::tried_at.eq(now);
    match told {
        Told::Nothing(why) => {
            row.set((
                tried,
                line_states::check_error.eq(text::clip(why, MAX_WORDS)),
                line_states::failing_since.eq(before.failing_since.unwrap_or(now)),
            ))
            .execute(&mut **tx)
            .await?;
            Ok(false)
        }
        Told::Facts(facts) => {
            let facts = fit(facts);
            row.set((
                tried,
                line_states::checked_at.eq(now),
                line_states::check_error.eq(None::<String>),
                line_states::failing_since.eq(None::<DateTime<Utc>>),
                &facts,
            ))
            .execute(&mut **tx)
            .await?;
            let pace = |facts: &LineFacts| (facts.throughput.clone(), facts.on_business_app);
            Ok(pace(&facts) != pace(&before.facts))
        }
    }
}

/// What is Meta's own words is of Meta's own length.
fn fit(facts: &LineFacts) -> LineFacts {
    let words = |words: &Option<String>| words.as_deref().and_then(|words| text::clip(words, MAX_WORDS));
    let issues = match &facts.issues {
        list @ Value::Array(_) => list.clone(),
        _ => json!([]),
    };
    LineFacts {
        token_error: words(&facts.token_error),
        number_error: words(&facts.number_error),
        number_status: words(&facts.number_status),
        quality: words(&facts.quality),
        messaging_limit: words(&facts.messaging_limit),
        throughput: words(&facts.throughput),
        verified_name: words(&facts.verified_name),
        name_status: words(&facts.name_status),
        can_send: words(&facts.can_send),
        issues,
        ..facts.clone()
    }
}
