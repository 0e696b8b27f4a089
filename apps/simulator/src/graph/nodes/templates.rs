//! `GET /{waba_id}/message_templates`: the templates of an account, page by page.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    graph::{access::Access, failure::GraphFailure},
    simulator::Simulator,
    world::{templates::Template, token::MANAGEMENT},
};

/// What to list. Unknown filters are ignored, as Graph does.
#[derive(Deserialize)]
pub struct Listing {
    name: Option<String>,
    status: Option<String>,
    language: Option<String>,
    category: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

/// How many a page holds unless somebody asks for another number.
const PAGE: usize = 25;

/// The templates of an account.
pub async fn list(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    listing: web::Query<Listing>,
    request: HttpRequest,
) -> Result<HttpResponse, GraphFailure> {
    let account = &path.1;
    let inner = simulator.lock();
    let access = Access::for_scope(&request, &inner.world, MANAGEMENT)?;
    if !access.opens(&inner.world, account) {
        return Err(GraphFailure::unknown_object(account, "get"));
    }
    let own = inner.world.templates(account).iter().enumerate();
    let wanted: Vec<_> = own.filter(|(_, template)| listing.wants(template)).collect();
    let start = match &listing.after {
        None => 0,
        Some(cursor) => cursor
            .parse()
            .map_err(|_malformed| GraphFailure::of_code(131_059))?,
    };
    let limit = listing.limit.unwrap_or(PAGE).max(1);
    let page: Vec<_> = wanted
        .iter()
        .skip(start)
        .take(limit)
        .map(|(place, t)| node(account, *place, t))
        .collect();
    let end = start + page.len();
    let mut paging = json!({"cursors": {"before": start.to_string(), "after": end.to_string()}});
    if end < wanted.len() {
        let info = request.connection_info();
        let at = format!(
            "{}://{}{}?limit={limit}&after={end}",
            info.scheme(),
            info.host(),
            request.path()
        );
        paging["next"] = at.into();
    }
    Ok(HttpResponse::Ok().json(json!({"data": page, "paging": paging})))
}

impl Listing {
    fn wants(&self, template: &Template) -> bool {
        let is = |asked: &Option<String>, own: &str| {
            asked.as_ref().is_none_or(|asked| own.eq_ignore_ascii_case(asked))
        };
        is(&self.name, &template.name)
            && is(&self.status, &template.status)
            && is(&self.language, &template.language)
            && is(&self.category, &template.category)
    }
}

fn node(account: &str, place: usize, template: &Template) -> Value {
    json!({
        "id": format!("78{account}{place}"),
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": template.components,
    })
}
