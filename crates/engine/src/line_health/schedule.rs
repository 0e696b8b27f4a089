//! When lines are checked without being asked to: those of the tenants whose lanes this process
//! holds, about hourly, sooner while something is wrong, and soon after they were changed. What
//! is due is read from the control plane, so neither a restart nor a lane's new owner asks Meta
//! anew.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use control::{
    channel::Channel,
    line_state::{KnownLine, LineState, LineStates},
    tenant::Tenants,
};
use pg::{DbError, TenantId};
use tokio::time::Instant;

use crate::{Engine, spool::chain, turns::Next};

/// A line that does well; up to an eighth more, so that they spread.
const WELL: TimeDelta = TimeDelta::hours(1);
/// One in trouble: soon at first, and the longer it lasts the later. Meta takes 200 calls an hour
/// for an account.
const TROUBLED: TimeDelta = TimeDelta::minutes(5);
/// Several changes of a line come together.
const SETTLE: TimeDelta = TimeDelta::seconds(10);
/// Lanes that are acquired are looked at after so long, and up to four times that.
const START: Duration = Duration::from_secs(15);
/// The longest that a tenant is left without a look.
const LONGEST: Duration = Duration::from_mins(65);
/// How long a tenant rests after the control plane failed.
const REST: Duration = Duration::from_mins(1);
/// Tenants whose lines are looked at at once.
const SLOTS: usize = 4;

impl Engine {
    /// This tenant's lines may have changed: whoever holds the lane looks.
    pub(crate) fn wake_checker(&self, tenant: TenantId) {
        if self.0.leases.holds(tenant).is_some() {
            self.0.checker.turns.wake(tenant);
        }
    }

    /// Checks lines when they are due. Never returns.
    pub(crate) async fn check_lines(&self) {
        let turn = |tenant| {
            let engine = self.clone();
            async move { engine.line_turn(tenant).await }
        };
        tokio::join!(self.greet_lines(), self.0.checker.turns.give(SLOTS, turn));
    }

    async fn greet_lines(&self) {
        let mut acquired = self.0.leases.acquired();
        loop {
            let tenant = acquired.next().await;
            let delay = START + START * 3 * u32::from(last_byte(tenant.uuid())) / 256;
            self.0.checker.turns.wake_in(tenant, delay);
        }
    }

    async fn line_turn(&self, tenant: TenantId) -> Next {
        // A lane that is acquired again brings a look with it.
        if self.0.leases.holds(tenant).is_none() {
            return Next::Woken;
        }
        match self.check_due(tenant).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(tenant.id = %tenant, error = chain(&error), "cannot check the lines; trying again soon");
                Next::At(Instant::now() + REST)
            }
        }
    }

    /// Checks what is due of a tenant's lines, then says when to look again.
    async fn check_due(&self, tenant: TenantId) -> Result<Next, DbError> {
        let mut conn = self.resolver().control().conn().await?;
        let found = Tenants::new(&mut conn).find(tenant).await?;
        if found.is_none_or(|tenant| !tenant.is_active) {
            return Ok(Next::At(Instant::now() + LONGEST));
        }
        let lines = LineStates::new(&mut conn).of_tenant(tenant).await?;
        drop(conn);
        let now = self.clock().now();
        let mut next = now + WELL;
        let mut has_checked = false;
        for (channel, known) in lines.into_iter().filter(is_checked) {
            let due = due(&channel, known.as_ref());
            if due > now {
                next = next.min(due);
                continue;
            }
            if self.0.checker.turns.is_closed() {
                break;
            }
            if let Ok(Some(token)) = channel.token(self.resolver().keyring()) {
                self.check(&channel, known.as_ref(), &token, None).await?;
                has_checked = true;
            }
        }
        if has_checked {
            return Ok(Next::Again);
        }
        let wait = (next - now).to_std().unwrap_or_default();
        Ok(Next::At(Instant::now() + wait.min(LONGEST)))
    }
}

/// A line that takes part, and can be asked for.
fn is_checked((channel, _): &KnownLine) -> bool {
    channel.is_active && channel.has_token()
}

/// When a line is to be checked.
fn due(channel: &Channel, known: Option<&LineState>) -> DateTime<Utc> {
    let changed = channel.updated_at + SETTLE;
    let Some(known) = known else { return changed };
    let pause = known.pause().map(|pause| pause.at);
    let tried = match known.tried_at {
        Some(tried) if tried >= channel.updated_at => tried,
        // A pause by whoever sends is looked into at once.
        _ => return pause.map_or(changed, |at| at.min(changed)),
    };
    if let Some(at) = pause.filter(|at| *at > tried) {
        return at;
    }
    let trouble = pause.into_iter().chain(known.failing_since).min();
    let wait = wait(tried, trouble);
    // The last byte of an id is as good as random.
    let spread = wait / 8 * i32::from(last_byte(channel.id.uuid())) / 256;
    tried + wait + spread
}

/// How long after a try the next one comes.
fn wait(tried: DateTime<Utc>, trouble_since: Option<DateTime<Utc>>) -> TimeDelta {
    trouble_since.map_or(WELL, |since| ((tried - since) / 6).clamp(TROUBLED, WELL))
}

fn last_byte(id: uuid::Uuid) -> u8 {
    id.as_bytes()[15]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_looked_into_soon_and_the_longer_it_lasts_the_later() {
        let minutes = |since: i64| {
            let tried = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
            wait(tried, Some(tried - TimeDelta::minutes(since))).num_minutes()
        };
        assert_eq!(
            [minutes(0), minutes(30), minutes(60), minutes(6_000)],
            [5, 5, 10, 60]
        );
        assert_eq!(wait(DateTime::UNIX_EPOCH, None), WELL);
    }
}
