//! One JSON-RPC call. Odoo answers 200 to everything; what went wrong stands in the body.

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{MAX_ANSWER, OdooError};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    data: Option<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(default)]
    name: String,
    #[serde(default)]
    message: String,
}

pub(crate) async fn call(
    http: &reqwest::Client,
    url: Url,
    service: &str,
    method: &str,
    arguments: Value,
) -> Result<Value, OdooError> {
    let request = json!({
        "jsonrpc": "2.0", "method": "call", "id": 1,
        "params": { "service": service, "method": method, "args": arguments },
    });
    let response = http.post(url).json(&request).send().await;
    let response = response.map_err(|_lost| OdooError::Unreachable)?;
    if !response.status().is_success() {
        return Err(OdooError::NotOdoo);
    }
    read(&bytes(response).await?)
}

async fn bytes(response: reqwest::Response) -> Result<Vec<u8>, OdooError> {
    let mut stream = response.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_lost| OdooError::Unreachable)?;
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(OdooError::NotOdoo);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn read(bytes: &[u8]) -> Result<Value, OdooError> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_other| OdooError::NotOdoo)?;
    match (answer.error, answer.result) {
        (Some(failure), _) => Err(failed(failure)),
        (None, Some(result)) => Ok(result),
        (None, None) => Err(OdooError::NotOdoo),
    }
}

fn failed(failure: Failure) -> OdooError {
    let Some(exception) = failure.data else {
        return OdooError::Failed("no reason given".to_owned());
    };
    match exception.name.as_str() {
        "odoo.exceptions.AccessDenied" => OdooError::Refused,
        "psycopg2.OperationalError" if exception.message.contains("does not exist") => {
            OdooError::UnknownDatabase
        }
        // The name alone: the message may quote what was sent.
        name => OdooError::Failed(name.chars().filter(|c| !c.is_control()).take(100).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_odoo_are_understood() {
        let code = |answer: Value| read(answer.to_string().as_bytes()).map_err(|error| error.code());
        assert_eq!(
            code(json!({ "jsonrpc": "2.0", "id": 1, "result": 2 })),
            Ok(json!(2))
        );
        assert_eq!(code(json!({ "result": false })), Ok(json!(false)));
        let error = |name: &str, message: &str| {
            code(json!({ "error": { "code": 200, "data": { "name": name, "message": message } } }))
        };
        assert_eq!(
            error(
                "psycopg2.OperationalError",
                "FATAL:  database \"nope\" does not exist\n"
            ),
            Err("unknown_database")
        );
        assert_eq!(
            error("odoo.exceptions.AccessDenied", "Access Denied"),
            Err("refused")
        );
        assert_eq!(error("builtins.ValueError", "x"), Err("failed"));
        assert_eq!(code(json!({ "error": {} })), Err("failed"));
        for other in [json!([]), json!({}), json!("x")] {
            assert_eq!(code(other), Err("not_odoo"));
        }
        assert!(matches!(read(b"<html>"), Err(OdooError::NotOdoo)));
    }
}
