//! What the end of an attempt teaches about the customer, and endings that meet status webhooks.

use tenant::{
    contact::Identity,
    conversation::ConversationFilter,
    inbound::InboundContent,
    message::MessageStatus,
    outbox::{
        Attempt, NewContent, NewUpload, Outcome, QueueMessage, SendClass, Settlement, WaUpload, add_upload,
        queue_message, remember_wa_upload, retry_message, wa_upload,
    },
    status::{Delivery, SendFailure},
};

use crate::common::{LINE, Test, accepted, answer, at, from, report, settle, text};

const ANA: &str = "34600000001";
const HOUR: i64 = 3_600;

fn failed(code: i32) -> Settlement {
    Settlement::Failed(SendFailure {
        code: Some(code),
        title: "told by Meta".to_owned(),
        detail: None,
    })
}

async fn settled(test: &Test, attempt: &Attempt, settlement: &Settlement, seconds: i64) {
    assert!(
        settle(&mut test.conn().await, attempt, settlement, at(seconds))
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_window_has_closed_closes_it_here() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    test.queue(ana, &user, "hola", 1).await;
    settled(&test, &test.claim(1).await.unwrap(), &failed(131_047), 2).await;
    assert_eq!(test.conversation(ana).await.window_expires_at, Some(at(2)));
    assert!(test.try_queue(ana, &user, "otra", None, 3).await.is_err());
    // He writes again, and it is open again.
    test.apply(&[text("w2", ANA, "hola", 10)], 10).await;
    test.queue(ana, &user, "otra", 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_marketing_was_stopped_opts_out_whether_the_answer_or_a_report_tells() {
    let test = Test::new();
    let opted_out = "SELECT count(*) AS count FROM contacts WHERE marketing_opt_out_at IS NOT NULL";
    let (ana, user) = test.thread(ANA).await;
    test.queue(ana, &user, "hola", 1).await;
    settled(&test, &test.claim(1).await.unwrap(), &failed(131_050), 2).await;
    assert_eq!(test.count(opted_out).await, 1);
    let eva = test.begun_by("34600000002").await;
    test.queue(eva, &user, "hola", 3).await;
    let attempt = test.claim(3).await.unwrap();
    settled(&test, &attempt, &accepted("w1"), 4).await;
    let mut told = report("w1", Delivery::Failed, 5, Some(attempt.reference));
    if let InboundContent::Status(status) = &mut told.content {
        status.failure = Some(SendFailure {
            code: Some(131_050),
            title: "stopped".to_owned(),
            detail: None,
        });
    }
    test.apply(&[told], 5).await;
    assert_eq!(test.count(opted_out).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_meta_could_not_use_is_uploaded_anew_and_others_are_not() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let mut conn = test.conn().await;
    let mut ids = Vec::new();
    for content_hash in [[1; 32], [2; 32]] {
        let new = NewUpload {
            content_hash,
            content_type: "image/jpeg",
            size: 3,
            filename: None,
            voice: false,
            by: Some(user.id),
        };
        ids.push(add_upload(&mut conn, new, at(1)).await.unwrap());
    }
    let known = |hash| WaUpload {
        channel: LINE,
        content_hash: hash,
        content_type: "image/jpeg",
    };
    for upload in &ids {
        remember_wa_upload(&mut conn, known(&upload.content_hash), "9", at(9_000))
            .await
            .unwrap();
    }
    let picture = QueueMessage {
        content: NewContent {
            kind: "image",
            payload: Some(serde_json::json!({ "image": { "id": ids[0].id.to_string() } })),
            file: Some(&ids[0]),
            ..NewContent::default()
        },
        ..answer(ana, user.id, "")
    };
    queue_message(&mut conn, &picture, at(2)).await.unwrap();
    settled(&test, &test.claim(2).await.unwrap(), &failed(131_053), 3).await;
    let mut left = Vec::new();
    for upload in &ids {
        let found = wa_upload(&mut conn, known(&upload.content_hash), at(4)).await;
        left.push(found.unwrap());
    }
    assert_eq!(left, [None, Some("9".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_under_the_ids_that_meta_told_is_in_the_same_thread() {
    let test = Test::new();
    // Mexican numbers are dialled with a 1 that their owners' ids do not have.
    let (dialled, known_as, user_id) = ("5215512345678", "525512345678", "MX.90000000000000000001");
    let (thread, user) = test.thread(dialled).await;
    test.queue(thread, &user, "hola", 1).await;
    let attempt = test.claim(1).await.unwrap();
    let answer = Settlement::Accepted {
        wamid: "w1".to_owned(),
        wa_id: Some(known_as.to_owned()),
        user_id: Some(user_id.to_owned()),
    };
    settled(&test, &attempt, &answer, 2).await;
    test.apply_fresh(&[text("w2", known_as, "soy yo", 3)], 3).await;
    let by_id = Identity {
        user_key: user_id.to_owned(),
        bsuid: Some(user_id.to_owned()),
        ..Identity::default()
    };
    test.apply_fresh(&[from(by_id, "w3", "y yo", 4)], 4).await;
    let rows = test.list(&ConversationFilter::default()).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].contact.bsuid.as_deref(), Some(user_id));
    assert_eq!(test.messages(thread).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn answering_somebody_who_came_from_an_advertisement_is_free_for_72_hours() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let mut came = text("ad", ANA, "vi su anuncio", 10);
    if let InboundContent::Message(message) = &mut came.content {
        message.payload = Some(serde_json::json!({ "referral": { "source_type": "ad" } }));
    }
    test.apply(&[came], 10).await;
    let free_until = async || test.conversation(ana).await.entry_point_expires_at;
    let send = async |class, seconds: i64, wamid: &str| {
        let message = QueueMessage {
            class,
            ..answer(ana, user.id, "hola")
        };
        queue_message(&mut test.conn().await, &message, at(seconds))
            .await
            .unwrap();
        let attempt = test.claim(seconds).await.unwrap();
        settled(&test, &attempt, &accepted(wamid), seconds).await;
    };
    send(SendClass::Campaign, 20, "w1").await;
    assert_eq!(free_until().await, None, "a campaign is no answer");
    send(SendClass::Agent, 30, "w2").await;
    assert_eq!(free_until().await, Some(at(30 + 72 * HOUR)));
    // The next answer is to the same advertisement.
    send(SendClass::Agent, 40, "w3").await;
    assert_eq!(free_until().await, Some(at(30 + 72 * HOUR)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_more_than_a_day_after_the_advertisement_is_not_free() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let mut came = text("ad", ANA, "vi su anuncio", 10);
    if let InboundContent::Message(message) = &mut came.content {
        message.payload = Some(serde_json::json!({ "referral": { "source_type": "ad" } }));
    }
    test.apply(&[came, text("w0", ANA, "¿hola?", 20 * HOUR)], 20 * HOUR)
        .await;
    let late = 10 + 24 * HOUR;
    test.queue(ana, &user, "hola", late).await;
    settled(&test, &test.claim(late).await.unwrap(), &accepted("w1"), late).await;
    assert_eq!(test.conversation(ana).await.entry_point_expires_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn endings_are_written_down_together_while_a_webhook_settles_one_of_them() {
    let test = Test::new();
    let user = test.user(tenant::user::Role::Admin).await;
    let mut outcomes = Vec::new();
    for n in 0..4 {
        let thread = test.begun_by(&format!("3463000000{n}")).await;
        test.queue(thread, &user, "hola", 1).await;
        outcomes.push(Outcome {
            attempt: test.claim(1).await.unwrap(),
            settlement: accepted(&format!("w{n}")),
        });
    }
    let told = outcomes[2].attempt.reference;
    let mut conn = test.conn().await;
    let settling = conn
        .transaction(async |tx| {
            let delivered = report("w2", Delivery::Delivered, 5, Some(told));
            tenant::inbound::apply(tx, &[delivered], at(6)).await?;
            let (db, outcomes) = (test.db.clone(), outcomes.clone());
            let settling = tokio::spawn(async move {
                tenant::outbox::settle(&mut db.conn().await.unwrap(), &outcomes, at(7)).await
            });
            while !settling.is_finished() && test.waiting().await == 0 {
                tokio::task::yield_now().await;
            }
            Ok::<_, pg::DbError>(settling)
        })
        .await
        .unwrap();
    let settled = settling.await.unwrap().unwrap();
    assert_eq!(settled.len(), 3, "the webhook's one was settled by it");
    for (n, outcome) in outcomes.iter().enumerate() {
        let now = test.message(outcome.attempt.reference.message).await;
        let wanted = if n == 2 {
            MessageStatus::Delivered
        } else {
            MessageStatus::Accepted
        };
        assert_eq!(
            (now.status(), now.wamid),
            (wanted, Some(format!("w{n}"))),
            "message {n}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_while_a_report_confirms_the_message_does_not_send_it_twice() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = test.queue(ana, &user, "hola", 1).await;
    let attempt = test.claim(1).await.unwrap();
    settled(&test, &attempt, &Settlement::Unknown { why: None }, 2).await;
    let mut conn = test.conn().await;
    let asking = conn
        .transaction(async |tx| {
            let sent = report("w1", Delivery::Sent, 5, Some(attempt.reference));
            tenant::inbound::apply(tx, &[sent], at(6)).await?;
            let (db, id, actor) = (test.db.clone(), message.id, user.id);
            let asking =
                tokio::spawn(
                    async move { retry_message(&mut db.conn().await.unwrap(), id, actor, at(7)).await },
                );
            while !asking.is_finished() && test.waiting().await == 0 {
                tokio::task::yield_now().await;
            }
            Ok::<_, pg::DbError>(asking)
        })
        .await
        .unwrap();
    let asked = asking.await.unwrap();
    assert!(
        matches!(asked, Err(tenant::outbox::RetryError::NotFailed)),
        "{asked:?}"
    );
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Sent);
    assert!(test.claim(99).await.is_none());
}
