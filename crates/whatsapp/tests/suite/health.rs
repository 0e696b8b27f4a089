//! What a line's token, number and account answer, and what is made of it.

use secrecy::SecretString;
use whatsapp::{
    client::{Access, Client, ReadError, http_client},
    error::ErrorClass,
};

use crate::client::{answer, server};

const LINE: &str = "800000000000001";
const ACCOUNT: &str = "700000000000001";

const TOKEN: &str = r#"{"data":{"app_id":"720000000000001","type":"SYSTEM_USER","application":"Example",
    "data_access_expires_at":0,"expires_at":1793440800,"is_valid":true,"issued_at":1793440800,
    "scopes":["whatsapp_business_management","whatsapp_business_messaging"],
    "granular_scopes":[{"scope":"whatsapp_business_management"},
        {"scope":"whatsapp_business_messaging","target_ids":["700000000000001",700000000000002]}]}}"#;

const NUMBER: &str = r#"{"id":"800000000000001","display_phone_number":"+1 202-555-0100","verified_name":"Example Shop",
    "status":"CONNECTED","quality_rating":"GREEN","throughput":{"level":"STANDARD"},"name_status":"APPROVED",
    "whatsapp_business_manager_messaging_limit":"TIER_2K","is_on_biz_app":false,
    "health_status":{"can_send_message":"BLOCKED","entities":[
        {"entity_type":"PHONE_NUMBER","id":"800000000000001","can_send_message":"LIMITED",
            "additional_info":["Display name not approved yet."]},
        {"entity_type":"WABA","id":"700000000000001","can_send_message":"BLOCKED","errors":[{"error_code":141006,
            "error_description":"There is an error with the payment method.","possible_solution":"Add a payment method."}]},
        {"entity_type":"APP","id":"720000000000001","can_send_message":"AVAILABLE"}]}}"#;

fn client(url: &str) -> Client {
    Client::new(url, "v25.0", http_client().unwrap()).unwrap()
}

fn token() -> SecretString {
    SecretString::from("SYNTHETIC_TOKEN")
}

fn bare(token: &SecretString) -> Access<'_> {
    Access {
        token,
        app_secret: None,
    }
}

#[tokio::test]
async fn a_token_says_what_it_permits_and_for_which_account() {
    let (url, request) = server(answer("200 OK", TOKEN.as_bytes())).await;
    let secret = SecretString::from("synthetic_app_secret_0123456789ab");
    let access = Access {
        token: &token(),
        app_secret: Some(&secret),
    };
    let state = client(&url).debug_token(access).await.unwrap();
    assert!(state.is_valid);
    assert_eq!(state.app_id.as_deref(), Some("720000000000001"));
    assert_eq!(state.expires_at.map(|at| at.timestamp()), Some(1_793_440_800));
    let messaging = |account| state.permits("whatsapp_business_messaging", account);
    assert!(messaging(Some(ACCOUNT)) && messaging(Some("700000000000002")) && messaging(None));
    assert!(!messaging(Some("700000000000003")));
    assert!(state.permits("whatsapp_business_management", Some("700000000000003")));
    assert!(!state.permits("catalog_management", None));
    let request = request.await.unwrap();
    let first = request.lines().next().unwrap();
    assert!(first.starts_with("GET /v25.0/debug_token?"), "{first}");
    assert!(first.contains("input_token=SYNTHETIC_TOKEN"), "{first}");
    let proof = "appsecret_proof=9583db9f8e7daf65df484023b83704f5bb54b8129f58ee96113831f96407fe72";
    assert!(first.contains(proof), "{first}");
}

#[tokio::test]
async fn a_token_that_never_ends_has_no_end() {
    let forever = TOKEN.replace("\"expires_at\":1793440800", "\"expires_at\":0");
    let (url, _request) = server(answer("200 OK", forever.as_bytes())).await;
    let state = client(&url).debug_token(bare(&token())).await.unwrap();
    assert_eq!(state.expires_at, None);
}

#[tokio::test]
async fn a_number_says_how_it_does_and_what_is_wrong() {
    let (url, request) = server(answer("200 OK", NUMBER.as_bytes())).await;
    let number = client(&url).number(LINE, bare(&token())).await.unwrap();
    let word = |word: &'static str| Some(word.to_owned());
    assert_eq!(
        (number.status, number.quality),
        (word("CONNECTED"), word("GREEN"))
    );
    assert_eq!(
        (number.throughput, number.messaging_limit),
        (word("STANDARD"), word("TIER_2K"))
    );
    assert_eq!(
        (number.on_business_app, number.can_send),
        (Some(false), word("BLOCKED"))
    );
    let issues: Vec<_> = number
        .issues
        .iter()
        .map(|issue| (issue.entity.as_deref().unwrap(), issue.code))
        .collect();
    assert_eq!(issues, [("PHONE_NUMBER", None), ("WABA", Some(141_006))]);
    assert_eq!(number.issues[1].solution, word("Add a payment method."));
    let request = request.await.unwrap();
    let path = format!("GET /v25.0/{LINE}?fields=display_phone_number%2C");
    assert!(request.starts_with(&path), "{request}");
    assert!(!request.contains("appsecret_proof"));
}

#[tokio::test]
async fn a_number_of_which_little_is_said_has_little() {
    let (url, _request) = server(answer("200 OK", br#"{"id":"800000000000001","throughput":7}"#)).await;
    let number = client(&url).number(LINE, bare(&token())).await.unwrap();
    assert_eq!(number, whatsapp::client::NumberState::default());
}

#[tokio::test]
async fn an_account_names_the_apps_that_hear_of_it() {
    let body =
        br#"{"data":[{"override_callback_uri":"https://hooks.example.com/wa","whatsapp_business_api_data":
        {"id":"720000000000001","name":"Example"}},{"whatsapp_business_api_data":{"id":720000000000002}}]}"#;
    let (url, request) = server(answer("200 OK", body)).await;
    let apps = client(&url)
        .subscribed_apps(ACCOUNT, bare(&token()))
        .await
        .unwrap();
    let ids: Vec<_> = apps.iter().map(|app| app.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["720000000000001", "720000000000002"]);
    assert_eq!(apps[0].callback.as_deref(), Some("https://hooks.example.com/wa"));
    let path = format!("GET /v25.0/{ACCOUNT}/subscribed_apps ");
    assert!(request.await.unwrap().starts_with(&path));

    let (url, request) = server(answer("200 OK", br#"{"success":true}"#)).await;
    client(&url).subscribe_app(ACCOUNT, bare(&token())).await.unwrap();
    let path = format!("POST /v25.0/{ACCOUNT}/subscribed_apps ");
    assert!(request.await.unwrap().starts_with(&path));
}

#[tokio::test]
async fn a_refusal_keeps_its_meaning_and_hides_the_token() {
    let expired = br#"{"error":{"message":"Error validating access token: Session has expired","code":190,"error_subcode":463}}"#;
    let (url, _request) = server(answer("401 Unauthorized", expired)).await;
    let error = client(&url).debug_token(bare(&token())).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SYNTHETIC_TOKEN"));
    let ReadError::Refused(refusal) = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (refusal.class(), refusal.subcode),
        (ErrorClass::PauseLine, Some(463))
    );
    assert!(!error.refuses_proof());

    let proof = br#"{"error":{"message":"Invalid appsecret_proof provided in the API argument","code":100}}"#;
    let (url, _request) = server(answer("400 Bad Request", proof)).await;
    let error = client(&url).debug_token(bare(&token())).await.unwrap_err();
    assert!(error.refuses_proof());

    for odd in [&b"<html>"[..], b"[]", b"{}"] {
        let (url, _request) = server(answer("200 OK", odd)).await;
        let error = client(&url).debug_token(bare(&token())).await.unwrap_err();
        assert!(matches!(error, ReadError::Unreadable), "{error}");
    }
    let (url, _request) = server(Vec::new()).await;
    let error = client(&url).number(LINE, bare(&token())).await.unwrap_err();
    assert!(matches!(error, ReadError::Lost), "{error}");
}
