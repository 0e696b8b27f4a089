//! Arguments of `doctor`: the server's own variables, so that both go by the same words.

use clap::Args;
use crypto::SecretString;

use super::secret;

#[derive(Args)]
pub(crate) struct Doctor {
    /// The API's public address, as Meta and browsers reach it. Without it nothing is looked at from outside.
    #[arg(long, env = "API_URL", value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// Only this tenant.
    #[arg(long, value_name = "SLUG")]
    pub(crate) slug: Option<String>,
    /// What Meta shows when it verifies the webhook.
    #[arg(long, env = "VERIFY_TOKEN", hide_env_values = true, value_parser = secret, value_name = "TOKEN")]
    pub(crate) verify_token: Option<SecretString>,
    /// Exact origins of pages that the API does not serve itself, separated by commas.
    #[arg(long, env = "FRONTEND_ORIGIN", value_name = "ORIGINS")]
    pub(crate) frontend_origin: Option<String>,
    /// The secret of the app that lines without one of their own share.
    #[arg(long, env = "WHATSAPP_APP_SECRET", hide_env_values = true, value_parser = secret, value_name = "SECRET")]
    pub(crate) whatsapp_app_secret: Option<SecretString>,
    /// Where Meta's Graph API is.
    #[arg(long, env = "GRAPH_BASE_URL", value_name = "URL")]
    pub(crate) graph_base_url: Option<String>,
    /// Its version.
    #[arg(long, env = "GRAPH_VERSION", value_name = "VERSION")]
    pub(crate) graph_version: Option<String>,
    /// Where Odoo is, if it is used.
    #[arg(long, env = "ODOO_BASE_URL", value_name = "URL")]
    pub(crate) odoo_base_url: Option<String>,
    /// The same under its older name.
    #[arg(long, env = "ODOO_URL", value_name = "URL", hide = true)]
    pub(crate) odoo_url: Option<String>,
    /// How far this machine's clock is taken to go ahead, for tests.
    #[arg(
        long,
        hide = true,
        default_value_t = 0,
        allow_negative_numbers = true,
        value_name = "SECONDS"
    )]
    pub(crate) clock_ahead_seconds: i64,
}
