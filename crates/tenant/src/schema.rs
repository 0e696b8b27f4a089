// @generated from the migrations; `just schema` rewrites it.

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        at -> Timestamptz,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        target -> Nullable<Text>,
        data -> Jsonb,
    }
}

diesel::table! {
    branches (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        address -> Nullable<Text>,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        hours_text -> Nullable<Text>,
        phone -> Nullable<Text>,
        is_active -> Bool,
        position -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    contact_attributes (key) {
        key -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    contact_blocks (contact_id, channel_id) {
        contact_id -> Uuid,
        channel_id -> Uuid,
        blocked_at -> Timestamptz,
    }
}

diesel::table! {
    contact_keys (key) {
        key -> Text,
        contact_id -> Uuid,
        left_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    contact_search (contact_id) {
        contact_id -> Uuid,
        source -> Uuid,
    }
}

diesel::table! {
    contacts (id) {
        id -> Uuid,
        user_key -> Text,
        phone -> Nullable<Text>,
        bsuid -> Nullable<Text>,
        name -> Nullable<Text>,
        profile_name -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        username -> Nullable<Text>,
        parent_bsuid -> Nullable<Text>,
        marketing_opt_out_at -> Nullable<Timestamptz>,
        marketing_preference_at -> Nullable<Timestamptz>,
        attributes -> Jsonb,
        blocked_at -> Nullable<Timestamptz>,
        merged_into -> Nullable<Uuid>,
        name_before_merge -> Nullable<Text>,
    }
}

diesel::table! {
    conversation_tags (conversation_id, tag_id) {
        conversation_id -> Uuid,
        tag_id -> Uuid,
    }
}

diesel::table! {
    conversations (id) {
        id -> Uuid,
        channel_id -> Uuid,
        user_key -> Text,
        contact_id -> Uuid,
        status -> Text,
        snoozed_until -> Nullable<Timestamptz>,
        assignee_id -> Nullable<Uuid>,
        unread_count -> Int4,
        last_message_id -> Nullable<Uuid>,
        last_activity_at -> Timestamptz,
        last_inbound_at -> Nullable<Timestamptz>,
        window_expires_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        entry_point_expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    dead_letters (id) {
        id -> Uuid,
        channel_id -> Uuid,
        kind -> Text,
        reason -> Text,
        raw -> Bytea,
        received_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        last_tried_at -> Nullable<Timestamptz>,
        closed_at -> Nullable<Timestamptz>,
        note -> Nullable<Text>,
        fingerprint -> Text,
    }
}

diesel::table! {
    drafts (user_id, conversation_id, kind) {
        user_id -> Uuid,
        conversation_id -> Uuid,
        kind -> Text,
        content -> Jsonb,
        version -> Int8,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    events (seq) {
        seq -> Int8,
        kind -> Text,
        conversation_id -> Uuid,
        message_id -> Nullable<Uuid>,
        at -> Timestamptz,
        former_assignee_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        body_digest -> Bytea,
        message_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    impersonations (id) {
        id -> Uuid,
        superadmin_id -> Uuid,
        superadmin_name -> Text,
        superadmin_email -> Text,
        user_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        can_write -> Bool,
        reason -> Text,
        began_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    line_events (id) {
        id -> Uuid,
        channel_id -> Nullable<Uuid>,
        waba_id -> Nullable<Text>,
        field -> Text,
        kind -> Text,
        occurred_at -> Nullable<Timestamptz>,
        received_at -> Timestamptz,
        payload -> Jsonb,
    }
}

diesel::table! {
    line_health (channel_id) {
        channel_id -> Uuid,
        quality -> Nullable<Text>,
        messaging_limit -> Nullable<Text>,
        quality_at -> Nullable<Timestamptz>,
        name_decision -> Nullable<Text>,
        requested_name -> Nullable<Text>,
        name_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    media (id) {
        id -> Uuid,
        message_id -> Uuid,
        channel_id -> Uuid,
        kind -> Text,
        wa_media_id -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        filename -> Nullable<Text>,
        voice -> Bool,
        animated -> Bool,
        sha256 -> Nullable<Bytea>,
        state -> Text,
        error -> Nullable<Text>,
        attempts -> Int4,
        attempt_id -> Nullable<Uuid>,
        next_attempt_at -> Timestamptz,
        content_hash -> Nullable<Bytea>,
        content_type -> Nullable<Text>,
        size -> Nullable<Int8>,
        expires_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    message_search (at, message_id) {
        at -> Timestamptz,
        message_id -> Uuid,
    }
}

diesel::table! {
    messages (id) {
        id -> Uuid,
        conversation_id -> Uuid,
        channel_id -> Uuid,
        wamid -> Nullable<Text>,
        direction -> Text,
        kind -> Text,
        body -> Nullable<Text>,
        payload -> Nullable<Jsonb>,
        raw -> Nullable<Json>,
        author_kind -> Text,
        author_id -> Nullable<Uuid>,
        context_wamid -> Nullable<Text>,
        state -> Nullable<Text>,
        sent_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        read_at -> Nullable<Timestamptz>,
        failed_at -> Nullable<Timestamptz>,
        error_code -> Nullable<Int4>,
        error_title -> Nullable<Text>,
        error_detail -> Nullable<Text>,
        occurred_at -> Timestamptz,
        created_at -> Timestamptz,
        send_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    notifications (id) {
        id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        conversation_id -> Uuid,
        message_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    orphan_statuses (channel_id, wamid, status) {
        channel_id -> Uuid,
        wamid -> Text,
        status -> Text,
        at -> Timestamptz,
        error_code -> Nullable<Int4>,
        error_title -> Nullable<Text>,
        error_detail -> Nullable<Text>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        message_id -> Uuid,
        conversation_id -> Uuid,
        channel_id -> Uuid,
        state -> Text,
        attempt -> Int4,
        attempt_id -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        next_attempt_at -> Timestamptz,
        created_at -> Timestamptz,
        class -> Text,
        tries -> Int4,
        repeated -> Bool,
        unknown_at -> Nullable<Timestamptz>,
        unconfirmed -> Nullable<Int4>,
    }
}

diesel::table! {
    push_progress (single) {
        single -> Bool,
        seq -> Int8,
    }
}

diesel::table! {
    push_subscriptions (id) {
        id -> Uuid,
        user_id -> Uuid,
        session_version -> Int4,
        endpoint -> Text,
        p256dh -> Text,
        auth -> Text,
        whose -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    quick_replies (id) {
        id -> Uuid,
        shortcut -> Text,
        title -> Text,
        body -> Text,
        owner_id -> Nullable<Uuid>,
        uses -> Int8,
        last_used_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    roles (key) {
        key -> Text,
        name -> Text,
        permissions -> Array<Text>,
        conversations -> Text,
        is_builtin -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    search_progress (singleton) {
        singleton -> Bool,
        last_event -> Int8,
        messages_before -> Nullable<Uuid>,
        contacts_before -> Nullable<Uuid>,
    }
}

diesel::table! {
    service_branches (service_id, branch_id) {
        service_id -> Uuid,
        branch_id -> Uuid,
    }
}

diesel::table! {
    services (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        subtitle -> Nullable<Text>,
        description -> Nullable<Text>,
        price_minor -> Nullable<Int8>,
        currency -> Nullable<Text>,
        duration_min -> Nullable<Int4>,
        image_url -> Nullable<Text>,
        is_featured -> Bool,
        is_active -> Bool,
        position -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    settings (singleton) {
        singleton -> Bool,
        bot_enabled -> Bool,
        auto_reply_enabled -> Bool,
        updated_at -> Timestamptz,
        version -> Int4,
        language -> Text,
        timezone -> Nullable<Text>,
        business_hours -> Nullable<Jsonb>,
        holidays -> Jsonb,
        away_message -> Nullable<Text>,
        admin_phones -> Jsonb,
    }
}

diesel::table! {
    tags (id) {
        id -> Uuid,
        name -> Text,
        color -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_meta (singleton) {
        singleton -> Bool,
        tenant_id -> Nullable<Uuid>,
        last_event -> Int8,
        identity_epoch -> Int8,
    }
}

diesel::table! {
    uploads (id) {
        id -> Uuid,
        content_hash -> Bytea,
        content_type -> Text,
        size -> Int8,
        filename -> Nullable<Text>,
        voice -> Bool,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        name -> Text,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        is_active -> Bool,
        session_version -> Int4,
        last_login_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        totp_sealed -> Nullable<Text>,
        totp_confirmed_at -> Nullable<Timestamptz>,
        totp_last_step -> Nullable<Int8>,
        recovery_codes -> Array<Text>,
    }
}

diesel::table! {
    views (id) {
        id -> Uuid,
        owner_id -> Nullable<Uuid>,
        name -> Text,
        filter -> Jsonb,
        sort -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    wa_uploads (channel_id, content_hash, content_type) {
        channel_id -> Uuid,
        content_hash -> Bytea,
        content_type -> Text,
        wa_media_id -> Text,
        expires_at -> Timestamptz,
    }
}

diesel::joinable!(contact_blocks -> contacts (contact_id));
diesel::joinable!(contact_keys -> contacts (contact_id));
diesel::joinable!(contact_search -> contacts (contact_id));
diesel::joinable!(conversation_tags -> conversations (conversation_id));
diesel::joinable!(conversation_tags -> tags (tag_id));
diesel::joinable!(conversations -> contacts (contact_id));
diesel::joinable!(conversations -> users (assignee_id));
diesel::joinable!(drafts -> conversations (conversation_id));
diesel::joinable!(drafts -> users (user_id));
diesel::joinable!(idempotency_keys -> messages (message_id));
diesel::joinable!(impersonations -> users (user_id));
diesel::joinable!(media -> messages (message_id));
diesel::joinable!(messages -> conversations (conversation_id));
diesel::joinable!(notifications -> conversations (conversation_id));
diesel::joinable!(notifications -> messages (message_id));
diesel::joinable!(notifications -> users (user_id));
diesel::joinable!(outbox -> conversations (conversation_id));
diesel::joinable!(outbox -> messages (message_id));
diesel::joinable!(push_subscriptions -> users (user_id));
diesel::joinable!(quick_replies -> users (owner_id));
diesel::joinable!(service_branches -> branches (branch_id));
diesel::joinable!(service_branches -> services (service_id));
diesel::joinable!(uploads -> users (created_by));
diesel::joinable!(users -> roles (role));
diesel::joinable!(views -> users (owner_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    branches,
    contact_attributes,
    contact_blocks,
    contact_keys,
    contact_search,
    contacts,
    conversation_tags,
    conversations,
    dead_letters,
    drafts,
    events,
    idempotency_keys,
    impersonations,
    line_events,
    line_health,
    media,
    message_search,
    messages,
    notifications,
    orphan_statuses,
    outbox,
    push_progress,
    push_subscriptions,
    quick_replies,
    roles,
    search_progress,
    service_branches,
    services,
    settings,
    tags,
    tenant_meta,
    uploads,
    users,
    views,
    wa_uploads,
);
