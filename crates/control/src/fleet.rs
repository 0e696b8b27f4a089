//! The tenants' databases as a fleet: what each run of migrations did to each of them, and how
//! each did when somebody last looked.

mod burden;
mod migration;
mod run;
mod state;

pub use self::{
    burden::{Burden, burdens},
    migration::{MigrationState, TenantMigration, TenantMigrations},
    run::{MigrationEnd, RunId, begin_migration, end_migration, plan_run},
    state::{FleetTotals, TenantState, TenantStates},
};
