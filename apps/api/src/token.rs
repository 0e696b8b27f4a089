//! Access tokens: JWTs (HS256) that live ten minutes. The JWT library has no
//! ring backend of its own, so a small one is installed here (HS256 only).

use access::{Current, Who};
use chrono::{DateTime, TimeDelta, Utc};
use control::{impersonation::Impersonation, platform_user::PlatformUser, session::SessionSubject};
use crypto::{ExposeSecret, SecretString};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
};
use pg::TenantId;
use ring::hmac;
use serde::{Deserialize, Serialize};
use signature::{Signer, Verifier};
use uuid::Uuid;

/// How long an access token lives.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    tid: Option<Uuid>,
    sid: Uuid,
    sv: i32,
    iat: i64,
    exp: i64,
    /// Who acts with the subject's eyes (RFC 8693, section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
}

#[derive(Serialize, Deserialize)]
struct Act {
    sub: Uuid,
}

/// Signs and reads access tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The token is not one of ours, or has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is invalid or has expired")]
pub struct InvalidToken;

impl Tokens {
    /// Tokens signed with `secret`.
    pub fn new(secret: &SecretString) -> Self {
        static PROVIDER: CryptoProvider = CryptoProvider {
            signer_factory: signer,
            verifier_factory: verifier,
            key_utils: KeyUtils::new_unimplemented(),
        };
        // It may be installed already, by an earlier instance in the same process.
        if PROVIDER.install_default().is_err() {
            tracing::trace!("the JWT backend was installed before");
        }
        let secret = secret.expose_secret().as_bytes();
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// A token for somebody's session.
    pub fn issue(&self, who: &Who, family: Uuid, now: DateTime<Utc>) -> Result<String, Error> {
        let SessionSubject { tenant_id, user_id } = who.subject();
        let claims = Claims {
            sub: user_id,
            tid: tenant_id.map(TenantId::uuid),
            sid: family,
            sv: who.session_version(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            act: None,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// A token for a SuperAdmin in an impersonation, of the same life. Nothing renews it.
    pub fn issue_impersonation(
        &self,
        who: &Who,
        by: &Impersonation,
        superadmin: &PlatformUser,
        now: DateTime<Utc>,
    ) -> Result<String, Error> {
        let SessionSubject { tenant_id, user_id } = who.subject();
        let claims = Claims {
            sub: user_id,
            tid: tenant_id.map(TenantId::uuid),
            sid: by.id.uuid(),
            sv: superadmin.session_version,
            iat: now.timestamp(),
            exp: by.expires_at.timestamp(),
            act: Some(Act {
                sub: superadmin.id.uuid(),
            }),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// What a token says, if it is ours and has not expired.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Current, InvalidToken> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Compared below with the time that is passed in.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .map_err(|_source| InvalidToken)?
            .claims;
        if claims.exp <= now.timestamp() {
            return Err(InvalidToken);
        }
        Ok(Current {
            subject: SessionSubject {
                tenant_id: claims.tid.map(TenantId),
                user_id: claims.sub,
            },
            family: claims.sid,
            session_version: claims.sv,
            is_impersonation: claims.act.is_some(),
        })
    }
}

struct Hs256(hmac::Key);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_source| signature::Error::new())
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

fn hs256(algorithm: Algorithm, secret: &[u8]) -> Result<Hs256, Error> {
    match algorithm {
        Algorithm::HS256 => Ok(Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library's signature")]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Ok(Box::new(hs256(*algorithm, key.as_bytes())?))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library's signature")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    Ok(Box::new(hs256(*algorithm, key.try_get_as_bytes()?)?))
}
