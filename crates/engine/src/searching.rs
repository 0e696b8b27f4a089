//! Keeps what is searched up to date: a little after something happened in a tenant, and, of what was there before
//! there was a search, part by part. Whoever searches lets it catch up himself, so nothing depends on being quick.

use std::{sync::Arc, time::Duration};

use pg::{DbError, TenantId};
use resolver::{ResolveError, Unready};
use tokio::time::Instant;

use crate::{Engine, turns::Next};

/// Tenants worked on at once: this must not take the machine from what cannot wait.
const SLOTS: usize = 1;
/// How long after something happened its words are taken in, together with those of what happens meanwhile.
pub(crate) const SOON: Duration = Duration::from_secs(2);
/// Batches of one turn.
const BATCHES: usize = 20;
/// How long a tenant rests after its database failed.
const REST: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
enum SearchFailure {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Gives tenants their turns at being made searchable. Never returns.
    pub(crate) async fn take_search_turns(&self) {
        let turn = |tenant| {
            let engine = self.clone();
            async move { engine.search_turn(tenant).await }
        };
        Arc::clone(&self.0.searching).give(SLOTS, turn).await;
    }

    async fn search_turn(&self, tenant: TenantId) -> Next {
        match self.make_searchable(tenant).await {
            Ok(next) => next,
            Err(SearchFailure::Resolve(ResolveError::TenantNotReady(Unready::NotAttached))) => Next::Woken,
            Err(error) => {
                tracing::debug!(tenant.id = %tenant, %error, "cannot take words in; trying again");
                Next::At(Instant::now() + REST)
            }
        }
    }

    async fn make_searchable(&self, tenant: TenantId) -> Result<Next, SearchFailure> {
        let Some(handle) = self.resolver().tenant(tenant).await? else {
            return Ok(Next::Woken);
        };
        if !handle.tenant.is_active {
            return Ok(Next::Woken);
        }
        let mut conn = handle.db().await?.conn().await?;
        for batch in 0..BATCHES {
            if !tenant::search::advance(&mut conn).await? {
                // What happened while this looked has nobody wake it: one more look, unless there was nothing.
                return Ok(if batch == 0 {
                    Next::Woken
                } else {
                    Next::At(Instant::now() + SOON)
                });
            }
        }
        Ok(Next::Again)
    }
}
