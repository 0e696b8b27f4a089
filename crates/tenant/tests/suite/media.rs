//! Files of messages: written once, fetched by one worker at a time, settled by the current one.

use chrono::{DateTime, Utc};
use tenant::{
    inbound::{InboundContent, InboundItem},
    media::{
        self, FetchAgainError, InboundMedia, Media, MediaAttempt, MediaOutcome, MediaState, NewMedia,
        claim_next,
    },
};

use crate::common::{LINE, Test, at, text};

const ANA: &str = "34600000001";
const WEEK: i64 = 7 * 24 * 3_600;

fn picture(wamid: &str, seconds: i64) -> InboundItem {
    let mut item = text(wamid, ANA, "mira", seconds);
    if let InboundContent::Message(message) = &mut item.content {
        "image".clone_into(&mut message.kind);
        message.media = Some(Box::new(InboundMedia {
            kind: "image".to_owned(),
            wa_media_id: Some(format!("id.{wamid}")),
            sha256: Some([7; 32]),
            ..InboundMedia::default()
        }));
    }
    item
}

async fn claim(test: &Test, now: DateTime<Utc>) -> Option<MediaAttempt> {
    claim_next(&mut test.conn().await, now).await.unwrap()
}

async fn settle(test: &Test, attempt: &MediaAttempt, outcome: &MediaOutcome) -> bool {
    media::settle(&mut test.conn().await, attempt, outcome)
        .await
        .unwrap()
}

async fn found(test: &Test, attempt: &MediaAttempt) -> Media {
    let found = media::find(&mut test.conn().await, attempt.message_id).await;
    found.unwrap().unwrap()
}

fn stored() -> MediaOutcome {
    MediaOutcome::Stored {
        content_hash: [7; 32],
        content_type: Some("image/jpeg".to_owned()),
        size: 12,
    }
}

fn failed() -> MediaOutcome {
    MediaOutcome::GivenUp {
        state: MediaState::Failed,
        reason: "media_wrong_hash",
        size: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_written_once_however_often_its_message_comes() {
    let test = Test::new();
    let batch = [picture("w1", 0), text("w2", ANA, "hola", 0), picture("w1", 0)];
    test.apply(&batch, 1).await;
    test.apply(&batch, 2).await;
    assert_eq!(test.count("SELECT count(*) AS count FROM media").await, 1);
    let attempt = claim(&test, at(2)).await.unwrap();
    assert_eq!(attempt.wa_media_id.as_deref(), Some("id.w1"));
    assert_eq!(
        (attempt.sha256.as_deref(), attempt.expires_at),
        (Some([7; 32].as_slice()), at(WEEK))
    );
    let again = InboundMedia::default();
    let again = NewMedia {
        message: attempt.message_id,
        channel: LINE,
        media: &again,
        sent_at: at(0),
    };
    media::attach(&mut test.conn().await, &[again, again], at(3))
        .await
        .unwrap();
    assert_eq!(test.count("SELECT count(*) AS count FROM media").await, 1);
    assert_eq!(found(&test, &attempt).await.kind, "image");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_at_a_time_and_another_when_it_died() {
    let test = Test::new();
    test.apply(&[picture("w1", 0)], 0).await;
    let first = claim(&test, at(1)).await.unwrap();
    assert!(claim(&test, at(2)).await.is_none());
    let second = claim(&test, at(1 + 301)).await.unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert!(!settle(&test, &first, &failed()).await);
    assert!(settle(&test, &second, &stored()).await);
    assert!(!settle(&test, &second, &failed()).await);
    let media = found(&test, &second).await;
    assert_eq!(
        (media.state, media.size, media.error),
        (MediaState::Stored, Some(12), None)
    );
    assert!(claim(&test, at(WEEK)).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_off_is_due_then_and_every_settlement_is_told() {
    let test = Test::new();
    test.apply(&[picture("w1", 0)], 0).await;
    let told = "SELECT count(*) AS count FROM events WHERE kind = 'message.updated'";
    let attempt = claim(&test, at(1)).await.unwrap();
    let retry = MediaOutcome::Retry {
        at: at(60),
        reason: "meta_unreachable",
    };
    assert!(settle(&test, &attempt, &retry).await);
    assert_eq!(
        media::next_due(&mut test.conn().await).await.unwrap(),
        Some(at(60))
    );
    assert!(claim(&test, at(59)).await.is_none());
    let attempt = claim(&test, at(60)).await.unwrap();
    assert!(settle(&test, &attempt, &stored()).await);
    assert_eq!(test.count(told).await, 2);
    assert_eq!(media::next_due(&mut test.conn().await).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_failed_and_still_lives_is_fetched_again() {
    let test = Test::new();
    test.apply(&[picture("w1", 0)], 0).await;
    let attempt = claim(&test, at(1)).await.unwrap();
    let again = async |now| media::fetch_again(&mut test.conn().await, attempt.message_id, now).await;
    assert!(matches!(again(at(2)).await, Err(FetchAgainError::NotFailed)));
    assert!(settle(&test, &attempt, &failed()).await);
    assert!(matches!(again(at(WEEK)).await, Err(FetchAgainError::Expired)));
    again(at(3)).await.unwrap();
    let next = claim(&test, at(3)).await.unwrap();
    assert_eq!((next.attempts, found(&test, &next).await.error), (1, None));
    let nobody = media::fetch_again(
        &mut test.conn().await,
        tenant::message::MessageId::generate(),
        at(3),
    )
    .await;
    assert!(matches!(nobody, Err(FetchAgainError::Unknown)));
}
