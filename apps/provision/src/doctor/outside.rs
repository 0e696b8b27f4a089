//! The installation as Meta and browsers reach it, and Odoo.

use crypto::{ExposeSecret, SecretString};
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::{Value, json};

use super::{Findings, PATIENCE};
use crate::{args::Doctor, platform::given};

const WEBHOOK: &str = "webhook";
const ORIGIN: &str = "frontend_origin";

/// Looks at the API's public address.
pub(crate) async fn look_from_outside(findings: &mut Findings, http: &Client, args: &Doctor) {
    let Some(text) = args.api_url.as_deref().filter(|url| !url.trim().is_empty()) else {
        findings.warn(
            WEBHOOK,
            None,
            "nothing was looked at from outside",
            "give the API's public address as --api-url or API_URL",
        );
        return;
    };
    let base = text.trim().trim_end_matches('/');
    if Url::parse(base).is_err() {
        let remedy = "give it as https://api.example.com";
        findings.fault(WEBHOOK, None, format!("{base:?} is no address"), remedy);
        return;
    }
    look_at_webhook(findings, http, base, args.verify_token.as_ref()).await;
    look_at_readiness(findings, http, base).await;
    look_at_origins(findings, http, base, args.frontend_origin.as_deref()).await;
}

/// Does what Meta does when somebody enters the callback.
async fn look_at_webhook(findings: &mut Findings, http: &Client, base: &str, token: Option<&SecretString>) {
    let Some(token) = given(token) else {
        let remedy = "give the server's VERIFY_TOKEN";
        findings.warn(WEBHOOK, None, "the webhook's handshake was not tried", remedy);
        return;
    };
    let challenge = crypto::token::generate();
    let challenge = challenge.expose_secret();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", token.expose_secret()),
        ("hub.challenge", challenge),
    ];
    let Ok(url) = Url::parse_with_params(&format!("{base}/webhook"), query) else {
        return;
    };
    let asked = async {
        let answer = http.get(url).timeout(PATIENCE).send().await?;
        let status = answer.status();
        Ok::<_, reqwest::Error>((status, answer.text().await?))
    };
    let reach = "check that the server runs, DNS, the proxy and the certificate: Meta must reach this address over HTTPS";
    match asked.await {
        Err(error) => {
            let why = without_url(error);
            findings.fault(
                WEBHOOK,
                None,
                format!("{base}/webhook cannot be reached: {why}"),
                reach,
            );
        }
        Ok((StatusCode::OK, body)) if body == challenge => {
            findings.ok(WEBHOOK, None, format!("{base}/webhook is reachable and verifies"));
        }
        Ok((StatusCode::FORBIDDEN, _)) => findings.fault(
            "verify_token",
            None,
            "the server refuses this verify token",
            "give the server and Meta the same VERIFY_TOKEN, and restart the server after changing it",
        ),
        Ok((status, _)) => {
            let says = format!("{base}/webhook answers {status}, and not as the webhook does");
            findings.fault(WEBHOOK, None, says, reach);
        }
    }
}

async fn look_at_readiness(findings: &mut Findings, http: &Client, base: &str) {
    let asked = http.get(format!("{base}/health/ready")).timeout(PATIENCE).send();
    match asked.await {
        Ok(answer) if answer.status().is_success() => findings.ok("ready", None, "the server is ready"),
        Ok(answer) => {
            let says = format!("/health/ready answers {}", answer.status());
            findings.fault(
                "ready",
                None,
                says,
                "the answer names the part that fails; see also the log",
            );
        }
        // The webhook's line has said that nobody answers.
        Err(_) => {}
    }
}

/// Each origin must be one, and the server must let it in.
async fn look_at_origins(findings: &mut Findings, http: &Client, base: &str, origins: Option<&str>) {
    let listed = origins.unwrap_or_default().split(',').map(str::trim);
    for origin in listed.filter(|origin| !origin.is_empty()) {
        let exact = "enter scheme, name and port only, as the browser shows them (https://app.example.com), in the \
                     server's FRONTEND_ORIGIN, and restart it";
        let is_exact = Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == origin);
        if !is_exact {
            findings.fault(ORIGIN, Some(origin), "this is no exact origin", exact);
            continue;
        }
        let asked = http
            .request(Method::OPTIONS, format!("{base}/api/me"))
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .timeout(PATIENCE)
            .send()
            .await;
        let Ok(answer) = asked else { continue };
        let allowed = answer.headers().get("access-control-allow-origin");
        if allowed.is_some_and(|allowed| allowed == origin) {
            findings.ok(ORIGIN, Some(origin), "the server lets its pages in");
        } else {
            findings.fault(
                ORIGIN,
                Some(origin),
                "the server does not let this page's origin in (CORS)",
                exact,
            );
        }
    }
}

/// The Odoo that the environment names, if it names one.
pub(crate) fn odoo_of(args: &Doctor) -> Option<&str> {
    let urls = [&args.odoo_base_url, &args.odoo_url];
    urls.into_iter()
        .flatten()
        .map(|url| url.trim())
        .find(|url| !url.is_empty())
}

/// Whether Odoo answers.
pub(crate) async fn look_at_odoo(findings: &mut Findings, http: &Client, about: Option<&str>, base: &str) {
    let base = base.trim_end_matches('/');
    let call = json!({
        "jsonrpc": "2.0", "method": "call",
        "params": { "service": "common", "method": "version", "args": [] },
    });
    let asked = async {
        let request = http.post(format!("{base}/jsonrpc")).json(&call).timeout(PATIENCE);
        request.send().await?.error_for_status()?.json::<Value>().await
    };
    let remedy = "check its address (ODOO_BASE_URL, or Odoo in the panel), that Odoo runs, and the firewall; the inbox works without it";
    match asked.await {
        Ok(answer) if answer["result"]["server_version"].is_string() => {
            let version = answer["result"]["server_version"].as_str().unwrap_or_default();
            findings.ok("odoo", about, format!("Odoo {version} answers"));
        }
        Ok(_) => findings.fault("odoo", about, format!("{base} answers, but is no Odoo"), remedy),
        Err(error) => {
            let why = without_url(error);
            findings.fault(
                "odoo",
                None,
                format!("Odoo at {base} does not answer: {why}"),
                remedy,
            );
        }
    }
}

/// The error and its cause, without the address, which may carry a secret.
fn without_url(error: reqwest::Error) -> String {
    resolver::fleet::reason(&error.without_url())
}
