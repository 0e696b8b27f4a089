//! Roles and what they allow: the predecessor's matrix, enforced on the server.

crate::text_enum! {
    /// A role of a tenant's team.
    Role {
        /// Everything in the tenant.
        Admin = "admin",
        /// Answers customers.
        Recepcion = "recepcion",
        /// Reads conversations and numbers.
        Caja = "caja",
        /// Campaigns and templates; no conversations.
        Marketing = "marketing",
        /// Reads conversations.
        Doctor = "doctor",
    }
}

crate::text_enum! {
    /// One thing that may be allowed, as clients see it.
    Permission {
        /// See conversations.
        ChatRead = "chat.read",
        /// Answer, note, assign, close.
        ChatWrite = "chat.write",
        /// See the numbers.
        DashboardRead = "dashboard.read",
        /// See campaigns.
        CampaignsRead = "campaigns.read",
        /// Make and run campaigns.
        CampaignsWrite = "campaigns.write",
        /// See the tenant's settings.
        SettingsRead = "settings.read",
        /// Change the tenant's settings.
        SettingsWrite = "settings.write",
        /// See the team.
        UsersRead = "users.read",
        /// Change the team.
        UsersWrite = "users.write",
        /// See templates.
        TemplatesRead = "templates.read",
        /// Change templates.
        TemplatesWrite = "templates.write",
        /// See the audit.
        AuditRead = "audit.read",
    }
}

use Permission::{
    AuditRead, CampaignsRead, CampaignsWrite, ChatRead, ChatWrite, DashboardRead, SettingsRead,
    SettingsWrite, TemplatesRead, TemplatesWrite, UsersRead, UsersWrite,
};

impl Role {
    /// What the role allows.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Admin => &[
                ChatRead,
                ChatWrite,
                DashboardRead,
                CampaignsRead,
                CampaignsWrite,
                SettingsRead,
                SettingsWrite,
                UsersRead,
                UsersWrite,
                TemplatesRead,
                TemplatesWrite,
                AuditRead,
            ],
            Self::Recepcion => &[ChatRead, ChatWrite, DashboardRead],
            Self::Caja => &[ChatRead, DashboardRead],
            Self::Marketing => &[
                DashboardRead,
                CampaignsRead,
                CampaignsWrite,
                SettingsRead,
                TemplatesRead,
                TemplatesWrite,
            ],
            Self::Doctor => &[ChatRead],
        }
    }

    /// Whether the role allows `permission`.
    pub fn allows(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_answer_may_write_in_a_conversation() {
        let writers: Vec<Role> = Role::ALL
            .iter()
            .copied()
            .filter(|role| role.allows(ChatWrite))
            .collect();
        assert_eq!(writers, [Role::Admin, Role::Recepcion]);
    }

    #[test]
    fn whoever_writes_a_thing_may_read_it() {
        for (write, read) in [
            (ChatWrite, ChatRead),
            (CampaignsWrite, CampaignsRead),
            (UsersWrite, UsersRead),
        ] {
            assert!(
                Role::ALL
                    .iter()
                    .all(|role| !role.allows(write) || role.allows(read))
            );
        }
    }
}
