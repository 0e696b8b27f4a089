//! Whom a body is believed.

use control::channel::ChannelChanges;
use engine::ingest::{IngestError, Ingested};

use crate::{
    bodies::{body, messages, one, text},
    common::{A, B, PLATFORM, Stage, signed},
};

const OF_A: &str = "secret_of_a_0123456789abcdef012345";

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_body_reaches_its_own_tenant_and_no_other() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    let body = one(A, "w1");
    let taken = stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    assert_eq!((taken.items, taken.ignored, taken.rejected), (1, 0, 0));
    assert_eq!(sol.count("messages").await, 1);
    assert!(luna.holds_nothing().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tenants_in_one_post_each_get_their_own() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    let body = body(&[
        (A, messages([text("w1", "34600000001", "a")])),
        (
            B,
            messages([text("w1", "34600000001", "b"), text("w2", "34600000002", "b")]),
        ),
        (
            A,
            messages([text("w2", "34600000001", "a"), text("w3", "34600000001", "a")]),
        ),
    ]);
    stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    assert_eq!((sol.count("messages").await, sol.count("contacts").await), (3, 1));
    assert_eq!(
        (luna.count("messages").await, luna.count("contacts").await),
        (2, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_own_secret_writes_into_no_other_tenants_line() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, Some(OF_A)).await;
    stage.line(&luna, B, None).await;
    let both = body(&[
        (B, messages([text("forged", "34600000001", "b")])),
        (A, messages([text("w1", "34600000001", "a")])),
    ]);
    let taken = stage
        .engine
        .ingest(&both, Some(&signed(OF_A, &both)))
        .await
        .unwrap();
    assert_eq!((taken.items, taken.rejected), (1, 1));
    assert_eq!(sol.count("messages").await, 1);
    assert!(luna.holds_nothing().await);
    // Nor does the platform's secret speak for a line that has its own.
    let body = one(A, "w2");
    let refused = stage.engine.ingest(&body, Some(&signed(PLATFORM, &body))).await;
    assert!(matches!(refused, Err(IngestError::BadSignature)));
    assert_eq!(sol.count("messages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_wrong_or_missing_or_no_text_stores_nothing() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let body = one(A, "w1");
    let right = signed(PLATFORM, &body);
    let wrong = [
        None,
        Some(signed("another", &body)),
        Some(signed(PLATFORM, b"another body")),
        Some(signed("", &body)),
        Some(b"sha256=".to_vec()),
        Some(Vec::new()),
        Some(right[..right.len() - 1].to_vec()),
        Some([&right[..], b"0"].concat()),
        Some(right[7..].to_vec()),
        Some(b"sha256=\xff\xfe\xc3\xb1".to_vec()),
        Some("sha256=ñandú".repeat(5).into_bytes()),
        Some(b"sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709".to_vec()),
    ];
    for header in wrong {
        let refused = stage.engine.ingest(&body, header.as_deref()).await;
        assert!(matches!(refused, Err(IngestError::BadSignature)), "{header:?}");
    }
    assert!(sol.holds_nothing().await);
    assert!(stage.engine.ingest(&body, Some(&right)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_body_is_taken_only_where_there_is_no_secret_to_check_with() {
    let open = Stage::with_secret(None);
    let sol = open.company("sol").await;
    open.line(&sol, A, None).await;
    open.line(&sol, B, Some(OF_A)).await;
    assert_eq!(open.engine.ingest(&one(A, "w1"), None).await.unwrap().items, 1);
    let refused = open.engine.ingest(&one(B, "w2"), None).await;
    assert!(matches!(refused, Err(IngestError::BadSignature)));
    let both = body(&[
        (A, messages([text("w3", "34600000001", "a")])),
        (B, messages([text("w4", "34600000001", "b")])),
    ]);
    let taken = open.engine.ingest(&both, None).await.unwrap();
    assert_eq!((taken.items, taken.rejected), (1, 1));
    assert_eq!(sol.count("messages").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_line_is_ignored_and_counted() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    for wamid in ["w1", "w2"] {
        let body = one(B, wamid);
        let taken = stage
            .engine
            .ingest(&body, Some(&signed(PLATFORM, &body)))
            .await
            .unwrap();
        assert_eq!(
            taken,
            Ingested {
                items: 0,
                ignored: 1,
                rejected: 0
            }
        );
    }
    assert!(sol.holds_nothing().await);
    let refused = stage.engine.ingest(&one(B, "w3"), None).await;
    assert!(matches!(refused, Err(IngestError::BadSignature)));
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    let noted = crate::common::eventually(async || {
        let mut conn = stage.resolver().control().conn().await.unwrap();
        let page = pg::PageRequest {
            limit: 10,
            cursor: None,
        };
        let found = control::unrouted::Unrouted::new(&mut conn)
            .list(&page)
            .await
            .unwrap();
        (!found.items.is_empty()).then_some(found.items)
    });
    let noted = noted.await;
    running.abort();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].phone_number_id.as_str(), noted[0].hits), (B, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_switched_off_is_ignored_whoever_signs_for_it() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    let lines = [(A, PLATFORM, None), (B, OF_A, Some(OF_A))];
    for (id, signs, own) in lines {
        let channel = stage.line(&sol, id, own).await;
        let off = ChannelChanges {
            is_active: Some(false),
            ..ChannelChanges::default()
        };
        stage.change_line(&channel, off).await;
        let body = one(id, "w1");
        let taken = stage
            .engine
            .ingest(&body, Some(&signed(signs, &body)))
            .await
            .unwrap();
        assert_eq!(
            taken,
            Ingested {
                items: 0,
                ignored: 1,
                rejected: 0
            }
        );
        let refused = stage.engine.ingest(&body, Some(&signed("another", &body))).await;
        assert!(matches!(refused, Err(IngestError::BadSignature)));
    }
    assert!(sol.holds_nothing().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_webhook_is_told_so() {
    let stage = Stage::new();
    for body in [&b""[..], b"hola", b"[]", b"{\"a\":", b"\xff\xfe", b"null"] {
        let refused = stage.engine.ingest(body, Some(&signed(PLATFORM, body))).await;
        assert!(matches!(refused, Err(IngestError::Malformed(_))), "{body:?}");
    }
    for body in [
        &b"{}"[..],
        b"{\"object\":\"instagram\",\"entry\":[{}]}",
        b"{\"entry\":[1,{\"changes\":[2]}]}",
    ] {
        let taken = stage
            .engine
            .ingest(body, Some(&signed(PLATFORM, body)))
            .await
            .unwrap();
        assert_eq!(taken.items, 0);
    }
}
