//! From an agent's words to the customer's phone, once.

use control::channel::ChannelChanges;
use diesel_async::SimpleAsyncConnection;
use pg::Patch;
use simulator::{
    faults::SendFault,
    world::{ChatKey, Direction},
};
use tenant::message::MessageStatus;

use crate::{
    bodies::{body, messages, text},
    common::{self, A, B, CUSTOMER, Company, PLATFORM, Stage, eventually, now, signed},
    receiver::{Slow, connect},
};

/// Somebody writes now, so that free-form answers are allowed.
pub async fn written_by(
    stage: &Stage,
    company: &Company,
    line: &str,
    phone: &str,
) -> tenant::conversation::ConversationId {
    let before = company.conversations().await;
    let mut message = text(&format!("in.{line}.{phone}"), phone, "hola");
    message["timestamp"] = now().timestamp().to_string().into();
    let body = body(&[(line, messages([message.clone()]))]);
    stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    stage
        .customer_wrote(line, phone, &format!("in.{line}.{phone}"))
        .await;
    // On a busy machine the message may take the way through the spool.
    eventually(async || {
        let after = company.conversations().await;
        after.into_iter().find(|id| !before.contains(id))
    })
    .await
}

fn fault(stage: &Stage, send: SendFault, times: u32) {
    let mut inner = stage.simulator.lock();
    inner.faults.send = send;
    inner.faults.times = Some(times);
}

/// How often Meta took each message.
pub fn accepted(stage: &Stage) -> Vec<u64> {
    let sends = serde_json::to_value(stage.simulator.lock().world.sends()).unwrap();
    let counts = sends["by_callback"].as_object().unwrap().values();
    counts.map(|count| count.as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_accepted_and_its_ticks_turn_to_read() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    let message = stage.reply(&sol, thread, "buenas").await;
    let read = sol.until(message.id, MessageStatus::Read).await;
    assert!(read.sent_at.is_some() && read.delivered_at.is_some());
    let key = ChatKey {
        line: A.to_owned(),
        phone: CUSTOMER.to_owned(),
    };
    let inner = stage.simulator.lock();
    let shown = inner.world.chat(&key).unwrap().messages.back().unwrap();
    assert_eq!(Some(&shown.wamid), read.wamid.as_ref());
    drop(inner);
    assert_eq!(accepted(&stage), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn metas_refusal_reaches_the_agent_in_words() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    fault(&stage, SendFault::Code(131_026), 1);
    let message = stage.reply(&sol, thread, "buenas").await;
    let failed = sol.until(message.id, MessageStatus::Failed).await;
    let failure = failed.failure().unwrap();
    assert_eq!(failure.code, Some(131_026));
    assert!(!failure.title.is_empty());
    // The agent tries again.
    let handle = stage.handle(&sol).await;
    stage.engine.retry(&handle, message.id, sol.agent).await.unwrap();
    sol.until(message.id, MessageStatus::Read).await;
    assert_eq!(accepted(&stage), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_stops_the_line_and_what_waited_goes_out_once_it_is_replaced() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    let channel = stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    let at_meta = |token: &str| {
        let mut inner = stage.simulator.lock();
        token.clone_into(&mut inner.world.lines.get_mut(A).unwrap().token);
    };
    at_meta("token-2");
    let first = stage.reply(&sol, thread, "uno").await;
    let pause = || async {
        let line = stage
            .resolver()
            .line_of_channel(channel.id)
            .await
            .unwrap()
            .unwrap();
        line.pause.clone()
    };
    let paused = eventually(async || pause().await).await;
    assert_eq!(paused.cause.code.as_str(), "token_invalid");
    let second = stage.reply(&sol, thread, "dos").await;
    let waits = "outbox WHERE state IN ('queued', 'retry')";
    eventually(async || (sol.count(waits).await == 2).then_some(())).await;
    assert_eq!(accepted(&stage), [0_u64; 0]);
    let token = ChannelChanges {
        wa_token: Patch::Set("token-2".into()),
        ..ChannelChanges::default()
    };
    stage.change_line(&channel, token).await;
    for message in [first, second] {
        sol.until(message.id, MessageStatus::Read).await;
    }
    assert_eq!(accepted(&stage), [1, 1]);
    assert!(pause().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_turned_away_for_now_is_sent_later_and_once() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    fault(&stage, SendFault::RateLimit, 2);
    let first = stage.reply(&sol, thread, "uno").await;
    let second = stage.reply(&sol, thread, "dos").await;
    sol.until(first.id, MessageStatus::Read).await;
    sol.until(second.id, MessageStatus::Read).await;
    assert_eq!(accepted(&stage), [1, 1]);
    let (first, second) = (sol.message(first.id).await, sol.message(second.id).await);
    assert!(first.wamid != second.wamid);
    let attempts = sol.count("outbox WHERE attempt = 3 AND state = 'accepted'").await;
    assert_eq!(attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown_until_a_report_tells() {
    for lost in [
        SendFault::ResetAfter,
        SendFault::ServerErrorAfter,
        SendFault::Unreadable,
    ] {
        let stage = Stage::new();
        let sol = stage.company("sol").await;
        stage.line(&sol, A, None).await;
        let thread = written_by(&stage, &sol, A, CUSTOMER).await;
        stage.simulator.lock().faults.drop_statuses = true;
        fault(&stage, lost, 1);
        let message = stage.reply(&sol, thread, "buenas").await;
        let unknown = sol.until(message.id, MessageStatus::Unknown).await;
        assert_eq!(unknown.wamid, None, "{lost:?}");
        connect(&stage);
        let key = ChatKey {
            line: A.to_owned(),
            phone: CUSTOMER.to_owned(),
        };
        let wamid = stage
            .simulator
            .lock()
            .world
            .chat(&key)
            .unwrap()
            .messages
            .back()
            .unwrap()
            .wamid
            .clone();
        assert!(
            stage
                .simulator
                .post_status(&wamid, "delivered", None, now())
                .await
                .is_some()
        );
        let settled = sol.until(message.id, MessageStatus::Delivered).await;
        assert_eq!(settled.wamid, Some(wamid));
        assert_eq!(accepted(&stage), [1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_the_same_databases_send_everything_once_and_in_order() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    connect(&stage);
    let other = stage.another();
    let mut all = Vec::new();
    for (company, line) in [(&sol, A), (&luna, B)] {
        for person in 0..3 {
            let thread = written_by(&stage, company, line, &format!("3460000010{person}")).await;
            for n in 0..5 {
                let message = stage.reply(company, thread, &format!("{n}")).await;
                other.queued(company.id);
                all.push((company, message.id));
            }
        }
    }
    for (company, id) in &all {
        company.until(*id, MessageStatus::Read).await;
    }
    assert_eq!(accepted(&stage), vec![1; all.len()]);
    for (line, person) in [(A, 0), (A, 1), (A, 2), (B, 0), (B, 1), (B, 2)] {
        let key = ChatKey {
            line: line.to_owned(),
            phone: format!("3460000010{person}"),
        };
        let wamids: Vec<_> = stage
            .simulator
            .lock()
            .world
            .chat(&key)
            .unwrap()
            .messages
            .iter()
            .filter(|bubble| bubble.direction == Direction::Out)
            .map(|bubble| bubble.wamid.clone())
            .collect();
        assert_eq!(wamids.len(), 5);
        let company = if line == A { &sol } else { &luna };
        let mut sent = Vec::new();
        for (of, id) in &all {
            let message = of.message(*id).await;
            if of.id == company.id && wamids.contains(message.wamid.as_ref().unwrap()) {
                sent.push(message.wamid.unwrap());
            }
        }
        assert_eq!(sent, wamids);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_does_not_send_leaves_its_answers_to_one_that_does() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    let desk = stage.without_sender();
    let message = stage.reply_through(&desk, &sol, thread, "buenas").await;
    assert_eq!(sol.message(message.id).await.status(), MessageStatus::Queued);
    let _worker = stage.another();
    sol.until(message.id, MessageStatus::Read).await;
    let next = stage.reply_through(&desk, &sol, thread, "hasta luego").await;
    sol.until(next.id, MessageStatus::Read).await;
    assert_eq!(accepted(&stage), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_under_way_is_seen_to_its_end_when_the_database_goes_away() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let meta = Slow::start();
    let one = written_by(&stage, &sol, A, "34600000101").await;
    let two = written_by(&stage, &sol, A, "34600000102").await;
    let sending = stage.another_at(&meta.url);
    let mut keeper = sol.db.conn().await.unwrap();
    let mut queued = Vec::new();
    for thread in [one, two] {
        let words = common::text(&sol, thread, "buenas");
        let message = tenant::outbox::queue_message(&mut keeper, &words, now())
            .await
            .unwrap();
        queued.push(message.id);
    }
    // The second is due when the first is under way, and taking it has to wait.
    let due = |at: &str| {
        format!(
            "UPDATE outbox SET next_attempt_at = {at} WHERE message_id = '{}'",
            queued[1]
        )
    };
    keeper
        .batch_execute(&due("now() + interval '1 hour'"))
        .await
        .unwrap();
    sending.queued(sol.id);
    meta.arrived.acquire().await.unwrap().forget();
    keeper.batch_execute(&due("now()")).await.unwrap();
    let hold = format!(
        "BEGIN; SELECT id FROM messages WHERE id = '{}' FOR UPDATE",
        queued[1]
    );
    keeper.batch_execute(&hold).await.unwrap();
    sending.queued(sol.id);
    let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually(async || (sol.count(waiting).await > 0).then_some(())).await;
    // The claim of the second fails while the first one's call is under way.
    let end = "(SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock') AS ended";
    assert_eq!(sol.count(end).await, 1);
    eventually(async || (sol.count(waiting).await == 0).then_some(())).await;
    meta.answer.add_permits(2);
    keeper.batch_execute("ROLLBACK").await.unwrap();
    drop(keeper);
    sol.until(queued[0], MessageStatus::Accepted).await;
}
