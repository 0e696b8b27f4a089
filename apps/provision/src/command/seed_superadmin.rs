//! `seed superadmin`

use chrono::{DateTime, Utc};
use control::{
    Actor,
    platform_user::{SeedOutcome, SeedSuperadminError, reset_second_factor, seed_superadmin},
};
use pg::{Connector, Email};
use serde_json::json;

use crate::{
    args::{Global, SeedSuperadmin},
    outcome::{Failure, Report},
    platform::{control_url, open_control},
};

pub(crate) async fn run(
    global: &Global,
    args: &SeedSuperadmin,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let wrong = |error| Failure::Usage(format!("SUPERADMIN_EMAIL or --email: {error}"));
    let email: Email = args.email.parse().map_err(wrong)?;
    let url = control_url(global)?;
    let db = open_control(&Connector::current(), &url).await?;
    let mut conn = db.conn().await?;
    let seeded = seed_superadmin(&mut conn, &email, &args.name, &args.password, now)
        .await
        .map_err(|error| match error {
            SeedSuperadminError::WeakPassword(_) | SeedSuperadminError::InvalidName => {
                Failure::Usage(error.to_string())
            }
            SeedSuperadminError::Db(error) => error.into(),
        })?;
    if args.reset_second_factor {
        reset_second_factor(&mut conn, seeded.user.id, &Actor::command_line(), now).await?;
    }
    let (word, line) = match seeded.outcome {
        SeedOutcome::Created => ("created", "was created"),
        SeedOutcome::Changed => ("changed", "was changed"),
        SeedOutcome::Unchanged => ("unchanged", "is there already"),
    };
    Ok(Report::done(
        format!("The SuperAdmin {email} {line}."),
        json!({
            "id": seeded.user.id,
            "email": email.as_str(),
            "outcome": word,
            "second_factor_reset": args.reset_second_factor,
        }),
    ))
}
