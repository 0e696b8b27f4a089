//! The roles that every tenant begins with, and what they allow then: the predecessor's matrix.

crate::text_enum! {
    /// A role that every tenant has.
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

use super::Permission::{
    self, CampaignsRead, CampaignsWrite, ChatRead, ChatWrite, DashboardRead, SettingsRead, TemplatesRead,
    TemplatesWrite,
};

impl Role {
    /// As people call it in the beginning.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "Administrador",
            Self::Recepcion => "Recepción",
            Self::Caja => "Caja",
            Self::Marketing => "Marketing",
            Self::Doctor => "Doctor",
        }
    }

    /// What the role allows in the beginning.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Admin => Permission::ALL,
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

    /// Whether the role allows `permission` in the beginning.
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
}
