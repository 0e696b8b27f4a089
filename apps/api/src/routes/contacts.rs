//! A customer: what is known of him, what the team writes down, whether anybody writes to him, and who he is besides.

mod body;

use std::collections::BTreeMap;

use actix_web::web;
use pg::Patch;
use serde::{Deserialize, Serialize};
use tenant::contact::{
    ContactChanges, ContactId, card, change_contact, conversations_of, files_of, join_contacts,
    known_attributes, part_contact,
};
use utoipa::ToSchema;

pub(crate) use self::body::{BlockOutcomeBody, ContactCardBody};
use crate::{
    auth::{ChatRead, ChatWrite, Member, Requires},
    json::{self, Json, PageQuery, Query},
    problem::{Kind, Problem},
    routes::{
        channels::LineNames,
        conversations::ConversationBody,
        messages::{MessagePage, page_of},
    },
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/contacts/attributes").route(web::get().to(list_attributes)))
        .service(
            super::resource("/contacts/{id}")
                .route(web::get().to(get_contact))
                .route(web::patch().to(patch_contact)),
        )
        .service(
            super::resource("/contacts/{id}/conversations").route(web::get().to(list_contact_conversations)),
        )
        .service(super::resource("/contacts/{id}/files").route(web::get().to(list_contact_files)))
        .service(
            super::resource("/contacts/{id}/block")
                .route(web::post().to(block_contact))
                .route(web::delete().to(unblock_contact)),
        )
        .service(
            super::resource("/contacts/{id}/merge")
                .route(web::post().to(merge_contact))
                .route(web::delete().to(unmerge_contact)),
        );
}

/// What to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactPatch {
    /// As the team calls the customer, 1 to 120 characters; null: as WhatsApp does.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// Attributes to write down, of 1 to 1,000 characters, or with null to strike out; the others stay.
    #[serde(default)]
    attributes: BTreeMap<String, Option<String>>,
    /// Whether the customer wants no marketing messages.
    marketing_opt_out: Option<bool>,
}

/// Who the customer is besides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeContactBody {
    /// The contact whose name and attributes count.
    into: String,
}

/// Names of attributes that were written down of any customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeNames {
    items: Vec<String>,
}

/// A customer's conversations on all lines, the most recently active first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactConversations {
    items: Vec<ConversationBody>,
}

/// How it went at WhatsApp, line by line.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlockResult {
    contact: ContactCardBody,
    lines: Vec<BlockOutcomeBody>,
}

async fn body<R: Requires>(member: &Member<R>, id: ContactId) -> Result<ContactCardBody, Problem> {
    let lines = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let found = card(&mut member.conn().await?, id, member.sight()).await?;
    found
        .map(|card| ContactCardBody::new(card, &lines))
        .ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// The contact's id, if the member sees it.
async fn seen<R: Requires>(member: &Member<R>, id: &str) -> Result<ContactId, Problem> {
    let id = json::id(id)?;
    let found = card(&mut member.conn().await?, id, member.sight()).await?;
    found.map(|_card| id).ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// Names of attributes, to be offered.
#[utoipa::path(get, path = "/api/contacts/attributes", tag = "contacts",
    responses((status = 200, body = AttributeNames)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_attributes(member: Member<ChatRead>) -> Result<web::Json<AttributeNames>, Problem> {
    let items = known_attributes(&mut member.conn().await?).await?;
    Ok(web::Json(AttributeNames { items }))
}

/// All that is known of a customer.
#[utoipa::path(get, path = "/api/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = ContactCardBody)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_contact(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<web::Json<ContactCardBody>, Problem> {
    Ok(web::Json(body(&member, json::id(&id)?).await?))
}

/// Write down the customer's name, attributes and whether he wants marketing messages.
#[utoipa::path(patch, path = "/api/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    request_body = ContactPatch, responses((status = 200, body = ContactCardBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn patch_contact(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(patch): Json<ContactPatch>,
) -> Result<web::Json<ContactCardBody>, Problem> {
    let id = seen(&member, &id).await?;
    let changes = ContactChanges {
        name: patch.name,
        attributes: patch.attributes,
        marketing_opt_out: patch.marketing_opt_out,
    };
    let mut conn = member.conn().await?;
    change_contact(&mut conn, id, &changes, member.acting(), member.now).await?;
    member.app.engine().hint(member.tenant.tenant.id);
    Ok(web::Json(body(&member, id).await?))
}

/// The customer's conversations in sight, on all lines.
#[utoipa::path(get, path = "/api/contacts/{id}/conversations", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = ContactConversations)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_contact_conversations(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<web::Json<ContactConversations>, Problem> {
    let id = seen(&member, &id).await?;
    let lines = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let found = conversations_of(&mut member.conn().await?, id, member.sight()).await?;
    let items = found
        .into_iter()
        .map(|view| ConversationBody::new(view, &lines))
        .collect();
    Ok(web::Json(ContactConversations { items }))
}

/// Messages with files in the customer's conversations in sight, the newest first.
#[utoipa::path(get, path = "/api/contacts/{id}/files", tag = "contacts", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = MessagePage)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_contact_files(
    member: Member<ChatRead>,
    id: web::Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<MessagePage>, Problem> {
    let page = page.request()?;
    let id = seen(&member, &id).await?;
    let mut conn = member.conn().await?;
    let found = files_of(&mut conn, id, member.sight(), &page).await?;
    Ok(web::Json(page_of(&mut conn, found).await?))
}

async fn set_blocked(member: &Member<ChatWrite>, id: &str, blocked: bool) -> Result<BlockResult, Problem> {
    let id = seen(member, id).await?;
    let engine = member.app.engine();
    let told = engine
        .block_contact(&member.tenant, id, blocked, member.acting())
        .await?;
    let names = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let lines = told
        .into_iter()
        .map(|(line, at_meta)| BlockOutcomeBody::new(names.of_channel(line), at_meta))
        .collect();
    let contact = body(member, id).await?;
    Ok(BlockResult { contact, lines })
}

/// Block the customer: nobody writes to him, and where WhatsApp agrees he cannot write either. Again: asks WhatsApp
/// again.
#[utoipa::path(post, path = "/api/contacts/{id}/block", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = BlockResult)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn block_contact(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<web::Json<BlockResult>, Problem> {
    Ok(web::Json(set_blocked(&member, &id, true).await?))
}

/// Let the customer in again.
#[utoipa::path(delete, path = "/api/contacts/{id}/block", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = BlockResult)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn unblock_contact(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<web::Json<BlockResult>, Problem> {
    Ok(web::Json(set_blocked(&member, &id, false).await?))
}

/// Say that the customer is the same person as another contact.
#[utoipa::path(post, path = "/api/contacts/{id}/merge", tag = "contacts", params(("id" = String, Path)),
    request_body = MergeContactBody, responses((status = 200, body = ContactCardBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn merge_contact(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(merge): Json<MergeContactBody>,
) -> Result<web::Json<ContactCardBody>, Problem> {
    let id = seen(&member, &id).await?;
    let into = json::body_id::<ContactId>("/into", &merge.into)?;
    let unknown = || {
        Problem::field(
            "/into",
            "unknown_contact",
            "there is no such contact to merge with",
        )
    };
    seen(&member, &into.to_string())
        .await
        .map_err(|_unseen| unknown())?;
    let mut conn = member.conn().await?;
    join_contacts(&mut conn, id, into, member.acting(), member.now).await?;
    member.app.engine().hint(member.tenant.tenant.id);
    Ok(web::Json(body(&member, id).await?))
}

/// Say that the customer is a person of his own again.
#[utoipa::path(delete, path = "/api/contacts/{id}/merge", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = ContactCardBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn unmerge_contact(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<web::Json<ContactCardBody>, Problem> {
    let id = seen(&member, &id).await?;
    let mut conn = member.conn().await?;
    part_contact(&mut conn, id, member.acting(), member.now).await?;
    member.app.engine().hint(member.tenant.tenant.id);
    Ok(web::Json(body(&member, id).await?))
}
