// @generated from the migrations; `just schema` rewrites it.

diesel::table! {
    audit_log (id) {
        id -> Uuid,
        at -> Timestamptz,
        actor_id -> Nullable<Uuid>,
        actor_email -> Nullable<Text>,
        tenant_id -> Nullable<Uuid>,
        action -> Text,
        target -> Nullable<Text>,
        data -> Jsonb,
    }
}

diesel::table! {
    branding (tenant_id) {
        tenant_id -> Uuid,
        brand_name -> Text,
        logo_url -> Nullable<Text>,
        color_primary -> Nullable<Text>,
        color_accent -> Nullable<Text>,
        color_background -> Nullable<Text>,
        timezone -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    channels (id) {
        id -> Uuid,
        tenant_id -> Uuid,
        phone_number_id -> Text,
        waba_id -> Nullable<Text>,
        display_name -> Text,
        display_phone_number -> Nullable<Text>,
        verify_token_digest -> Nullable<Bytea>,
        wa_token_sealed -> Nullable<Text>,
        app_secret_sealed -> Nullable<Text>,
        is_active -> Bool,
        is_default -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        app_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    database_servers (id) {
        id -> Uuid,
        name -> Text,
        host -> Text,
        port -> Int4,
        admin_url_sealed -> Text,
        server_version -> Text,
        is_default -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    impersonations (id) {
        id -> Uuid,
        superadmin_id -> Uuid,
        superadmin_name -> Text,
        superadmin_email -> Text,
        family_id -> Uuid,
        tenant_id -> Uuid,
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
    lanes (tenant_id) {
        tenant_id -> Uuid,
        owner -> Nullable<Uuid>,
        epoch -> Int8,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    line_states (channel_id) {
        channel_id -> Uuid,
        tried_at -> Nullable<Timestamptz>,
        check_error -> Nullable<Text>,
        failing_since -> Nullable<Timestamptz>,
        checked_at -> Nullable<Timestamptz>,
        token_valid -> Nullable<Bool>,
        token_error -> Nullable<Text>,
        token_expires_at -> Nullable<Timestamptz>,
        app_id -> Nullable<Text>,
        scopes -> Array<Text>,
        missing_scopes -> Array<Text>,
        app_secret_fits -> Nullable<Bool>,
        is_subscribed -> Nullable<Bool>,
        number_error -> Nullable<Text>,
        number_status -> Nullable<Text>,
        quality -> Nullable<Text>,
        messaging_limit -> Nullable<Text>,
        throughput -> Nullable<Text>,
        on_business_app -> Nullable<Bool>,
        verified_name -> Nullable<Text>,
        name_status -> Nullable<Text>,
        can_send -> Nullable<Text>,
        issues -> Jsonb,
        paused_at -> Nullable<Timestamptz>,
        pause_code -> Nullable<Text>,
        pause_meta_code -> Nullable<Int8>,
        pause_message -> Nullable<Text>,
        pause_hold_seconds -> Int4,
        resumed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    line_traffic (channel_id) {
        channel_id -> Uuid,
        handshake_at -> Nullable<Timestamptz>,
        webhook_at -> Nullable<Timestamptz>,
        message_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    login_directory (email, tenant_id) {
        email -> Text,
        tenant_id -> Uuid,
    }
}

diesel::table! {
    login_links (id) {
        id -> Uuid,
        kind -> Text,
        tenant_id -> Nullable<Uuid>,
        user_id -> Uuid,
        token_digest -> Bytea,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    logos (tenant_id) {
        tenant_id -> Uuid,
        key -> Text,
        content_type -> Text,
        bytes -> Bytea,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    meta_apps (id) {
        id -> Uuid,
        key -> Text,
        tenant_id -> Nullable<Uuid>,
        name -> Text,
        meta_app_id -> Nullable<Text>,
        app_secret_sealed -> Nullable<Text>,
        previous_secret_sealed -> Nullable<Text>,
        previous_until -> Nullable<Timestamptz>,
        verify_token_digest -> Bytea,
        handshake_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    odoo_configs (tenant_id) {
        tenant_id -> Uuid,
        base_url -> Text,
        db_name -> Text,
        username -> Text,
        password_sealed -> Nullable<Text>,
        api_key_sealed -> Nullable<Text>,
        version -> Nullable<Text>,
        tested_at -> Nullable<Timestamptz>,
        test_error -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    platform_facts (name) {
        name -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    platform_settings (singleton) {
        singleton -> Bool,
        superadmin_totp_required -> Bool,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    platform_users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
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
    push_keys (id) {
        id -> Uuid,
        single -> Bool,
        private_key_sealed -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    session_proofs (family_id, tenant_id) {
        family_id -> Uuid,
        tenant_id -> Uuid,
        user_id -> Uuid,
        password_digest -> Bytea,
        session_version -> Int4,
        with_code -> Bool,
        proven_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        family_id -> Uuid,
        tenant_id -> Nullable<Uuid>,
        user_id -> Uuid,
        token_digest -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        rotated_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        user_agent -> Nullable<Text>,
        ip -> Nullable<Text>,
    }
}

diesel::table! {
    spool (id) {
        id -> Int8,
        row_id -> Uuid,
        tenant_id -> Uuid,
        sealed -> Text,
        items -> Int4,
        reason -> Text,
        state -> Text,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        last_tried_at -> Nullable<Timestamptz>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_databases (tenant_id) {
        tenant_id -> Uuid,
        url_sealed -> Text,
        host -> Text,
        port -> Int4,
        database_name -> Text,
        user_name -> Text,
        ssl_mode -> Text,
        server_version -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tenant_migrations (run_id, tenant_id) {
        run_id -> Uuid,
        tenant_id -> Uuid,
        place -> Int4,
        is_canary -> Bool,
        state -> Text,
        from_version -> Nullable<Text>,
        to_version -> Nullable<Text>,
        error -> Nullable<Text>,
        started_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    tenant_states (tenant_id) {
        tenant_id -> Uuid,
        looked_at -> Timestamptz,
        error -> Nullable<Text>,
        version -> Nullable<Text>,
        pending -> Nullable<Int4>,
        size_bytes -> Nullable<Int8>,
        connections -> Nullable<Int4>,
        drift -> Array<Text>,
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        name -> Text,
        slug -> Text,
        plan -> Text,
        is_active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    unrouted_lines (phone_number_id) {
        phone_number_id -> Text,
        waba_id -> Nullable<Text>,
        display_phone_number -> Nullable<Text>,
        hits -> Int8,
        first_seen_at -> Timestamptz,
        last_seen_at -> Timestamptz,
    }
}

diesel::table! {
    workers (id) {
        id -> Uuid,
        name -> Text,
        started_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::joinable!(branding -> tenants (tenant_id));
diesel::joinable!(channels -> meta_apps (app_id));
diesel::joinable!(channels -> tenants (tenant_id));
diesel::joinable!(impersonations -> platform_users (superadmin_id));
diesel::joinable!(impersonations -> tenants (tenant_id));
diesel::joinable!(lanes -> tenants (tenant_id));
diesel::joinable!(line_states -> channels (channel_id));
diesel::joinable!(line_traffic -> channels (channel_id));
diesel::joinable!(login_directory -> tenants (tenant_id));
diesel::joinable!(login_links -> tenants (tenant_id));
diesel::joinable!(logos -> tenants (tenant_id));
diesel::joinable!(meta_apps -> tenants (tenant_id));
diesel::joinable!(odoo_configs -> tenants (tenant_id));
diesel::joinable!(session_proofs -> tenants (tenant_id));
diesel::joinable!(sessions -> tenants (tenant_id));
diesel::joinable!(tenant_databases -> tenants (tenant_id));
diesel::joinable!(tenant_migrations -> tenants (tenant_id));
diesel::joinable!(tenant_states -> tenants (tenant_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    branding,
    channels,
    database_servers,
    impersonations,
    lanes,
    line_states,
    line_traffic,
    login_directory,
    login_links,
    logos,
    meta_apps,
    odoo_configs,
    platform_facts,
    platform_settings,
    platform_users,
    push_keys,
    session_proofs,
    sessions,
    spool,
    tenant_databases,
    tenant_migrations,
    tenant_states,
    tenants,
    unrouted_lines,
    workers,
);
