//! Where to look and how to log in, for a person.

use std::fmt::Write;

use crate::home::Home;
use crate::plan::{PASSWORD, SUPERADMIN, TENANTS};
use crate::site::Report;

/// Prints addresses and logins.
pub(crate) fn print(report: &Report, home: &Home) {
    let mut text = format!(
        "\nCentralita\n\n  Web         {}\n  WhatsApp    {}   (escriba como cliente / write as a customer)\n  API         {}/docs\n\n",
        report.web_url, report.simulator_url, report.api_url
    );
    let mut row = |place: &str, role: &str, email: &str| {
        let _ = writeln!(text, "  {place:<24}{role:<12}{email:<32}{PASSWORD}");
    };
    row("Plataforma", "superadmin", SUPERADMIN.0);
    for tenant in &TENANTS {
        for (index, user) in tenant.users.iter().enumerate() {
            row(if index == 0 { tenant.name } else { "" }, user.role, user.email);
        }
    }
    println!(
        "{text}\n  Datos y registros / data and logs: {}\n  Ctrl-C: detener / stop\n",
        home.dir().display()
    );
}
