//! The OpenAPI document, from the handlers' own annotations.

use std::{collections::BTreeMap, sync::OnceLock};

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, OpenApi as Document, RefOr, Response, ResponseBuilder,
        path::{Operation, PathItem},
        schema::{Ref, Schema},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{
    names::{
        AuthorKindName, BulkOutcomeName, ConversationScopeName, ConversationSortName, ConversationStatusName,
        DatabaseConditionName, DeadLetterKindName, DeadLetterStateName, DirectionName, DraftKindName,
        LanguageName, LineAdviceName, LineConditionName, MediaStateName, MessageStatusName,
        NotificationKindName, PermissionName, PlanName, QuickReplyScopeName, SeverityName, StepStateName,
        WhoseName, WindowFilterName,
    },
    problem::{ChoiceBody, FieldError, ProblemBody},
    routes::{
        audit as tenant_audit, auth, branches, channels, contacts, conversations, dead_letters, debug,
        drafts, events, health, line_events, links, logos, me,
        media::{self, upload},
        messages::{self, send},
        notifications, push, quick_replies, roles, search, second_factor, services, settings,
        superadmin::{
            apps, audit, branding, channels as platform_channels, database, fleet, fleet_tenants,
            health as tenant_health, impersonation, line_health, logo, odoo, people, platform, servers,
            settings as platform_settings, spool, tenants, unrouted, users as tenant_users,
        },
        switch, tags, users, views, webhook,
    },
};

/// Members of answers that are left out rather than null.
const LEFT_OUT: [(&str, &[&str]); 4] = [
    ("Problem", &["detail", "errors", "choices", "retry_after"]),
    ("Session", &["refresh_token"]),
    (
        "StatusTimes",
        &["received", "queued", "sent", "delivered", "read", "failed"],
    ),
    ("CheckBody", &["detail"]),
];

/// Every operation of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Centralita", description = "A switchboard for WhatsApp Business: one installation, many companies."),
    paths(
        webhook::get_webhook, webhook::post_webhook, webhook::get_app_webhook, webhook::post_app_webhook,
        health::get_health, health::get_ready, health::get_metrics, debug::get_state, debug::get_line,
        auth::post_login, auth::post_refresh, auth::post_logout, auth::get_me,
        links::post_read, links::post_accept, links::post_forgot,
        second_factor::get_totp, second_factor::post_totp, second_factor::post_confirm,
        second_factor::remove_totp, second_factor::post_recovery_codes, second_factor::remove_user_totp,
        switch::list_own_tenants, switch::post_switch, switch::post_impersonation_end,
        me::list_sessions, me::remove_session, me::post_revoke_others, me::post_password,
        conversations::list_conversations, conversations::get_counts, conversations::get_conversation,
        conversations::patch_conversation, conversations::put_tags, conversations::post_read,
        conversations::bulk::post_bulk, conversations::activity::list_activity, search::get_search,
        views::list_views, views::post_view, views::patch_view, views::remove_view,
        contacts::list_attributes, contacts::get_contact, contacts::patch_contact,
        contacts::list_contact_conversations, contacts::list_contact_files, contacts::block_contact,
        contacts::unblock_contact, contacts::merge_contact, contacts::unmerge_contact,
        drafts::list_drafts, drafts::get_drafts, drafts::put_draft, drafts::remove_draft,
        notifications::list_notifications, notifications::post_seen,
        push::get_push, push::post_subscription, push::post_removal,
        messages::list_messages, messages::post_note,
        send::post_message, send::post_conversation, send::post_retry, send::post_cancel, send::post_typing,
        media::get_media, media::post_fetch, upload::post_media,
        channels::list_channels, channels::patch_line, channels::templates::list_templates, channels::health::get_line_health, channels::health::post_line_check,
        line_events::list_line_events, line_events::list_line_health,
        tags::list_tags, tags::post_tag, tags::patch_tag, tags::remove_tag, tags::post_merge,
        settings::get_settings, settings::patch_settings,
        branches::list_branches, branches::get_branch, branches::post_branch, branches::patch_branch,
        branches::remove_branch,
        services::list_services, services::get_service, services::post_service, services::patch_service,
        services::remove_service,
        quick_replies::list_quick_replies, quick_replies::post_quick_reply, quick_replies::patch_quick_reply,
        quick_replies::remove_quick_reply, quick_replies::post_use,
        tenant_audit::list_audit, tenant_audit::export::get_audit_export,
        users::list_users, users::post_user, users::patch_user, users::post_end_sessions, users::post_invite,
        users::post_reset_link,
        roles::list_roles, roles::post_role, roles::patch_role, roles::post_reset, roles::remove_role,
        events::get_events,
        tenants::list_tenants, tenants::post_tenant, tenants::get_tenant, tenants::patch_tenant,
        tenant_health::get_checklist, tenant_health::get_tenant_health,
        database::get_database, database::put_database, database::post_database_test,
        servers::list_servers, servers::post_server, servers::patch_server, servers::delete_server,
        servers::post_server_test,
        servers::post_database_create,
        platform_channels::list_tenant_channels, platform_channels::post_channel,
        platform_channels::patch_channel, platform_channels::delete_line,
        apps::list_apps, apps::post_app, apps::get_app, apps::patch_app, apps::delete_app, apps::post_verify_token,
        line_health::get_channel_health, line_health::post_channel_check, line_health::post_channel_subscribe,
        branding::get_branding, branding::put_branding,
        tenant_users::list_tenant_users, tenant_users::post_tenant_user, tenant_users::post_tenant_user_link,
        tenant_users::remove_tenant_user_totp,
        impersonation::post_impersonate, impersonation::list_impersonations, impersonation::remove_impersonation,
        people::list_superadmins, people::post_superadmin, people::patch_superadmin, people::post_superadmin_link,
        people::remove_superadmin_totp, platform_settings::get_platform_settings, platform_settings::patch_platform_settings,
        unrouted::list_unrouted, unrouted::delete_unrouted,
        dead_letters::list_dead_letters, dead_letters::get_dead_letter, dead_letters::post_replay,
        dead_letters::post_replay_all, dead_letters::post_discard,
        spool::list_spool, spool::list_spool_rows, spool::post_spool_retry, spool::post_spool_discard,
        spool::count_dead_letters,
        audit::list_platform_audit, audit::export::get_platform_audit_export,
        logos::get_logo, logo::put_logo, logo::delete_logo,
        odoo::get_odoo, odoo::put_odoo, odoo::delete_odoo, odoo::post_odoo_test, fleet::get_fleet,
        fleet_tenants::list_fleet_tenants, fleet_tenants::post_fleet_look, platform::get_platform,
    ),
    components(schemas(
        ProblemBody, FieldError, ChoiceBody, MessageStatusName, DirectionName, AuthorKindName, ConversationStatusName,
        MediaStateName, PermissionName, ConversationScopeName, PlanName, DeadLetterKindName, DeadLetterStateName,
        LineConditionName, LineAdviceName, SeverityName, LanguageName, QuickReplyScopeName, StepStateName,
        DatabaseConditionName, BulkOutcomeName, ConversationSortName, WindowFilterName, DraftKindName,
        NotificationKindName, WhoseName
    )),
    modifiers(&Bearer, &Problems, &AlwaysThere),
    security(("bearer" = []))
)]
pub struct ApiDoc;

/// The document as JSON, ending with a newline.
pub fn document() -> String {
    let mut text = ApiDoc::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The methods that a path offers, as the `Allow` header lists them.
pub(crate) fn methods(path: &str) -> Option<&'static str> {
    static METHODS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let known = METHODS.get_or_init(|| ApiDoc::openapi().paths.paths.iter().map(listed).collect());
    known.get(path).map(String::as_str)
}

fn listed((path, item): (&String, &PathItem)) -> (String, String) {
    let offered = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    let offered = offered.iter().filter(|(_, operation)| operation.is_some());
    let names: Vec<&str> = offered.map(|(name, _)| *name).collect();
    (path.clone(), names.join(", "))
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Every operation may answer with a problem.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut Document) {
        for path in document.paths.paths.values_mut() {
            let operations = [
                &mut path.get,
                &mut path.put,
                &mut path.post,
                &mut path.delete,
                &mut path.patch,
            ];
            for operation in operations.into_iter().flatten() {
                add_problem(operation);
            }
        }
    }
}

/// Answers carry every member, null where there is nothing; requests (those that
/// refuse unknown members) may leave members out.
struct AlwaysThere;

impl Modify for AlwaysThere {
    fn modify(&self, document: &mut Document) {
        let Some(components) = document.components.as_mut() else {
            return;
        };
        for (name, schema) in &mut components.schemas {
            let RefOr::T(Schema::Object(object)) = schema else {
                continue;
            };
            let is_request = object.additional_properties.is_some();
            if !is_request {
                let left_out = LEFT_OUT
                    .iter()
                    .find(|(schema, _)| schema == name)
                    .map_or(&[][..], |(_, members)| *members);
                let members = object
                    .properties
                    .keys()
                    .filter(|member| !left_out.contains(&member.as_str()));
                object.required = members.cloned().collect();
            }
        }
    }
}

fn add_problem(operation: &mut Operation) {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    let response: Response = ResponseBuilder::new()
        .description("Problem details (RFC 9457)")
        .content("application/problem+json", content)
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), RefOr::T(response));
}
