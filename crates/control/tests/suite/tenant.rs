//! Tenants: uniqueness, changes, lists.

use control::{
    channel::{ChannelChanges, create_channel, update_channel},
    database::attach_database,
    tenant::{
        CreateTenantError, Plan, TenantChanges, TenantFilter, TenantSort, Tenants, UpdateTenantError,
        create_tenant, update_tenant,
    },
};
use pg::{Cursor, ListError, PageRequest, TenantId};

use crate::common::{Test, actor, at, database_url, keyring, line, page, tenant, wanted};

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_is_unique_and_a_refused_tenant_leaves_nothing_behind() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let refused = create_tenant(&mut conn, wanted("sol"), &actor(), at(1)).await;
    assert!(matches!(refused, Err(CreateTenantError::SlugTaken)));
    let mut nameless = wanted("luna");
    nameless.name = "  ".to_owned();
    let refused = create_tenant(&mut conn, nameless, &actor(), at(1)).await;
    assert!(matches!(refused, Err(CreateTenantError::InvalidName)));
    let refused = create_tenant(&mut conn, wanted("Sol!"), &actor(), at(1)).await;
    assert!(matches!(refused, Err(CreateTenantError::InvalidSlug(_))));

    let mut tenants = Tenants::new(&mut conn);
    assert_eq!(tenants.all_active().await.unwrap(), std::slice::from_ref(&sol));
    assert_eq!(tenants.find_by_slug("sol").await.unwrap(), Some(sol));
    assert_eq!(tenants.find_by_slug("s\0l").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_keeps_what_it_does_not_name() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let changes = TenantChanges {
        plan: Some(Plan::Scale),
        is_active: Some(false),
        ..Default::default()
    };
    let after = update_tenant(&mut conn, sol.id, changes, &actor(), at(5))
        .await
        .unwrap();
    assert_eq!((after.name, after.slug), (sol.name, sol.slug));
    assert_eq!(
        (after.plan, after.is_active, after.updated_at),
        (Plan::Scale, false, at(5))
    );
    assert_eq!(
        Tenants::new(&mut conn).all_active().await.unwrap(),
        std::slice::from_ref(&luna)
    );

    let rename = |slug: &str| TenantChanges {
        slug: Some(slug.to_owned()),
        ..Default::default()
    };
    let refused = update_tenant(&mut conn, luna.id, rename("sol"), &actor(), at(6)).await;
    assert!(matches!(refused, Err(UpdateTenantError::SlugTaken)));
    let unknown = update_tenant(&mut conn, TenantId::generate(), rename("x"), &actor(), at(6)).await;
    assert!(matches!(unknown, Err(UpdateTenantError::UnknownTenant)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_newest_first_and_pages_do_not_overlap() {
    let test = Test::new();
    let mut conn = test.conn().await;
    for (n, slug) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        // Two share an instant: the id decides between them.
        let now = at(i64::try_from(n / 2).unwrap());
        create_tenant(&mut conn, wanted(slug), &actor(), now)
            .await
            .unwrap();
    }
    let mut tenants = Tenants::new(&mut conn);
    let (mut seen, mut request) = (Vec::new(), page(2));
    loop {
        let found = tenants.list(&TenantFilter::default(), &request).await.unwrap();
        seen.extend(found.items.into_iter().map(|tenant| tenant.slug.to_string()));
        match found.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(seen, ["e", "d", "c", "b", "a"]);
    let made_up = PageRequest {
        limit: 2,
        cursor: Some(Cursor::new("zzz")),
    };
    let refused = tenants.list(&TenantFilter::default(), &made_up).await;
    assert!(matches!(refused, Err(ListError::Cursor(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_percent_signs_literally() {
    let test = Test::new();
    let mut conn = test.conn().await;
    tenant(&mut conn, "sol").await;
    let mut odd = wanted("odd");
    odd.name = "100% Salud".to_owned();
    create_tenant(&mut conn, odd, &actor(), at(0)).await.unwrap();
    for (q, expected) in [
        ("SALUD", 1),
        ("0%", 1),
        ("%", 1),
        ("sol", 1),
        ("x", 0),
        ("  ", 2),
        ("\0", 2),
    ] {
        let filter = TenantFilter {
            q: Some(q.to_owned()),
            ..TenantFilter::default()
        };
        let found = Tenants::new(&mut conn).list(&filter, &page(10)).await.unwrap();
        assert_eq!(found.items.len(), expected, "{q:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_counts_each_tenants_own_lines() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let keyring = keyring();
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let url = database_url("sol");
    attach_database(&mut conn, &keyring, sol.id, &url, "15.18", &[], &actor(), at(0))
        .await
        .unwrap();
    for (id, token, secret) in [
        ("10001", Some("EAAB"), Some("s1")),
        ("10002", None, Some("s2")),
        ("10003", Some("EAAC"), None),
    ] {
        let mut wanted = line(id);
        wanted.wa_token = token.map(Into::into);
        wanted.app_secret = secret.map(Into::into);
        create_channel(&mut conn, &keyring, sol.id, wanted, &actor(), at(0))
            .await
            .unwrap();
    }
    let off = create_channel(&mut conn, &keyring, luna.id, line("20001"), &actor(), at(0))
        .await
        .unwrap();
    let suspend = ChannelChanges {
        is_active: Some(false),
        ..Default::default()
    };
    update_channel(&mut conn, &keyring, off.id, suspend, &actor(), at(1))
        .await
        .unwrap();

    let mut tenants = Tenants::new(&mut conn);
    let found = tenants
        .summaries(&TenantFilter::default(), TenantSort::Newest, &page(10))
        .await
        .unwrap()
        .items;
    let figures: Vec<_> = found
        .iter()
        .map(|s| {
            (
                s.tenant.slug.as_str(),
                s.database_attached,
                s.channels,
                s.unsigned_channels,
                s.tokenless_channels,
            )
        })
        .collect();
    assert_eq!(figures, [("luna", false, 1, 0, 0), ("sol", true, 3, 1, 1)]);
    assert_eq!(tenants.summary(sol.id).await.unwrap().as_ref(), found.last());
}
