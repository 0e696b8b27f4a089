use super::*;

fn policy(list: &str) -> HostPolicy {
    list.parse().unwrap()
}

fn judge(policy: &HostPolicy, host: &str, addresses: &[&str]) -> Result<(), HostError> {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    policy.judge(host, &addresses)
}

#[test]
fn link_local_and_metadata_addresses_are_refused_in_every_disguise() {
    for address in [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ] {
        let refused = judge(&HostPolicy::default(), "db.example.com", &[address]);
        assert!(matches!(refused, Err(HostError::Forbidden { .. })), "{address}");
    }
}

#[test]
fn without_a_list_databases_of_private_networks_are_fine() {
    for address in ["10.0.0.7", "192.168.1.2", "127.0.0.1", "fd12::1", "203.0.113.9"] {
        assert_eq!(
            judge(&HostPolicy::default(), "db", &[address]),
            Ok(()),
            "{address}"
        );
    }
}

#[test]
fn where_only_the_public_internet_is_meant_they_are_not() {
    let public = HostPolicy::default().public_only();
    for address in [
        "10.0.0.7",
        "100.64.0.1",
        "127.0.0.1",
        "::1",
        "fd12::1",
        "::ffff:10.0.0.1",
    ] {
        assert!(
            judge(&public, "odoo.example.com", &[address]).is_err(),
            "{address}"
        );
    }
    assert_eq!(judge(&public, "odoo.example.com", &["203.0.113.9"]), Ok(()));
    let with_rule = policy("10.0.0.0/8").public_only();
    assert_eq!(judge(&with_rule, "odoo.example.com", &["10.0.0.7"]), Ok(()));
}

#[test]
fn one_bad_address_among_good_ones_spoils_a_name() {
    let found = judge(&HostPolicy::default(), "db", &["203.0.113.9", "169.254.169.254"]);
    assert_eq!(
        found,
        Err(HostError::Forbidden {
            host: "db".to_owned(),
            kind: Forbidden::LinkLocal
        })
    );
}

#[test]
fn a_list_lets_nothing_else_in() {
    let listed = policy("db.example.com, *.railway.internal ,10.1.0.0/16, 198.51.100.4");
    for (host, address) in [
        ("db.example.com", "203.0.113.9"),
        ("DB.Example.com.", "203.0.113.9"),
        ("pg.railway.internal", "fd12::1"),
        ("10.1.2.3", "10.1.2.3"),
        ("anything.example", "198.51.100.4"),
    ] {
        assert_eq!(judge(&listed, host, &[address]), Ok(()), "{host}");
    }
    for (host, address) in [
        ("other.example.com", "203.0.113.9"),
        ("railway.internal", "fd12::1"),
        ("evilrailway.internal", "fd12::1"),
        ("db.example.com.evil.example", "203.0.113.9"),
        ("10.2.0.1", "10.2.0.1"),
    ] {
        assert_eq!(
            judge(&listed, host, &[address]),
            Err(HostError::NotListed(host.to_owned())),
            "{host}"
        );
    }
}

#[test]
fn a_listed_name_still_may_not_be_a_metadata_service() {
    let listed = policy("db.example.com");
    assert!(judge(&listed, "db.example.com", &["169.254.169.254"]).is_err());
    let on_purpose = policy("169.254.7.7");
    assert_eq!(judge(&on_purpose, "db.example.com", &["169.254.7.7"]), Ok(()));
}

#[test]
fn an_entry_that_cannot_be_read_is_named() {
    for entry in [
        "https://db",
        "*",
        "a b",
        "10.0.0.0/99",
        "*.",
        "db.example.com:5432",
    ] {
        assert_eq!(
            entry.parse::<HostPolicy>(),
            Err(InvalidRule(entry.to_owned())),
            "{entry}"
        );
    }
    assert_eq!(policy(" , "), HostPolicy::default());
}

#[tokio::test]
async fn an_address_needs_no_name_service() {
    let found = HostPolicy::default().resolve("127.0.0.1", 5432).await;
    assert_eq!(found, Ok(vec!["127.0.0.1".parse().unwrap()]));
    let unknown = HostPolicy::default().resolve("no-such-host.invalid", 5432).await;
    assert_eq!(
        unknown,
        Err(HostError::Unknown("no-such-host.invalid".to_owned()))
    );
}
