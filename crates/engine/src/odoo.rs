//! Trying a tenant's Odoo: whether the server is one, and whether it lets us in.

use ::odoo::{Account, Client, OdooError};
use control::{
    Actor,
    odoo::{OdooConfig, OdooConfigs, record_odoo_test},
};
use pg::{DbError, TenantId};

use crate::Engine;

/// Why an Odoo could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TestOdooError {
    /// Neither the tenant nor the installation has one.
    #[error("there is no Odoo to try; save one first")]
    None,
    /// Its secret does not open with this server's keys.
    #[error("the password cannot be read with this server's MASTER_KEY; save it again")]
    Sealed,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Tries the tenant's Odoo or, lacking one, the installation's: the server's version if all
    /// is well, else what is not. What a tenant's own came to is written down.
    pub async fn test_odoo(
        &self,
        client: &Client,
        tenant: TenantId,
        installation: Option<&Account>,
        actor: &Actor,
    ) -> Result<Result<String, OdooError>, TestOdooError> {
        let mut conn = self.resolver().control().conn().await?;
        let own = OdooConfigs::new(&mut conn).find(tenant).await?;
        drop(conn);
        let Some(config) = own else {
            let account = installation.ok_or(TestOdooError::None)?;
            return Ok(try_account(client, account).await);
        };
        let account = self.odoo_account(&config)?;
        let tried = try_account(client, &account).await;
        let outcome = match &tried {
            Ok(version) => Ok(version.as_str()),
            Err(error) => Err(error.code()),
        };
        let mut conn = self.resolver().control().conn().await?;
        record_odoo_test(&mut conn, &config, outcome, actor, self.clock().now()).await?;
        Ok(tried)
    }

    fn odoo_account(&self, config: &OdooConfig) -> Result<Account, TestOdooError> {
        let opened = config.secret(self.resolver().keyring());
        let secret = opened.ok().flatten().ok_or(TestOdooError::Sealed)?;
        Ok(Account {
            base_url: config.base_url.clone(),
            db_name: config.db_name.clone(),
            username: config.username.clone(),
            secret,
        })
    }
}

async fn try_account(client: &Client, account: &Account) -> Result<String, OdooError> {
    let version = client.version(&account.base_url).await?;
    client.authenticate(account).await?;
    // Whoever answers may say anything: it is shown.
    let said = version.server_version.chars().filter(|c| !c.is_control());
    Ok(said.take(60).collect())
}
