//! What a tenant still needs before it can work, step by step. Each step is computed from what is
//! known, so the list ticks itself; nobody is asked but the tenant's own database, briefly.

mod lines;

use control::{
    branding::{Branding, Brandings},
    line_state::LineStates,
    meta_app::MetaApps,
    tenant::Tenants,
    traffic::Traffic,
};
use pg::{DbError, TenantId};

use self::lines::Lines;
use crate::{
    Engine,
    tenant_health::{DatabaseCondition, Inside},
};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Done.
    Done,
    /// To be done.
    Todo,
    /// Done, but something is wrong with it.
    Warning,
    /// It cannot be told now.
    Unknown,
}

impl StepState {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[Self::Done, Self::Todo, Self::Warning, Self::Unknown];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Todo => "todo",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
        }
    }

    fn done_if(holds: bool) -> Self {
        if holds { Self::Done } else { Self::Todo }
    }
}

/// One step of setting a tenant up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is: a stable word.
    pub code: &'static str,
    /// How far it is.
    pub state: StepState,
    /// What it is about here: a line's name, what is wrong.
    pub detail: Option<String>,
    /// What to do: a stable word.
    pub action: &'static str,
}

impl Step {
    fn new(code: &'static str, state: StepState, action: &'static str) -> Self {
        Self {
            code,
            state,
            detail: None,
            action,
        }
    }

    fn about(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }
}

impl Engine {
    /// The steps in their order; `None` if there is no such tenant.
    pub async fn checklist(&self, tenant: TenantId) -> Result<Option<Vec<Step>>, DbError> {
        let mut conn = self.resolver().control().conn().await?;
        if Tenants::new(&mut conn).find(tenant).await?.is_none() {
            return Ok(None);
        }
        let branding = Brandings::new(&mut conn).find(tenant).await?;
        let known = LineStates::new(&mut conn).of_tenant(tenant).await?;
        let apps = MetaApps::new(&mut conn).of_lines(tenant).await?;
        let traffic = Traffic::new(&mut conn).of_tenant(tenant).await?;
        let common_handshake = Traffic::new(&mut conn).common_handshake().await?;
        drop(conn);
        let lines = Lines {
            known: known
                .into_iter()
                .filter(|(channel, _)| channel.is_active)
                .collect(),
            apps,
            traffic,
            common_handshake,
            platform_signs: self.has_app_secret(),
        };
        let inside = self.look_into(tenant).await;
        let mut steps = vec![of_database(inside.as_ref().err().copied())];
        steps.extend(of_people(inside.ok()));
        steps.push(of_branding(branding.as_ref()));
        steps.extend(lines.steps());
        Ok(Some(steps))
    }
}

fn of_database(trouble: Option<DatabaseCondition>) -> Step {
    let (state, action) = match trouble {
        None => (StepState::Done, "none"),
        Some(DatabaseCondition::None) => (StepState::Todo, "attach_database"),
        Some(DatabaseCondition::Behind) => (StepState::Todo, "migrate_database"),
        Some(_) => (StepState::Warning, "check_database"),
    };
    let detail = trouble.filter(|_| state == StepState::Warning);
    Step::new("database", state, action).about(detail.map(|trouble| trouble.as_str().to_owned()))
}

fn of_people(inside: Option<Inside>) -> [Step; 2] {
    let state = |holds: fn(&Inside) -> bool| {
        inside
            .as_ref()
            .map_or(StepState::Unknown, |inside| StepState::done_if(holds(inside)))
    };
    [
        Step::new("admin", state(|inside| inside.admins > 0), "add_admin"),
        Step::new(
            "admin_login",
            state(|inside| inside.has_logged_in),
            "admin_logs_in",
        ),
    ]
}

fn of_branding(branding: Option<&Branding>) -> Step {
    let is_chosen = branding.is_some_and(|branding| {
        branding.color_primary.is_some() || branding.logo_url.is_some() || branding.timezone.is_some()
    });
    Step::new("branding", StepState::done_if(is_chosen), "choose_branding")
}
