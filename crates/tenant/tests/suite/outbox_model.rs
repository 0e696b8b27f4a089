//! The outbox as a model: what a message may go through, tried in every order, with workers that
//! crash at any point, answers that get lost and reports that come late, twice or never. Then the code
//! is held against the model, rule by rule, on a real Postgres.

mod conformance;
mod entry;
mod explore;
mod rows;
mod walk;
mod world;

use tenant::outbox::SendClass::{self, Agent, Bot, Campaign};

use self::{
    entry::Mistakes,
    explore::{Explored, Law, explore},
    world::Bounds,
};

const BOUNDS: Bounds = Bounds {
    workers: 2,
    attempts: 2,
    retries: 0,
    scheduled: false,
    mistakes: Mistakes {
        no_fence: false,
        lease_back_to_queue: false,
        sends_before_commit: false,
        resends_unknown: false,
        refusal_hides_unconfirmed: false,
        older_reports_ignored: false,
    },
};

/// Explores, says how large the world is, and insists that nothing is broken.
fn holds(class: SendClass, bounds: &Bounds) -> Explored {
    let explored = explore(class, bounds);
    println!(
        "{class:?}, {} workers, {} attempts, {} retries: {} states, {} entries, Meta took {} at most",
        bounds.workers,
        bounds.attempts,
        bounds.retries,
        explored.states,
        explored.entries.len(),
        explored.taken
    );
    if let Some((law, way)) = explored.breaches.first() {
        let way: Vec<String> = way
            .iter()
            .map(|(step, world)| format!("{step:?} -> {:?}", world.entry))
            .collect();
        panic!("{class:?} {bounds:?}: {law:?} is broken by\n{}", way.join("\n"));
    }
    explored
}

#[test]
fn meta_takes_a_message_once_of_the_bot_twice_whatever_breaks() {
    for (class, most, workers, attempts) in [
        (Agent, 1, 2, 3),
        (Agent, 1, 3, 4),
        (Campaign, 1, 2, 3),
        (Campaign, 1, 3, 4),
        (Bot, 2, 2, 3),
    ] {
        let bounds = Bounds {
            workers,
            attempts,
            ..BOUNDS
        };
        assert_eq!(holds(class, &bounds).taken, most);
    }
}

#[test]
fn each_retry_of_a_persons_permits_one_more_and_what_is_shown_stays_true() {
    for (class, most, workers, retries) in [
        (Agent, 1, 3, 1),
        (Agent, 1, 2, 2),
        (Campaign, 1, 3, 1),
        (Campaign, 1, 2, 2),
        (Bot, 2, 1, 1),
    ] {
        let bounds = Bounds {
            workers,
            retries,
            ..BOUNDS
        };
        assert_eq!(holds(class, &bounds).taken, most + retries);
    }
}

#[test]
fn a_message_for_later_is_no_different() {
    for class in [Agent, Campaign] {
        let bounds = Bounds {
            scheduled: true,
            retries: 1,
            ..BOUNDS
        };
        holds(class, &bounds);
    }
}

/// The laws that a mistake breaks, and the most that Meta then takes.
fn broken_by(mistakes: Mistakes, class: SendClass, retries: u8) -> Vec<Law> {
    let bounds = Bounds {
        retries,
        mistakes,
        ..BOUNDS
    };
    let explored = explore(class, &bounds);
    let laws: Vec<Law> = explored.breaches.iter().map(|(law, _)| *law).collect();
    println!(
        "{class:?}, {retries} retries: {} states, breaks {laws:?}",
        explored.states
    );
    laws
}

#[test]
fn a_settlement_without_a_fence_is_found_out() {
    let mistakes = Mistakes {
        no_fence: true,
        ..Mistakes::default()
    };
    for (class, retries) in [(Agent, 1), (Campaign, 0)] {
        let broken = broken_by(mistakes, class, retries);
        assert!(broken.contains(&Law::Zombies) && broken.contains(&Law::Permissions));
    }
}

#[test]
fn an_expired_lease_that_goes_back_to_the_queue_is_found_out() {
    let mistakes = Mistakes {
        lease_back_to_queue: true,
        ..Mistakes::default()
    };
    for class in [Agent, Campaign] {
        assert!(broken_by(mistakes, class, 0).contains(&Law::Permissions));
    }
}

#[test]
fn sending_before_the_commit_is_found_out() {
    let mistakes = Mistakes {
        sends_before_commit: true,
        ..Mistakes::default()
    };
    for class in [Agent, Campaign] {
        assert!(broken_by(mistakes, class, 0).contains(&Law::Permissions));
    }
}

#[test]
fn repeating_by_itself_what_nobody_knows_of_is_found_out() {
    let mistakes = Mistakes {
        resends_unknown: true,
        ..Mistakes::default()
    };
    for class in [Agent, Campaign] {
        assert!(broken_by(mistakes, class, 0).contains(&Law::Permissions));
    }
}

#[test]
fn a_refusal_that_hides_what_may_have_arrived_before_is_found_out() {
    let mistakes = Mistakes {
        refusal_hides_unconfirmed: true,
        ..Mistakes::default()
    };
    for (class, retries) in [(Agent, 1), (Campaign, 1), (Bot, 0)] {
        assert_eq!(broken_by(mistakes, class, retries), [Law::Truth]);
    }
}

#[test]
fn a_report_of_an_older_attempt_that_is_ignored_is_found_out() {
    let mistakes = Mistakes {
        older_reports_ignored: true,
        ..Mistakes::default()
    };
    for (class, retries) in [(Agent, 1), (Campaign, 1), (Bot, 0)] {
        assert_eq!(broken_by(mistakes, class, retries), [Law::Truth]);
    }
}
