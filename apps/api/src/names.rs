//! Schemas of strings that are one of a domain enum's names.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

/// Declares the schema of a string that is one of an enum's names.
macro_rules! name_schemas {
    ($($name:ident as $public:literal of $source:ty;)+) => {
        $(
            #[doc = concat!("The names of `", stringify!($source), "`, for the document alone.")]
            pub(crate) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let names = <$source>::ALL.iter().map(|value| value.as_str());
                    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    $public.into()
                }
            }
        )+
    };
}

name_schemas! {
    MessageStatusName as "MessageStatus" of tenant::message::MessageStatus;
    DirectionName as "Direction" of tenant::message::Direction;
    AuthorKindName as "AuthorKind" of tenant::message::AuthorKind;
    ConversationStatusName as "ConversationStatus" of tenant::conversation::ConversationStatus;
    ConversationSortName as "ConversationSort" of tenant::conversation::ConversationSort;
    DraftKindName as "DraftKind" of tenant::draft::DraftKind;
    NotificationKindName as "NotificationKind" of tenant::notification::NotificationKind;
    WhoseName as "Whose" of tenant::push::Whose;
    WindowFilterName as "WindowFilter" of tenant::conversation::WindowFilter;
    BulkOutcomeName as "BulkOutcome" of tenant::conversation::BulkOutcome;
    DeadLetterKindName as "DeadLetterKind" of tenant::dead_letter::DeadLetterKind;
    DeadLetterStateName as "DeadLetterState" of tenant::dead_letter::DeadLetterState;
    PermissionName as "Permission" of tenant::role::Permission;
    ConversationScopeName as "ConversationScope" of tenant::role::ConversationScope;
    MediaStateName as "MediaState" of tenant::media::MediaState;
    LineConditionName as "LineCondition" of engine::line_health::LineCondition;
    LineAdviceName as "LineAdvice" of engine::line_health::LineAdvice;
    SeverityName as "Severity" of engine::line_health::Severity;
    LanguageName as "Language" of tenant::settings::Language;
    QuickReplyScopeName as "QuickReplyScope" of tenant::quick_reply::Scope;
    StepStateName as "StepState" of engine::checklist::StepState;
    DatabaseConditionName as "DatabaseCondition" of engine::tenant_health::DatabaseCondition;
    PlanName as "Plan" of control::tenant::Plan;
}
