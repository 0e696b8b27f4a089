//! Somebody who calls the API, and what is answered.

use std::{future::Future, panic::Location, time::Duration};

use actix_web::web::Bytes;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

/// Somebody with a token, or without one.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    url: String,
    pub token: Option<String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Caller {
    pub fn new(http: &reqwest::Client, url: &str, token: Option<String>) -> Self {
        Self {
            http: http.clone(),
            url: url.to_owned(),
            token,
        }
    }

    /// The same person at another server.
    pub fn at(&self, url: &str) -> Self {
        Self::new(&self.http, url, self.token.clone())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path);
        Answer::to(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// The items of a list.
    pub async fn items(&self, path: &str) -> Vec<Value> {
        let page = self.get(path).await.expect(200).json();
        page["items"].as_array().unwrap().clone()
    }
}

impl Answer {
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks that it is a problem (RFC 9457) of this status and code; its body.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.any_problem();
        assert_eq!(
            (self.status, body["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        body
    }

    /// Checks that it is a problem, whichever; its body.
    #[track_caller]
    pub fn any_problem(&self) -> Value {
        let text = self.text();
        assert!((400..500).contains(&self.status), "{} {text}", self.status);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{text}"
        );
        let body = self.json();
        assert_eq!(body["status"], self.status, "{text}");
        for member in ["type", "title", "code"] {
            assert!(body[member].is_string(), "{member} in {text}");
        }
        body
    }

    /// The code of the first field at fault.
    #[track_caller]
    pub fn field(&self, pointer: &str, code: &str) {
        let body = self.problem(422, "invalid_request");
        let error = &body["errors"][0];
        assert_eq!(
            (error["pointer"].as_str(), error["code"].as_str()),
            (Some(pointer), Some(code)),
            "{body}"
        );
    }
}

/// Looks until there is something to see: for what happens by itself and cannot be awaited.
#[track_caller]
pub fn eventually<T, F: Future<Output = Option<T>>>(look: impl FnMut() -> F) -> impl Future<Output = T> {
    until(Location::caller(), look)
}

async fn until<T, F: Future<Output = Option<T>>>(
    place: &'static Location<'static>,
    mut look: impl FnMut() -> F,
) -> T {
    const LOOKS: u32 = 1_200;
    for _ in 0..LOOKS {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never came about: {place}")
}
