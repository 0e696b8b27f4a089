//! `doctor`

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use control::{
    odoo::OdooConfigs,
    tenant::{Tenant, TenantFilter, Tenants},
};
use pg::PageRequest;
use serde_json::json;

use crate::{
    args::{Doctor, Global},
    doctor::{
        Finding, Findings, State, look_at_lines, look_at_odoo, look_at_platform, look_at_tenant,
        look_from_outside, odoo_of,
    },
    outcome::{Failure, Report},
    platform::Platform,
};

pub(crate) async fn run(global: &Global, args: &Doctor, now: DateTime<Utc>) -> Result<Report, Failure> {
    let mut findings = Findings::new(now + TimeDelta::seconds(args.clock_ahead_seconds));
    let http = engine::line_health::http_client().context("the HTTP client")?;
    let platform = look_at_platform(&mut findings, global).await?;
    look_from_outside(&mut findings, &http, args).await;
    if let Some(base) = odoo_of(args) {
        look_at_odoo(&mut findings, &http, None, base).await;
    }
    if let Some(platform) = platform {
        for tenant in tenants(&platform, args).await? {
            look_at_tenant(&mut findings, &platform, &tenant).await?;
            look_at_lines(&mut findings, &platform, args, &tenant).await?;
            let odoo = OdooConfigs::new(&mut platform.db.conn().await?)
                .find(tenant.id)
                .await?;
            if let Some(odoo) = odoo {
                let about = Some(tenant.slug.as_str());
                look_at_odoo(&mut findings, &http, about, &odoo.base_url).await;
            }
        }
    }
    Ok(report(&findings))
}

async fn tenants(platform: &Platform, args: &Doctor) -> Result<Vec<Tenant>, Failure> {
    if let Some(slug) = &args.slug {
        return Ok(vec![platform.tenant(slug).await?]);
    }
    let mut conn = platform.db.conn().await?;
    let mut found = Vec::new();
    let mut request = PageRequest {
        limit: 200,
        cursor: None,
    };
    loop {
        let page = Tenants::new(&mut conn)
            .list(&TenantFilter::default(), &request)
            .await?;
        found.extend(page.items);
        match page.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    found.reverse();
    Ok(found)
}

fn report(findings: &Findings) -> Report {
    let (faults, warnings) = (findings.count(State::Fault), findings.count(State::Warning));
    let mut lines: Vec<String> = findings.found.iter().map(Finding::line).collect();
    lines.push(format!(
        "{} checks: {faults} faults, {warnings} warnings.",
        findings.found.len()
    ));
    Report {
        lines,
        data: json!({
            "checks": findings.found.iter().map(Finding::face).collect::<Vec<_>>(),
            "faults": faults,
            "warnings": warnings,
        }),
        complete: faults == 0,
    }
}
