//! What may be allowed, and sets of it.

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
        /// See the bot's flows.
        BotRead = "bot.read",
        /// Change the bot's flows.
        BotWrite = "bot.write",
        /// See what comes from Odoo.
        OdooRead = "odoo.read",
        /// Change how Odoo is reached.
        OdooWrite = "odoo.write",
    }
}

impl Permission {
    /// What whoever has it has as well: to change a thing one must see it.
    fn implied(self) -> Option<Self> {
        match self {
            Self::ChatWrite => Some(Self::ChatRead),
            Self::CampaignsWrite => Some(Self::CampaignsRead),
            Self::SettingsWrite => Some(Self::SettingsRead),
            Self::UsersWrite => Some(Self::UsersRead),
            Self::TemplatesWrite => Some(Self::TemplatesRead),
            Self::BotWrite => Some(Self::BotRead),
            Self::OdooWrite => Some(Self::OdooRead),
            Self::ChatRead
            | Self::DashboardRead
            | Self::CampaignsRead
            | Self::SettingsRead
            | Self::UsersRead
            | Self::TemplatesRead
            | Self::AuditRead
            | Self::BotRead
            | Self::OdooRead => None,
        }
    }
}

/// A set of permissions, each once and in a fixed order; whoever may write a thing may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// Everything.
    pub fn all() -> Self {
        Self(Permission::ALL.to_vec())
    }

    /// Whether this one is among them.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }

    /// Their names, as stored and as clients see them.
    pub fn names(&self) -> Vec<&'static str> {
        self.iter().map(Permission::as_str).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(given: I) -> Self {
        let given: Vec<Permission> = given.into_iter().collect();
        let wanted = |one: &Permission| {
            given
                .iter()
                .any(|given| given == one || given.implied() == Some(*one))
        };
        Self(Permission::ALL.iter().copied().filter(wanted).collect())
    }
}

/// As stored: names that this release does not know are left out.
impl From<Vec<String>> for Permissions {
    fn from(names: Vec<String>) -> Self {
        names.iter().filter_map(|name| name.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_write_a_thing_may_read_it() {
        for permission in Permission::ALL {
            let Some((thing, "write")) = permission.as_str().split_once('.') else {
                continue;
            };
            let set: Permissions = [*permission].into_iter().collect();
            assert_eq!(set.names(), [format!("{thing}.read"), format!("{thing}.write")]);
        }
    }

    #[test]
    fn a_set_has_each_once_in_a_fixed_order_and_no_stranger() {
        let names = ["odoo.read", "chat.read", "fly", "chat.write", "chat.read"];
        let set = Permissions::from(names.map(str::to_owned).to_vec());
        assert_eq!(set.names(), ["chat.read", "chat.write", "odoo.read"]);
    }
}
