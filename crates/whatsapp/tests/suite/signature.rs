use secrecy::SecretString;
use whatsapp::signature::{SignatureError, proof, sign, verify};

use crate::common::{bytes, json};

#[test]
fn every_known_answer_comes_out_as_listed() {
    let vectors = json("signature/vectors.json");
    let secret = SecretString::from(vectors["app_secret"].as_str().unwrap());
    let body_of = |case: &serde_json::Value| bytes(case["body"].as_str().unwrap());
    for case in vectors["valid"].as_array().unwrap() {
        let (body, header) = (body_of(case), case["signature"].as_str().unwrap());
        assert_eq!(sign(&secret, &body), header);
        assert_eq!(verify(&secret, Some(header.as_bytes()), &body), Ok(()), "{case}");
    }
    for case in vectors["invalid"].as_array().unwrap() {
        let header = case["signature"].as_str().map(str::as_bytes);
        let refused = verify(&secret, header, &body_of(case)).unwrap_err();
        let expected = match case["case"].as_str().unwrap() {
            "missing header" => SignatureError::Missing,
            "wrong secret" | "signature of the re-spaced body" => SignatureError::Mismatch,
            _ => SignatureError::Malformed,
        };
        assert_eq!(refused, expected, "{case}");
    }
}

#[test]
fn the_proof_of_an_app_secret_comes_out_as_listed() {
    let vectors = json("signature/vectors.json");
    let known = &vectors["appsecret_proof"];
    let secret = |name: &str| SecretString::from(known[name].as_str().unwrap());
    assert_eq!(
        proof(&secret("app_secret"), &secret("access_token")),
        known["appsecret_proof"]
    );
}
