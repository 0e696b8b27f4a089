//! Random ways through the rules on real rows, none of them put: the attempts, fences and moments are
//! those that the product made.

use pg::{Conn, DbError, Tenant};
use proptest::{
    prelude::any,
    sample::{Index, select},
    test_runner::{Config, TestError, TestRunner},
};
use tenant::{
    outbox::{
        Attempt,
        SendClass::{self, Agent, Bot, Campaign},
    },
    user::UserId,
};

use super::{
    conformance::{DAY, Rule, Subject, rules, specified, subject},
    entry::Entry,
    rows::{self, NOW},
};
use crate::common::Test;

/// How much later a rule comes than the one before it.
fn pause(rule: Rule, entry: &Entry) -> i64 {
    match rule {
        Rule::EndLease => 61,
        Rule::WaitIsOver if entry.class == Bot => 60,
        Rule::WaitIsOver => DAY,
        _ => 1,
    }
}

/// Goes some way through the rules, from the first state on; says where rows and model part.
async fn walk(
    conn: &mut Conn<Tenant>,
    of: &Attempt,
    actor: UserId,
    class: SendClass,
    choices: &[Index],
) -> Option<String> {
    let walked = conn
        .transaction(async |tx| {
            let mut entry = Entry::new(class, false);
            rows::put(tx, of, &entry).await;
            let mut subject = Subject {
                of,
                actor,
                claimed: Vec::new(),
            };
            let (mut now, mut way) = (NOW, Vec::new());
            for choice in choices {
                if entry.attempt > 6 {
                    break;
                }
                // Whether it is time yet, `every_pair` looks at.
                let mut possible = rules(&entry);
                possible.retain(|rule| !matches!(rule, Rule::Tidy));
                // Claims are what leads on.
                possible.extend([Rule::Claim; 4]);
                let rule = *choice.get(&possible);
                now += pause(rule, &entry);
                subject.apply(tx, rule, now).await?;
                entry = specified(entry, rule);
                way.push(rule);
                let found = subject.read(tx).await;
                if found != entry {
                    let parted = format!("{way:?}: {found:?} instead of {entry:?}");
                    return Err::<(), _>(Parted(Some(parted)));
                }
            }
            Err(Parted(None))
        })
        .await;
    walked.unwrap_err().0
}

struct Parted(Option<String>);

impl From<DbError> for Parted {
    fn from(error: DbError) -> Self {
        Self(Some(error.to_string()))
    }
}

#[test]
fn any_way_through_the_rules_ends_where_the_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let test = runtime.block_on(async { Test::new() });
    let (of, actor) = runtime.block_on(subject(&test));
    let conn = std::cell::RefCell::new(runtime.block_on(test.conn()));
    let mut runner = TestRunner::new(Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    });
    let cases = (
        select(vec![Agent, Bot, Campaign]),
        proptest::collection::vec(any::<Index>(), 5..40),
    );
    let outcome = runner.run(&cases, |(class, choices)| {
        let mut conn = conn.borrow_mut();
        let parted = runtime.block_on(walk(&mut conn, &of, actor, class, &choices));
        proptest::prop_assert!(parted.is_none(), "{}", parted.unwrap_or_default());
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => panic!("{why}\n{case:?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}
