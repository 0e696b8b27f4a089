//! The order of a catalogue while several people change it.

use pg::PageRequest;
use tenant::{
    branch::{Branch, BranchChanges, BranchFields, Branches, SaveBranchError, change_branch, create_branch},
    catalogue::CatalogueFilter,
    user::{Role, UserId},
};

use crate::common::{Test, at};

async fn add(test: &Test, code: &str, user: UserId) -> Result<Branch, SaveBranchError> {
    let fields = BranchFields {
        code: code.to_owned(),
        name: code.to_owned(),
        ..BranchFields::default()
    };
    create_branch(&mut test.conn().await, fields, user, at(1)).await
}

async fn all(test: &Test) -> Vec<Branch> {
    let page = PageRequest {
        limit: 200,
        cursor: None,
    };
    let mut conn = test.conn().await;
    let found = Branches::new(&mut conn)
        .list(&CatalogueFilter::default(), &page)
        .await;
    found.unwrap().items
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_add_and_move_at_once_leave_every_place_taken_once() {
    let test = Test::new();
    let user = test.user(Role::Admin).await.id;
    let (a, b, c) = tokio::join!(
        add(&test, "A", user),
        add(&test, "B", user),
        add(&test, "C", user)
    );
    let [a, b, c] = [a, b, c].map(|made| made.unwrap().id);
    let to = async |id, place| {
        let changes = BranchChanges {
            position: Some(place),
            ..BranchChanges::default()
        };
        change_branch(&mut test.conn().await, id, changes, user, at(2))
            .await
            .unwrap();
    };
    tokio::join!(to(a, 3), to(b, 1), to(c, 2), to(a, 1));
    let positions: Vec<i32> = all(&test).await.iter().map(|branch| branch.position).collect();
    assert_eq!(positions, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_one_branchs_whoever_was_first() {
    let test = Test::new();
    let user = test.user(Role::Admin).await.id;
    let (one, two) = tokio::join!(add(&test, "Centro", user), add(&test, "CENTRO", user));
    let taken = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(taken[..], [SaveBranchError::CodeTaken]), "{taken:?}");
    assert_eq!(all(&test).await.len(), 1);
}
