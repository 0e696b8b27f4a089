//! Branding is saved whole and checked.

use control::branding::{BrandingChoice, Brandings, InvalidBranding, SaveBrandingError, save_branding};
use pg::TenantId;

use crate::common::{Test, actor, at, tenant};

fn choice(name: &str) -> BrandingChoice {
    BrandingChoice {
        brand_name: name.to_owned(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branding_replaces_the_one_before() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    assert_eq!(Brandings::new(&mut conn).find(sol.id).await.unwrap(), None);
    let full = BrandingChoice {
        logo_url: Some("https://cdn.example.com/logo.png".to_owned()),
        color_primary: Some("#25D366".to_owned()),
        timezone: Some("America/Lima".to_owned()),
        ..choice("Sol")
    };
    let saved = save_branding(&mut conn, sol.id, full, &actor(), at(0))
        .await
        .unwrap();
    assert_eq!(saved.color_primary.as_deref(), Some("#25d366"));
    let saved = save_branding(&mut conn, sol.id, choice("Sol y Mar"), &actor(), at(1))
        .await
        .unwrap();
    assert_eq!((saved.color_primary.as_deref(), &saved.logo_url), (None, &None));
    assert_eq!(Brandings::new(&mut conn).find(sol.id).await.unwrap(), Some(saved));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branding_that_does_not_fit_is_refused_by_field() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let bad = BrandingChoice {
        logo_url: Some("javascript:alert(1)".to_owned()),
        ..choice("Sol")
    };
    let refused = save_branding(&mut conn, sol.id, bad, &actor(), at(0)).await;
    assert!(matches!(
        refused,
        Err(SaveBrandingError::Invalid(InvalidBranding::LogoUrl))
    ));
    let nobody = save_branding(&mut conn, TenantId::generate(), choice("x"), &actor(), at(0)).await;
    assert!(matches!(nobody, Err(SaveBrandingError::UnknownTenant)));
}
