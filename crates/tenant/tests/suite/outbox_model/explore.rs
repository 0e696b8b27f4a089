//! Tries every way through a world, nearest first, and holds each state and each step against what
//! must always be so.

use std::collections::{HashMap, HashSet, VecDeque};

use tenant::outbox::SendClass;

use super::{
    entry::{Entry, Report, Shown, Why},
    world::{Bounds, Fate, Step, World},
};

/// What must always be so, by the name under which a breach of it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// Meta takes it no more often than it was permitted.
    Permissions,
    /// A settlement of an attempt that is not the newest any more changes nothing.
    Zombies,
    /// Where nothing more can happen, nothing waits.
    NothingWaits,
    /// Where nothing more can happen, what is shown is true.
    Truth,
}

/// What the search came to.
pub struct Explored {
    /// Every world.
    pub states: usize,
    /// Every entry that can be.
    pub entries: Vec<Entry>,
    /// The most that Meta took.
    pub taken: u8,
    /// The shortest way to a breach of each law that is broken. Little is tried beyond one.
    pub breaches: Vec<(Law, Vec<(Step, World)>)>,
}

/// Looks at every state that can be reached.
pub fn explore(class: SendClass, bounds: &Bounds) -> Explored {
    let start = World::new(class, bounds);
    let mut came_from: HashMap<World, Option<(Step, World)>> = HashMap::from([(start, None)]);
    let mut queue = VecDeque::from([start]);
    let mut explored = Explored {
        states: 0,
        entries: Vec::new(),
        taken: 0,
        breaches: Vec::new(),
    };
    let mut entries = HashSet::new();
    while let Some(world) = queue.pop_front() {
        explored.taken = explored.taken.max(world.taken);
        entries.insert(world.entry);
        let next = world.next(bounds);
        let rests = next.iter().all(|(step, _)| step.is_a_persons());
        let broken = broken(&world, rests).or_else(|| {
            let zombie = next.iter().any(|(step, after)| is_zombie(&world, *step, after));
            zombie.then_some(Law::Zombies)
        });
        if let Some(law) = broken {
            if explored.breaches.iter().all(|(known, _)| *known != law) {
                explored.breaches.push((law, way(&came_from, world)));
            }
            // What a zombie may do next is worth seeing.
            if law != Law::Zombies {
                continue;
            }
        }
        for (step, after) in next {
            came_from.entry(after).or_insert_with(|| {
                queue.push_back(after);
                Some((step, world))
            });
        }
    }
    explored.states = came_from.len();
    explored.entries = entries.into_iter().collect();
    explored
}

fn way(came_from: &HashMap<World, Option<(Step, World)>>, to: World) -> Vec<(Step, World)> {
    let mut way = Vec::new();
    let mut at = to;
    while let Some(Some((step, before))) = came_from.get(&at) {
        way.push((*step, at));
        at = *before;
    }
    way.reverse();
    way
}

fn permissions(world: &World) -> u8 {
    1 + world.retries + u8::from(world.entry.class == SendClass::Bot)
}

fn is_zombie(before: &World, step: Step, after: &World) -> bool {
    let (Step::Settle(n, _) | Step::SettleUnheard(n, _)) = step else {
        return false;
    };
    n < before.entry.attempt && before.entry != after.entry
}

fn broken(world: &World, rests: bool) -> Option<Law> {
    if world.taken > permissions(world) {
        return Some(Law::Permissions);
    }
    if !rests {
        return None;
    }
    match world.entry.shown() {
        Shown::Waiting | Shown::Sending => Some(Law::NothingWaits),
        shown => (!is_true(world, shown)).then_some(Law::Truth),
    }
}

/// Whether `shown` is so, for all that can be known.
fn is_true(world: &World, shown: Shown) -> bool {
    let followed = |n: &usize| world.passed_over & (1 << n) == 0;
    let fates = || (0..world.meta.len()).filter(followed).map(|n| world.meta[n]);
    let arrived = fates().any(|fate| fate == Fate::Told(Report::Delivered));
    let may_have_arrived = arrived || fates().any(|fate| fate == Fate::Silent);
    match shown {
        Shown::Accepted => world.taken > 0,
        Shown::Delivered => arrived,
        // A failure that Meta reported of the attempt by which it counted as sent.
        Shown::Failed(Why::Reported) => fates().any(|fate| fate == Fate::Told(Report::Failed)),
        Shown::Failed(Why::Refused | Why::Cancelled) => !may_have_arrived,
        Shown::Failed(Why::NotConfirmed) | Shown::Unknown => !arrived,
        Shown::Waiting | Shown::Sending => false,
    }
}
