//! A webhook body, from bytes to rows of a real database, with an applier that remembers what
//! it saw before: nothing panics, every message is kept, nothing is kept twice, and the
//! numbers of events have no gap.
//!
//! Needs a Postgres as the tests do (`CENTRALITA_TEST_PG_URL`, or one is started).
#![no_main]

mod house;

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;

use crate::house::{House, LINE};

/// Longer batches only take longer.
const ITEMS: usize = 120;

thread_local! {
    static HOUSE: RefCell<House> = RefCell::new(House::new());
}

fuzz_target!(|body: &[u8]| {
    let Ok(items) = engine::ingest::items_of(body, LINE) else {
        return;
    };
    if items.is_empty() || items.len() > ITEMS {
        return;
    }
    let all: Vec<_> = items.iter().collect();
    HOUSE.with_borrow_mut(|house| {
        house.tidy();
        // As one webhook or as two; by the applier that has seen everything or, first, by another server's.
        let (front, back) = all.split_at(if body.len() % 2 == 0 {
            all.len()
        } else {
            all.len() / 2
        });
        if body.len() % 5 == 0 {
            house.apply_elsewhere(front);
        } else {
            house.apply(front);
        }
        house.apply(back);
        house.holds(&all);
        let once = house.rows();
        house.apply(&all);
        assert_eq!(house.rows(), once, "the second delivery changed something");
    });
});
