//! The commands, one file each.

mod add_channel;
mod attach_tenant;
mod create_tenant;
mod dead_letters;
mod doctor;
mod fleet_status;
mod migrate_all;
mod migrate_control;
mod migrate_tenant;
mod rotate_keys;
mod seed_admin;
mod seed_superadmin;
mod server;
mod spool;

use chrono::{DateTime, Utc};

use crate::{
    args::{
        ChannelCommand, Cli, Command, ControlCommand, DeadLettersCommand, FleetCommand, KeysCommand,
        SeedCommand, ServerCommand, SpoolCommand, TenantCommand,
    },
    outcome::{Failure, Report},
};

/// Runs what the command line asks for.
pub(crate) async fn run(cli: Cli, now: DateTime<Utc>) -> Result<Report, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Control(ControlCommand::Migrate) => migrate_control::run(global).await,
        Command::Tenant(TenantCommand::Migrate(args)) if args.all => {
            migrate_all::run(global, &args.fleet).await
        }
        Command::Tenant(TenantCommand::Migrate(args)) => migrate_tenant::run(global, &args).await,
        Command::Tenant(TenantCommand::Create(args)) => create_tenant::run(global, &args, now).await,
        Command::Tenant(TenantCommand::Attach(args)) => attach_tenant::run(global, &args, now).await,
        Command::Fleet(FleetCommand::Status(args)) => fleet_status::run(global, &args).await,
        Command::Keys(KeysCommand::Rotate(args)) => rotate_keys::run(global, &args, now).await,
        Command::Doctor(args) => doctor::run(global, &args, now).await,
        Command::Server(ServerCommand::Add(args)) => server::add(global, &args, now).await,
        Command::Server(ServerCommand::List) => server::list(global).await,
        Command::Server(ServerCommand::Remove(args)) => server::remove(global, &args, now).await,
        Command::Seed(SeedCommand::Superadmin(args)) => seed_superadmin::run(global, &args, now).await,
        Command::Seed(SeedCommand::Admin(args)) => seed_admin::run(global, &args, now).await,
        Command::Channel(ChannelCommand::Add(args)) => add_channel::run(global, args, now).await,
        Command::Spool(SpoolCommand::List(args)) => spool::list(global, &args).await,
        Command::Spool(SpoolCommand::Retry(args)) => spool::retry(global, &args, now).await,
        Command::Spool(SpoolCommand::Discard(args)) => spool::discard(global, &args, now).await,
        Command::DeadLetters(DeadLettersCommand::List(args)) => dead_letters::list(global, &args).await,
        Command::DeadLetters(DeadLettersCommand::Show(args)) => dead_letters::show(global, &args).await,
        Command::DeadLetters(DeadLettersCommand::Replay(args)) => {
            dead_letters::replay_some(global, &args, now).await
        }
        Command::DeadLetters(DeadLettersCommand::Discard(args)) => {
            dead_letters::discard(global, &args, now).await
        }
    }
}
