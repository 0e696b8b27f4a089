//! A short drill against the real server: nothing is lost, and the check tells when something is.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use bench::chaos::{
    drill::{Settings, run},
    sabotage::Sabotage,
};

/// The server that was built beside this test; built now if only this crate was.
fn server() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.parent().and_then(Path::parent).unwrap().join("api");
    if !path.is_file() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--package", "api", "--bin", "api"])
            .status();
        assert!(built.unwrap().success());
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_drill_loses_nothing_and_its_check_can_tell() {
    let outcome = run(&Settings {
        server: server(),
        dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        keep: false,
        rate: 100,
        length: Duration::from_secs(6),
        grace: Duration::from_mins(2),
        kills: 1,
        stops: 1,
        servers: 1,
        tenants: 2,
        seed: 7,
        sabotage: vec![
            Sabotage::Lose,
            Sabotage::Double,
            Sabotage::Forget,
            Sabotage::Gap,
            Sabotage::Miscount,
        ],
    })
    .await
    .unwrap();

    let verdict = &outcome.verdict;
    assert!(verdict.is_clean() && outcome.given_up == 0, "{outcome:#?}");
    assert_eq!((outcome.kills, outcome.stops), (1, 2));
    assert!(verdict.messages > 100 && verdict.statuses > 20, "{verdict:#?}");
    assert_eq!(verdict.messages + verdict.statuses, outcome.acknowledged);
    // Spoilt on purpose afterwards: every kind of harm is counted.
    let spoilt = outcome.spoilt.unwrap();
    assert_eq!(
        (
            spoilt.lost,
            spoilt.doubled,
            spoilt.statuses_lost,
            spoilt.event_gaps
        ),
        (1, 1, 1, 1)
    );
    assert!(spoilt.conversations_wrong > 0 && !spoilt.is_clean());
}
