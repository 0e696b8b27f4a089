//! Searching names, numbers and what was said, and opening a thread where something was found.

use serde_json::{Value, json};
use tenant::user::Permission;

use crate::{
    caller::Caller,
    lines::{entry, text},
    test_app::TestApp,
};

const ANA: &str = "593987654321";
const LUIS: &str = "5215512345678";

async fn says(app: &TestApp, phone: &str, name: &str, wamid: &str, body: &str) {
    let line = &app.a.lines[0];
    let mut entry = entry(&app.a, line, &[text(wamid, phone, body)]);
    entry["changes"][0]["value"]["contacts"] = json!([{ "profile": { "name": name }, "wa_id": phone }]);
    app.deliver_signed(line.secret(), &[entry]).await.expect(200);
}

async fn stage() -> TestApp {
    let app = TestApp::start().await;
    says(
        &app,
        ANA,
        "Ana Fernández",
        "wamid.s1",
        "¿Tienen CITA mañana por la tarde?",
    )
    .await;
    says(
        &app,
        LUIS,
        "Luis Ñáñez",
        "wamid.s2",
        "La factura de Fernández, por favor 🙏",
    )
    .await;
    says(&app, LUIS, "Luis Ñáñez", "wamid.s3", "Otra cita: pasado mañana").await;
    app
}

fn marked(text: &str, ranges: &Value) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = |range: &Value, end: &str| usize::try_from(range[end].as_u64().unwrap()).unwrap();
    let ranges = ranges.as_array().unwrap().iter();
    ranges
        .map(|range| String::from_utf16(&units[at(range, "start")..at(range, "end")]).unwrap())
        .collect()
}

async fn found(caller: &Caller, query: &str) -> (Vec<(String, Vec<String>)>, Vec<Vec<String>>) {
    let found = caller
        .get(&format!("/api/search?q={query}"))
        .await
        .expect(200)
        .json();
    let people = found["conversations"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| {
            let contact = &hit["conversation"]["contact"];
            let (name, phone) = (
                contact["name"].as_str().unwrap(),
                contact["phone"].as_str().unwrap(),
            );
            let mut marks = marked(name, &hit["name_highlights"]);
            marks.extend(marked(phone, &hit["phone_highlights"]));
            (name.to_owned(), marks)
        });
    let said = found["messages"]["items"].as_array().unwrap().iter();
    let said = said.map(|hit| marked(hit["snippet"].as_str().unwrap(), &hit["highlights"]));
    (people.collect(), said.collect())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_numbers_and_words_are_found_without_case_and_accents_and_marked() {
    let app = stage().await;
    let admin = app.admin().await;
    let ana = || "Ana Fernández".to_owned();
    let luis = || "Luis Ñáñez".to_owned();
    let (people, said) = found(&admin, "FERNANDEZ").await;
    assert_eq!(people, [(ana(), words(&["Fernández"]))]);
    assert_eq!(said, [words(&["Fernández"])]);
    let (people, said) = found(&admin, "nane").await;
    assert_eq!(people, [(luis(), words(&["Ñáñe"]))]);
    assert!(said.is_empty(), "{said:?}");
    let (people, said) = found(&admin, "cita%20manan").await;
    assert!(people.is_empty(), "{people:?}");
    assert_eq!(said, [words(&["cita", "mañan"]), words(&["CITA", "mañan"])]);
    // A part of a number, however it is grouped.
    let (people, _) = found(&admin, "98-765%20432").await;
    assert_eq!(people, [(ana(), words(&["98765432"]))]);
    for nothing in ["", "%25", "zzz", "itas"] {
        let (people, said) = found(&admin, nothing).await;
        assert!(people.is_empty() && said.is_empty(), "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_where_the_one_before_ended() {
    let app = stage().await;
    let admin = app.admin().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/search?q=manana&kind=messages&limit=1{cursor}");
        let page = admin.get(&path).await.expect(200).json();
        assert_eq!(page["conversations"]["items"], json!([]));
        let page = &page["messages"];
        seen.push(page["items"][0]["snippet"].as_str().unwrap().to_owned());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(
        seen,
        ["Otra cita: pasado mañana", "¿Tienen CITA mañana por la tarde?"]
    );
    admin
        .get("/api/search?q=a&cursor=x")
        .await
        .problem(422, "invalid_request");
    admin
        .get("/api/search?q=a&kind=messages&cursor=x")
        .await
        .problem(422, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_sight_and_what_was_deleted_is_not_found() {
    let app = stage().await;
    let admin = app.admin().await;
    let every: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    app.role("propias", "own", &every).await;
    let eva = app.with_role("propias", "eva@clinica.example").await;
    assert_eq!(found(&eva, "cita").await.1.len(), 2);
    let conversation = admin.get("/api/search?q=luis").await.expect(200).json();
    let conversation = conversation["conversations"]["items"][0]["conversation"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let me = admin.get("/api/me").await.expect(200).json()["user"]["id"].clone();
    let path = format!("/api/conversations/{conversation}");
    admin
        .patch(&path, &json!({ "assignee_id": me }))
        .await
        .expect(200);
    assert_eq!(found(&eva, "cita").await.1.len(), 1);
    assert_eq!(found(&eva, "luis").await.0.len(), 0);
    assert_eq!(found(&admin, "cita").await.1.len(), 2);

    let line = &app.a.lines[0];
    let mut gone = text("wamid.s4", ANA, "");
    gone["type"] = "revoke".into();
    gone["revoke"] = json!({ "original_message_id": "wamid.s1" });
    app.deliver_signed(line.secret(), &[entry(&app.a, line, &[gone])])
        .await
        .expect(200);
    assert_eq!(found(&admin, "cita").await.1.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_opens_around_a_message_and_goes_on_both_ways() {
    let app = TestApp::start().await;
    for number in 0..9 {
        says(
            &app,
            ANA,
            "Ana",
            &format!("wamid.a{number}"),
            &format!("mensaje {number}"),
        )
        .await;
    }
    let admin = app.admin().await;
    let conversation = admin.items("/api/conversations").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/conversations/{conversation}/messages");
    let all: Vec<Value> = admin
        .items(&path)
        .await
        .iter()
        .map(|item| item["id"].clone())
        .collect();
    let ids = |page: &Value| -> Vec<Value> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].clone())
            .collect()
    };
    let middle = all[4].as_str().unwrap();
    let page = admin
        .get(&format!("{path}?around={middle}&limit=4"))
        .await
        .expect(200)
        .json();
    assert_eq!(ids(&page), all[2..7]);
    let older = page["next_cursor"].as_str().unwrap();
    let older = admin
        .get(&format!("{path}?limit=4&cursor={older}"))
        .await
        .expect(200)
        .json();
    assert_eq!(ids(&older), all[7..]);
    let newer = page["previous_cursor"].as_str().unwrap();
    let newer = admin
        .get(&format!("{path}?limit=4&newer={newer}"))
        .await
        .expect(200)
        .json();
    assert_eq!(ids(&newer), all[..2]);
    assert_eq!(newer["previous_cursor"], Value::Null);
    let unknown = "01920000-0000-7000-8000-000000000000";
    admin
        .get(&format!("{path}?around={unknown}"))
        .await
        .problem(404, "not_found");
}
