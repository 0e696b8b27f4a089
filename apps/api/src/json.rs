//! Request bodies, query strings and ids: everything malformed becomes a
//! problem that names the field.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use pg::{Cursor, InvalidCursor, PageRequest, Patch};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::{
    body::RawBody,
    problem::{Kind, Problem},
};

/// The largest JSON body that is read.
const MAX_BODY: usize = 256 * 1024;

/// A JSON body of exactly the fields of `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = content_is_json(request);
        let bytes = RawBody::from_request(request, payload);
        Box::pin(async move {
            let RawBody(bytes) = bytes.await?;
            if !is_json {
                return Err(Problem::new(
                    Kind::UnsupportedMedia,
                    "send Content-Type: application/json",
                ));
            }
            parse(&bytes).map(Json)
        })
    }
}

/// A JSON body that may be missing altogether.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = RawBody::from_request(request, payload);
        Box::pin(async move {
            let RawBody(bytes) = bytes.await?;
            if bytes.is_empty() {
                Ok(Self(T::default()))
            } else {
                parse(&bytes).map(Self)
            }
        })
    }
}

fn content_is_json(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(';')
                .next()
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| Problem::new(Kind::InvalidJson, error))?;
    if let Some(pointer) = find_nul(&value, String::new()) {
        return Err(Problem::field(
            &pointer,
            "nul_character",
            "the character U+0000 cannot be stored",
        ));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let pointer = if path == "." {
            String::new()
        } else {
            format!("/{}", path.replace('.', "/"))
        };
        Problem::field(&pointer, "invalid", error.into_inner())
    })
}

fn find_nul(value: &serde_json::Value, pointer: String) -> Option<String> {
    match value {
        serde_json::Value::String(text) => text.contains('\0').then_some(pointer),
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_nul(item, format!("{pointer}/{index}"))),
        serde_json::Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let here = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if name.contains('\0') {
                Some(here)
            } else {
                find_nul(field, here)
            }
        }),
        _ => None,
    }
}

/// The limit for bodies that are read by the extractors above.
pub fn body_limit() -> web::PayloadConfig {
    web::PayloadConfig::new(MAX_BODY)
}

/// A query string of exactly the fields of `T`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let query = request.query_string();
        let parsed = if query.to_ascii_lowercase().contains("%00") || query.contains('\0') {
            Err(Problem::field(
                "",
                "nul_character",
                "the character U+0000 cannot be searched for",
            ))
        } else {
            web::Query::<T>::from_query(query)
                .map(|query| Self(query.into_inner()))
                .map_err(|error| Problem::field("", "invalid_query", error))
        };
        std::future::ready(parsed)
    }
}

/// An object whose members may all be missing: a list, which serde would take for its members, is none.
pub fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let members = serde_json::Map::deserialize(deserializer)?;
    T::deserialize(serde_json::Value::Object(members)).map_err(serde::de::Error::custom)
}

/// An id from the path. What is no id of ours names nothing: 404.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_not_an_id| Problem::bare(Kind::NotFound))
}

/// An id from a body or query: what is no id is a wrong value.
pub fn body_id<T: std::str::FromStr>(pointer: &str, text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_not_an_id| Problem::field(pointer, "invalid_id", "this is not an id"))
}

/// Where in a list, and how much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items wanted, 1 to 200; 50 if not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    /// What a longer query said of the page.
    pub fn new(limit: Option<u16>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// The same as the repositories want it.
    pub fn request(self) -> Result<PageRequest, Problem> {
        page_request(self.limit, self.cursor)
    }
}

impl PageQuery {
    /// Cuts a short list that was read whole to the page asked for. The cursor
    /// is the id of the last item shown.
    pub fn cut<T>(self, items: Vec<T>, id: impl Fn(&T) -> &str) -> Result<(Vec<T>, Option<String>), Problem> {
        let page = self.request()?;
        let start = match page.cursor {
            None => 0,
            Some(cursor) => match items.iter().position(|item| id(item) == cursor.as_str()) {
                Some(seen) => seen + 1,
                None => return Err(InvalidCursor.into()),
            },
        };
        let more = items.len() > start + page.limit;
        let shown: Vec<T> = items.into_iter().skip(start).take(page.limit).collect();
        let next = if more {
            shown.last().map(|item| id(item).to_owned())
        } else {
            None
        };
        Ok((shown, next))
    }
}

/// A checked page request.
pub fn page_request(limit: Option<u16>, cursor: Option<String>) -> Result<PageRequest, Problem> {
    match limit.unwrap_or(50) {
        limit @ 1..=200 => Ok(PageRequest {
            limit: usize::from(limit),
            cursor: cursor.map(Cursor::new),
        }),
        _ => Err(Problem::field(
            "/limit",
            "out_of_range",
            "limit must be from 1 to 200",
        )),
    }
}

/// A place in a list, from 1.
pub fn place(place: u32) -> Result<usize, Problem> {
    let known = usize::try_from(place).ok().filter(|place| *place > 0);
    known.ok_or_else(|| Problem::field("/position", "out_of_range", "places in a list begin with 1"))
}

/// For `#[serde(default, deserialize_with = "patch")]`: absent keeps, null clears.
pub fn patch<'de, D, T>(deserializer: D) -> Result<Patch<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(match Option::<T>::deserialize(deserializer)? {
        None => Patch::Clear,
        Some(value) => Patch::Set(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only parsed")]
        email: String,
        #[serde(default, deserialize_with = "patch")]
        note: Patch<String>,
    }

    #[test]
    fn absent_keeps_and_null_clears() {
        let parsed = |text: &str| parse::<Body>(text.as_bytes()).unwrap().note;
        assert_eq!(parsed(r#"{"email":"a"}"#), Patch::Keep);
        assert_eq!(parsed(r#"{"email":"a","note":null}"#), Patch::Clear);
        assert_eq!(parsed(r#"{"email":"a","note":"x"}"#), Patch::Set("x".to_owned()));
    }

    #[test]
    fn bad_bodies_are_problems() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            r#"{"email":5}"#,
            r#"{"email":"a","x":1}"#,
            "{\"email\":\"\\u0000\"}",
        ] {
            assert!(parse::<Body>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
