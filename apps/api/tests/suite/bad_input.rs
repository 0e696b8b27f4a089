//! Whatever nonsense is sent: the answer is a problem, and the server lives.

use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    caller::{Answer, Caller},
    test_app::TestApp,
    walk::{Operation, operations},
    walk_samples::Samples,
};

/// Everybody who is needed to get past the permissions.
struct Cast {
    samples: Samples,
    anon: Caller,
    admin: Caller,
    superadmin: Caller,
}

impl Cast {
    async fn of(app: &TestApp) -> Self {
        let mut samples = Samples::of(app).await;
        // What may be left out is tried with something in it, too.
        for name in ["POST /api/auth/refresh", "POST /api/auth/logout"] {
            samples.bodies.insert(name, json!({ "refresh_token": "x" }));
        }
        Self {
            samples,
            anon: app.anon(),
            admin: app.admin().await,
            superadmin: app.superadmin().await,
        }
    }

    fn caller(&self, operation: &Operation) -> &Caller {
        match operation.permission.as_deref() {
            None => &self.anon,
            Some("platform") => &self.superadmin,
            Some(_) => &self.admin,
        }
    }

    fn request(&self, operation: &Operation, path: &str) -> reqwest::RequestBuilder {
        self.caller(operation).request(operation.method.clone(), path)
    }

    /// The operation with this text as its JSON body.
    async fn send(&self, operation: &Operation, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(operation, &self.samples.path(operation));
        Answer::to(request.header("content-type", "application/json").body(body)).await
    }

    fn with_bodies(&self) -> Vec<(Operation, Map<String, Value>)> {
        let all = operations()
            .into_iter()
            .filter(|operation| !operation.path.starts_with("/webhook"));
        all.filter_map(|operation| {
            let body = self.samples.bodies.get(operation.name.as_str())?;
            Some((operation, body.as_object().unwrap().clone()))
        })
        .collect()
    }
}

fn refused(answer: &Answer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text()
    );
    answer.any_problem();
}

/// The server still does what it is for.
async fn lives(app: &TestApp) {
    assert_eq!(app.anon().get("/health").await.expect(200).text(), "ok");
    app.anon().get("/health/ready").await.expect(200);
    app.admin().await.get("/api/conversations").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_object_are_refused() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_field = format!("{{\"name\":{}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for (operation, _) in cast.with_bodies() {
        let may_be_empty = operation.path.starts_with("/api/auth/re") || operation.path.ends_with("/logout");
        for body in [
            "hola",
            "{",
            "{}}",
            "null",
            "[]",
            "[{}]",
            "5",
            "\"x\"",
            "{\"a\":1,}",
            "\0",
            &deep,
            &deep_field,
        ] {
            let answer = cast.send(&operation, body.to_owned()).await;
            let shown: String = body.chars().take(20).collect();
            refused(&answer, &format!("{} with {shown}", operation.name));
        }
        if !may_be_empty {
            cast.send(&operation, "").await.problem(400, "invalid_json");
        }
        refused(
            &cast.send(&operation, vec![b'"', 0xff, b'"']).await,
            &operation.name,
        );
    }
    lives(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_the_wrong_kind_are_refused_by_name() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    for (operation, body) in cast.with_bodies() {
        for (name, right) in &body {
            let wrongs = match right {
                Value::String(_) => vec![
                    json!(5),
                    json!(true),
                    json!([]),
                    json!({}),
                    json!(["a@b.example"]),
                ],
                Value::Array(_) => vec![
                    json!(5),
                    json!("x"),
                    json!({}),
                    json!([5]),
                    json!([["x"]]),
                    json!([null]),
                ],
                _ => vec![json!(5), json!("x"), json!([])],
            };
            for wrong in wrongs {
                let mut body = body.clone();
                body.insert(name.clone(), wrong.clone());
                let answer = cast.send(&operation, json!(body).to_string()).await;
                let what = format!("{} with {name}: {wrong}", operation.name);
                refused(&answer, &what);
                let problem = answer.problem(422, "invalid_request");
                let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
                assert!(pointer.starts_with(&format!("/{name}")), "{what}: {problem}");
            }
        }
    }
    lives(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_missing_fields_and_nul_characters_are_refused() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    for (operation, body) in cast.with_bodies() {
        let mut more = body.clone();
        more.insert("nonsense".to_owned(), json!(1));
        let answer = cast.send(&operation, json!(more).to_string()).await;
        answer.problem(422, "invalid_request");
        for name in body.keys() {
            let mut less = body.clone();
            less.remove(name);
            let answer = cast.send(&operation, json!(less).to_string()).await;
            assert!(
                answer.status < 500,
                "{} without {name}: {}",
                operation.name,
                answer.text()
            );
            if answer.status >= 400 {
                answer.any_problem();
            }
            if body[name].is_string() {
                let mut nul = body.clone();
                nul.insert(name.clone(), json!("a\0b"));
                let answer = cast.send(&operation, json!(nul).to_string()).await;
                answer.field(&format!("/{name}"), "nul_character");
            }
        }
        let mut nul = body.clone();
        nul.insert("a\0b".to_owned(), json!(1));
        let answer = cast.send(&operation, json!(nul).to_string()).await;
        answer.problem(422, "invalid_request");
    }
    lives(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_and_other_kinds_of_content_are_refused() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    for (operation, body) in cast.with_bodies() {
        let padding = " ".repeat(5 * 1024 * 1024);
        let answer = cast.send(&operation, format!("{}{padding}", json!(body))).await;
        assert_eq!(answer.status, 413, "{}: {}", operation.name, answer.text());
        answer.problem(413, "payload_too_large");
        if operation.path.starts_with("/api/auth/re") || operation.path.ends_with("/logout") {
            continue;
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "json",
            "",
        ] {
            let request = cast.request(&operation, &cast.samples.path(&operation));
            let request = request.header("content-type", kind).body(json!(body).to_string());
            let answer = Answer::to(request).await;
            assert_eq!(
                answer.status,
                415,
                "{} as {kind}: {}",
                operation.name,
                answer.text()
            );
            answer.problem(415, "unsupported_media_type");
        }
    }
    lives(&app).await;
}

/// What is no number of rows.
const LIMITS: [&str; 9] = [
    "0",
    "201",
    "-1",
    "65536",
    "99999999999999999999",
    "x",
    "1.5",
    "",
    "1e1",
];

/// Values that this parameter of a query cannot have.
fn wrong_values(path: &str, name: &str) -> &'static [&'static str] {
    match name {
        // The platform's audit is searched by whatever is known of somebody.
        "actor" if path.starts_with("/api/superadmin") => &[],
        "limit" => &LIMITS,
        "cursor" => &["zzz", "e30", "W10", "%F0%9F%99%82", "null", "bnVsbA"],
        "since" | "version" => &["x", "1.5", "9223372036854775808"],
        "unread" | "download" | "voice" | "active" | "live" => &["x", "2", "TRUE"],
        "status" => &["x", "open,", ",", "open,x", "OPEN"],
        "newer" => &["zzz", "e30", "W10", "null"],
        "assignee" | "channel_id" | "after" | "around" | "tenant_id" | "branch_id" | "actor"
        | "usable_by" => &["x", "00", "' OR true --"],
        "kind" | "state" | "scope" | "plan" | "health" | "sort" | "window" => &["x", "OPEN", ""],
        // The platform's is asked by instants as well.
        "from" | "until" if path.starts_with("/api/superadmin") => &["x", "", "2026-02-30", "20261130"],
        "from" | "to" => &[
            "x",
            "",
            "2026-02-30",
            "20261130",
            "+12026-11-30",
            "2026-11-30T00:00:00Z",
        ],
        "q" | "tag" | "field" | "action" | "target" => &[],
        other => panic!("nothing is known of {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_with_wrong_values_are_refused() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    for operation in operations() {
        if operation.query.is_empty() || operation.path.starts_with("/webhook") {
            continue;
        }
        let mut queries = vec!["nonsense=1".to_owned(), "a%00b=1".to_owned()];
        for name in &operation.query {
            queries.push(format!("{name}=a%00b"));
            queries.push(format!("{name}=1&{name}=2"));
            let wrong = wrong_values(&operation.path, name);
            queries.extend(wrong.iter().map(|value| format!("{name}={value}")));
        }
        for query in queries {
            let path = format!("{}?{query}", cast.samples.path(&operation));
            let answer = Answer::to(cast.request(&operation, &path)).await;
            assert_eq!(answer.status, 422, "{path}: {}", answer.text());
            answer.problem(422, "invalid_request");
        }
        for value in [
            "%",
            "_",
            "\\",
            "%25%25%25",
            "' OR true --",
            "%F0%9F%99%82",
            "%ff%fe",
            &"x".repeat(3_000),
        ] {
            for name in operation
                .query
                .iter()
                .filter(|name| ["q", "tag", "actor", "action"].contains(&name.as_str()))
            {
                let path = format!("{}?{name}={value}", cast.samples.path(&operation));
                let answer = Answer::to(cast.request(&operation, &path)).await;
                assert!(answer.status < 500, "{path}: {}", answer.text());
            }
        }
    }
    lives(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_are_none_name_nothing() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let long = "9".repeat(5_000);
    for operation in operations() {
        let Some(start) = operation.path.find('{') else {
            continue;
        };
        let end = operation.path.find('}').unwrap();
        let unknown = "01920000-0000-7000-8000-000000000000";
        for id in [
            "x",
            "0",
            "-1",
            "%00",
            "a%00b",
            "%ff",
            "%F0%9F%99%82",
            "%2e%2e%2f",
            "'%20OR%20true",
            "null",
            unknown,
            &long,
        ] {
            let path = format!("{}{id}{}", &operation.path[..start], &operation.path[end + 1..]);
            let mut request = cast.request(&operation, &path);
            if let Some(body) = cast.samples.bodies.get(operation.name.as_str()) {
                request = request.json(body);
            }
            let answer = Answer::to(request).await;
            assert_eq!(
                answer.status,
                404,
                "{} {path}: {}",
                operation.method,
                answer.text()
            );
            answer.problem(404, "not_found");
        }
    }
    lives(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_do_not_exist_are_problems_for_every_method() {
    let app = TestApp::start().await;
    let paths = [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/superadmin",
        "/api/superadmin/nowhere",
        "/api/conversations/",
        "/api/me/",
        "/API/me",
        "/api//me",
        "/api/%00",
        "/api/..%2fhealth",
        "/webhook/",
        "/nowhere",
        "/.env",
    ];
    for path in paths {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let answer = app.anon().call(method.clone(), path, None).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
            answer.problem(404, "not_found");
        }
    }
    let head = app.anon().call(Method::HEAD, "/health", None).await.expect(200);
    assert_eq!(head.text(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_headers_and_broken_requests_do_no_harm() {
    let app = TestApp::start().await;
    let odd: [&[u8]; 5] = [
        b"Bearer ",
        b"Bearer \xff\xfe",
        b"\xc3\xb1",
        b"Bearer a b",
        b"Bearer",
    ];
    for (place, value) in odd.into_iter().enumerate() {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        for name in ["authorization", "sec-websocket-protocol"] {
            let request = app
                .anon()
                .request(Method::GET, "/api/me")
                .header(name, value.clone());
            Answer::to(request).await.problem(401, "unauthenticated");
        }
        for name in [
            "cookie",
            "x-forwarded-for",
            "user-agent",
            "origin",
            "idempotency-key",
        ] {
            // Each another e-mail: guessing is not what is tried here.
            let email = format!("{name}-{place}@clinica.example");
            let body = json!({ "email": email, "password": "no es la buena" });
            let request = app.anon().request(Method::POST, "/api/auth/login").json(&body);
            let answer = Answer::to(request.header(name, value.clone())).await;
            answer.problem(401, "invalid_credentials");
        }
    }
    let address = app.url.strip_prefix("http://").unwrap();
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /health HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        // Answered or hung up on: either way it ends.
        drop(stream.read_to_end(&mut Vec::new()).await);
    }
    // A body that ends before its announced length.
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    drop(stream.read_to_end(&mut Vec::new()).await);
    lives(&app).await;
}
