//! Lines that write to us and are not registered.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::unrouted::{Unrouted, UnroutedLine};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::{PageQuery, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/unrouted").route(web::get().to(list_unrouted)))
        .service(
            crate::routes::resource("/unrouted/{phone_number_id}").route(web::delete().to(delete_unrouted)),
        );
}

/// A line that writes to us and is not registered.
#[derive(Serialize, ToSchema)]
#[schema(as = UnroutedLine)]
pub(crate) struct UnroutedBody {
    phone_number_id: String,
    display_phone_number: Option<String>,
    waba_id: Option<String>,
    hits: i64,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
}

/// One page of them, the most recent first.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnroutedPage {
    items: Vec<UnroutedBody>,
    next_cursor: Option<String>,
}

impl From<UnroutedLine> for UnroutedBody {
    fn from(line: UnroutedLine) -> Self {
        let UnroutedLine {
            phone_number_id,
            waba_id,
            display_phone_number,
            hits,
            first_seen_at,
            last_seen_at,
        } = line;
        Self {
            phone_number_id,
            display_phone_number,
            waba_id,
            hits,
            first_seen_at,
            last_seen_at,
        }
    }
}

/// Lines that write to us and are not registered.
#[utoipa::path(get, path = "/api/superadmin/unrouted", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = UnroutedPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_unrouted(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<UnroutedPage>, Problem> {
    let found = Unrouted::new(&mut platform.conn().await?)
        .list(&page.request()?)
        .await?;
    Ok(web::Json(UnroutedPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Forget one of them.
#[utoipa::path(delete, path = "/api/superadmin/unrouted/{phone_number_id}", tag = "superadmin",
    params(("phone_number_id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_unrouted(
    platform: Platform,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if Unrouted::new(&mut platform.conn().await?).delete(&id).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::bare(Kind::NotFound))
    }
}
