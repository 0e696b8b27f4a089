//! Customers and the two names that WhatsApp knows them by.

use tenant::{contact::Identity, conversation::ConversationFilter};

use crate::common::{Test, from, known_by_phone};

const PHONE: &str = "34600000001";
const BSUID: &str = "ES.90000000000000000001";

fn by_user_id() -> Identity {
    Identity {
        user_key: BSUID.to_owned(),
        bsuid: Some(BSUID.to_owned()),
        ..Identity::default()
    }
}

fn by_both() -> Identity {
    Identity {
        bsuid: Some(BSUID.to_owned()),
        ..known_by_phone(PHONE)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_known_by_user_id_who_then_shows_the_phone_stays_one_contact() {
    let test = Test::new();
    for (n, identity) in [by_user_id(), by_both(), known_by_phone(PHONE), by_user_id()]
        .into_iter()
        .enumerate()
    {
        test.apply(&[from(identity, &format!("w{n}"), "hola", 0)], 0)
            .await;
    }
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!((found.len(), found[0].conversation.unread_count), (1, 4));
    let contact = &found[0].contact;
    assert_eq!(
        (contact.phone.as_deref(), contact.bsuid.as_deref()),
        (Some(PHONE), Some(BSUID))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_contacts_that_turn_out_to_be_one_person_go_on_as_one() {
    let test = Test::new();
    for (n, identity) in [known_by_phone(PHONE), by_user_id(), by_both()]
        .into_iter()
        .enumerate()
    {
        test.apply(&[from(identity, &format!("w{n}"), "hola", 0)], 0)
            .await;
    }
    // Whichever name is shown from here on, it is one thread.
    for (n, identity) in [by_user_id(), known_by_phone(PHONE), by_both()]
        .into_iter()
        .enumerate()
    {
        test.apply(&[from(identity, &format!("later{n}"), "hola", 0)], 0)
            .await;
    }
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!((found.len(), found[0].conversation.unread_count), (1, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_name_is_taken_when_sent_and_kept_when_not() {
    let test = Test::new();
    let named = Identity {
        profile_name: Some("Ana".to_owned()),
        ..known_by_phone(PHONE)
    };
    test.apply(&[from(named, "w1", "hola", 0)], 0).await;
    test.apply(&[from(known_by_phone(PHONE), "w2", "hola", 0)], 0)
        .await;
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!(found[0].contact.display_name(), "Ana");
}
