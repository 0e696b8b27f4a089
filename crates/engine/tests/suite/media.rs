//! Fetching what customers send, in spite of lines, processes and databases that are not what they should be.

use control::channel::ChannelChanges;
use diesel_async::SimpleAsyncConnection;
use engine::media::{FetchAgainError, OpenMediaError};
use futures_util::TryStreamExt;
use pg::Patch;
use simulator::faults::MediaFault;
use tenant::{
    media::{Media, MediaState},
    message::MessageId,
};

use crate::{
    common::{A, B, CUSTOMER, Company, Stage, eventually},
    receiver::connect,
};

/// The customer sends a sample picture to a line.
async fn sends_a_picture(stage: &Stage, line: &str) {
    let order =
        serde_json::json!({ "phone_number_id": line, "from": CUSTOMER, "media": { "type": "image" } });
    stage.simulator_inbound(&order).await;
}

async fn file(company: &Company, state: MediaState) -> Media {
    eventually(async || {
        let mut conn = company.db.conn().await.unwrap();
        let thread = company.conversations().await.pop()?;
        let page = pg::PageRequest {
            limit: 1,
            cursor: None,
        };
        let newest = tenant::message::Messages::new(&mut conn)
            .list(thread, &page)
            .await;
        let newest: MessageId = newest.unwrap().unwrap().items.pop()?.id;
        let media = tenant::media::find(&mut conn, newest).await.unwrap()?;
        (media.state == state).then_some(media)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_stored_and_read_back() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    sends_a_picture(&stage, A).await;
    let media = file(&sol, MediaState::Stored).await;
    let handle = stage.handle(&sol).await;
    let stored = stage
        .engine
        .stored_media(&handle, media.message_id)
        .await
        .unwrap();
    let bytes: Vec<_> = stage
        .engine
        .media_bytes(&handle, &stored, None)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(u64::try_from(bytes.concat().len()), Ok(stored.size));
    // Another tenant's hand reaches neither the row nor the bytes.
    let luna = stage.company("luna").await;
    let stranger = stage.handle(&luna).await;
    let refused = stage.engine.stored_media(&stranger, media.message_id).await;
    assert!(matches!(refused, Err(OpenMediaError::Unknown)));
    assert!(stage.engine.media_bytes(&stranger, &stored, None).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_token_says_so_and_fetches_once_it_has_one() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    connect(&stage);
    let token = |token| ChannelChanges {
        wa_token: token,
        ..ChannelChanges::default()
    };
    stage.change_line(&line, token(Patch::Clear)).await;
    sends_a_picture(&stage, A).await;
    let media = file(&sol, MediaState::Failed).await;
    assert_eq!(media.error.as_deref(), Some("channel_without_token"));
    stage
        .change_line(&line, token(Patch::Set("token-1".into())))
        .await;
    let handle = stage.handle(&sol).await;
    stage
        .engine
        .fetch_media_again(&handle, media.message_id)
        .await
        .unwrap();
    file(&sol, MediaState::Stored).await;
    let again = stage.engine.fetch_media_again(&handle, media.message_id).await;
    assert!(matches!(
        again,
        Err(FetchAgainError::Media(tenant::media::FetchAgainError::NotFailed))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_names_another_tenants_line_gets_nothing_by_its_token() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    let theirs = stage.line(&luna, B, None).await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    stage.simulator.lock().faults.media = MediaFault::Missing;
    sends_a_picture(&stage, A).await;
    let media = file(&sol, MediaState::Refused).await;
    stage.simulator.lock().faults.media = MediaFault::None;
    let forged = format!("UPDATE media SET channel_id = '{}'", theirs.id);
    sol.db.conn().await.unwrap().batch_execute(&forged).await.unwrap();
    let handle = stage.handle(&sol).await;
    stage
        .engine
        .fetch_media_again(&handle, media.message_id)
        .await
        .unwrap();
    let media = file(&sol, MediaState::Failed).await;
    assert_eq!(media.error.as_deref(), Some("channel_without_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_stay_wrong_are_given_up() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    stage.simulator.lock().faults.media = MediaFault::WrongHash;
    sends_a_picture(&stage, A).await;
    eventually(async || {
        (sol.count("media WHERE attempts = 1 AND state = 'pending'").await == 1).then_some(())
    })
    .await;
    let hurry = "UPDATE media SET attempts = 4, next_attempt_at = now()";
    sol.db.conn().await.unwrap().batch_execute(hurry).await.unwrap();
    let media = file(&sol, MediaState::Failed).await;
    assert_eq!(media.error.as_deref(), Some("media_wrong_hash"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_had_begun_another_one_finishes() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    stage.simulator.lock().faults.media = MediaFault::RateLimit;
    sends_a_picture(&stage, A).await;
    eventually(async || {
        (sol.count("media WHERE state = 'pending' AND attempts > 0").await == 1).then_some(())
    })
    .await;
    stage.simulator.lock().faults.media = MediaFault::None;
    // As a process leaves it that died in the middle, its lease just over.
    let dead = "UPDATE media SET state = 'fetching', attempt_id = gen_random_uuid(), next_attempt_at = now()";
    sol.db.conn().await.unwrap().batch_execute(dead).await.unwrap();
    let worker = stage.another();
    tokio::spawn(async move { worker.run().await });
    file(&sol, MediaState::Stored).await;
}
