//! The templates that a line may send.

use actix_web::web;
use engine::templates::TemplatesError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::{ChatWrite, Member},
    json,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(crate::routes::resource("/channels/{id}/templates").route(web::get().to(list_templates)));
}

/// A template that may be sent.
#[derive(Serialize, ToSchema)]
#[schema(as = SendableTemplate)]
pub(crate) struct TemplateBody {
    name: String,
    language: String,
    /// MARKETING, UTILITY, AUTHENTICATION…
    category: String,
    /// POSITIONAL or NAMED; null: positional.
    parameter_format: Option<String>,
    /// Header, body, footer, buttons… as Meta describes them.
    #[schema(value_type = Vec<Object>)]
    components: Vec<serde_json::Value>,
}

/// The templates that a line may send, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateList {
    items: Vec<TemplateBody>,
}

impl From<TemplatesError> for Problem {
    fn from(error: TemplatesError) -> Self {
        match error {
            TemplatesError::Unknown => Self::bare(Kind::NotFound),
            TemplatesError::Inactive => Self::new(Kind::ChannelInactive, error),
            TemplatesError::WithoutToken => Self::new(Kind::ChannelWithoutToken, error),
            TemplatesError::Refused(_) => Self::new(Kind::MetaRefused, error),
            TemplatesError::Unreachable => Self::new(Kind::MetaUnreachable, error),
            TemplatesError::Resolve(error) => error.into(),
        }
    }
}

/// The templates that a line may send, as WhatsApp has them; an answer is believed for a minute.
#[utoipa::path(get, path = "/api/channels/{id}/templates", tag = "inbox", params(("id" = String, Path)),
    responses((status = 200, body = TemplateList)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn list_templates(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<web::Json<TemplateList>, Problem> {
    let id = json::id(&id)?;
    let engine = member.app.engine();
    let found = engine.templates(member.tenant.tenant.id, id).await?;
    let items = found.iter().map(|template| TemplateBody {
        name: template.name.clone(),
        language: template.language.clone(),
        category: template.category.clone(),
        parameter_format: template.parameter_format.clone(),
        components: template.components.as_array().cloned().unwrap_or_default(),
    });
    Ok(web::Json(TemplateList {
        items: items.collect(),
    }))
}
