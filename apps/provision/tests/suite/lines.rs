//! Registering lines.

use crate::common::{Ended, Platform};

fn platform() -> Platform {
    let platform = Platform::migrated();
    for slug in ["sol", "luna"] {
        platform
            .run(&["tenant", "create", "--name", slug, "--slug", slug])
            .done();
    }
    platform
}

fn add(platform: &Platform, slug: &str, id: &str, more: &[&str]) -> Ended {
    let args = [
        "--json",
        "channel",
        "add",
        "--tenant",
        slug,
        "--phone-number-id",
        id,
    ];
    platform.run(&[&args, more].concat())
}

#[test]
fn a_line_of_another_tenant_stays_with_it() {
    let platform = platform();
    let first = add(&platform, "sol", "1065403522", &["--wa-token", "EAABtokenvalue"]).done();
    first.keeps_secret("EAABtokenvalue");
    assert_eq!(first.json()["channel"]["display_name"], "1065403522");
    let refused = add(&platform, "luna", "1065403522", &[]).refused(1, "another tenant");
    assert_eq!(refused.json()["ok"], false);
    add(&platform, "mar", "1065403522", &[]).refused(1, "provision tenant create");
}

#[test]
fn the_default_mark_goes_to_the_line_that_asks_for_it() {
    let platform = platform();
    let mark = |ended: Ended| ended.done().json()["channel"]["is_default"].clone();
    assert_eq!(mark(add(&platform, "sol", "10001", &[])), true);
    assert_eq!(mark(add(&platform, "sol", "10002", &[])), false);
    assert_eq!(mark(add(&platform, "sol", "10003", &["--default"])), true);
    assert_eq!(mark(add(&platform, "sol", "10001", &[])), false);
}

#[test]
fn a_value_that_does_not_fit_is_named_and_a_secret_is_not_repeated() {
    let platform = platform();
    add(&platform, "sol", "+51987654321", &[]).refused(2, "--phone-number-id");
    add(&platform, "sol", "10001", &["--wa-token", "hunter2 secret"])
        .refused(2, "--wa-token")
        .keeps_secret("hunter2");
}
