//! The entry among workers that crash, stall and time out, a Meta that answers or does not, and a
//! person who presses buttons: every step that may come next.

use tenant::outbox::SendClass;

use super::entry::{Ending, Entry, Mistakes, Report, State};

/// Attempts that have a place; the bounds never lead to more.
const ATTEMPTS: usize = 8;
/// Workers that have a place.
const WORKERS: usize = 3;

/// A worker and how far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Worker {
    /// The permission is committed, no byte has left.
    Permitted(u8),
    /// Bytes have left.
    Waiting(u8),
    /// The call has ended, which is not written down yet, or not known to be.
    Holding(u8, Ending),
    /// Free, or dead and replaced.
    Idle,
}

/// What Meta has made of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Nothing has come.
    None,
    /// On the wire: it may arrive long after its worker has gone.
    Flying,
    /// It will never arrive.
    Lost,
    /// Turned away.
    Refused,
    /// Taken, and every report is lost.
    Silent,
    /// Taken, and this is reported, any number of times and whenever.
    Told(Report),
}

impl Fate {
    pub fn taken(self) -> bool {
        matches!(self, Self::Silent | Self::Told(_))
    }
}

/// How large the world is.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub workers: usize,
    /// From this attempt on a worker does not ask for another one.
    pub attempts: u8,
    /// How often a person asks again.
    pub retries: u8,
    /// Whether the message is one for later.
    pub scheduled: bool,
    pub mistakes: Mistakes,
}

impl Bounds {
    /// Only mistakes permit one attempt after the other without end.
    fn most_claims(&self) -> u8 {
        if self.mistakes == Mistakes::default() {
            u8::MAX
        } else {
            3
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub entry: Entry,
    workers: [Worker; WORKERS],
    pub meta: [Fate; ATTEMPTS],
    /// How many attempts Meta took.
    pub taken: u8,
    pub retries: u8,
    /// Attempts beside the one by which the message counts as sent: what becomes of them is not
    /// followed any more.
    pub passed_over: u8,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Begin,
    Claim,
    ClaimThenCrash,
    Refuse,
    Crash,
    Connect,
    NotSent(Ending),
    Meta(u8, Fate),
    TimeOut,
    Answer(Ending),
    Settle(u8, Ending),
    SettleUnheard(u8, Ending),
    EndLease,
    WaitIsOver,
    CustomerWrites,
    Report(u8, Report),
    Retry,
    Cancel,
}

impl Step {
    pub fn is_a_persons(self) -> bool {
        matches!(self, Self::Retry | Self::Cancel)
    }
}

impl World {
    pub fn new(class: SendClass, bounds: &Bounds) -> Self {
        Self {
            entry: Entry::new(class, bounds.scheduled),
            workers: [Worker::Idle; WORKERS],
            meta: [Fate::None; ATTEMPTS],
            taken: 0,
            retries: 0,
            passed_over: 0,
        }
    }

    /// Everything that may happen next and changes something.
    pub fn next(&self, bounds: &Bounds) -> Vec<(Step, World)> {
        let mut next = Next {
            from: self,
            bounds,
            all: Vec::new(),
        };
        next.time_and_people();
        next.claims();
        for place in 0..bounds.workers {
            next.work(place);
        }
        next.meta();
        next.all
    }

    fn employ(&mut self, place: usize, worker: Worker) {
        self.workers[place] = worker;
        // Which of them does it makes no difference.
        self.workers.sort_unstable();
    }
}

struct Next<'w> {
    from: &'w World,
    bounds: &'w Bounds,
    all: Vec<(Step, World)>,
}

impl Next<'_> {
    fn may(&mut self, step: Step, change: impl FnOnce(&mut World)) {
        let mut world = *self.from;
        change(&mut world);
        if world.entry.state == State::Accepted && self.from.entry.state != State::Accepted {
            let by = world.entry.wamid.unwrap_or_default();
            // Attempts that are yet to come are another matter.
            let begun = (0..=world.entry.attempt).filter(|n| *n != by);
            world.passed_over |= begun.fold(0, |mask, n| mask | 1 << n);
        }
        if world != *self.from {
            self.all.push((step, world));
        }
    }

    fn time_and_people(&mut self) {
        let (mistakes, retries) = (self.bounds.mistakes, self.bounds.retries);
        self.may(Step::Begin, |world| world.entry.begin());
        self.may(Step::EndLease, |world| world.entry.end_lease(mistakes));
        self.may(Step::WaitIsOver, |world| world.entry.wait_is_over(mistakes));
        if self.from.entry.class == SendClass::Bot {
            self.may(Step::CustomerWrites, |world| world.entry.stale = true);
        }
        self.may(Step::Cancel, |world| {
            world.entry.cancel();
        });
        if self.from.retries < retries {
            self.may(Step::Retry, |world| {
                world.retries += u8::from(world.entry.retry());
            });
        }
    }

    fn claims(&mut self) {
        let mistakes = self.bounds.mistakes;
        self.may(Step::Refuse, |world| world.entry.refuse(mistakes));
        let free = (0..self.bounds.workers).find(|place| self.from.workers[*place] == Worker::Idle);
        let Some(place) = free else { return };
        if self.from.entry.attempt >= self.bounds.most_claims() {
            return;
        }
        if mistakes.sends_before_commit {
            if matches!(self.from.entry.state, State::Queued | State::Retry) {
                let n = self.from.entry.attempt + 1;
                self.may(Step::Claim, |world| world.employ(place, Worker::Permitted(n)));
            }
            return;
        }
        // A claim whose commit nobody heard of is one whose worker died.
        self.may(Step::ClaimThenCrash, |world| {
            world.entry.claim();
        });
        self.may(Step::Claim, |world| {
            if let Some(n) = world.entry.claim() {
                world.employ(place, Worker::Permitted(n));
            }
        });
    }

    fn work(&mut self, place: usize) {
        let worker = self.from.workers[place];
        if worker != Worker::Idle {
            self.may(Step::Crash, |world| world.employ(place, Worker::Idle));
        }
        match worker {
            Worker::Idle => {}
            Worker::Permitted(n) => {
                self.may(Step::Connect, |world| {
                    world.employ(place, Worker::Waiting(n));
                    world.meta[usize::from(n)] = Fate::Flying;
                });
                for ending in self.refusals(n) {
                    self.may(Step::NotSent(ending), |world| {
                        world.employ(place, Worker::Holding(n, ending));
                    });
                }
            }
            Worker::Waiting(n) => self.wait(place, n),
            Worker::Holding(n, ending) => {
                let mistakes = self.bounds.mistakes;
                let settle = |world: &mut World| {
                    if mistakes.sends_before_commit && world.entry.claim().is_none() {
                        return;
                    }
                    world.entry.settle(n, ending, mistakes);
                };
                self.may(Step::SettleUnheard(n, ending), settle);
                self.may(Step::Settle(n, ending), |world| {
                    settle(world);
                    world.employ(place, Worker::Idle);
                });
            }
        }
    }

    fn wait(&mut self, place: usize, n: u8) {
        let hold = |ending| move |world: &mut World| world.employ(place, Worker::Holding(n, ending));
        self.may(Step::TimeOut, hold(Ending::Unknown));
        let fate = self.from.meta[usize::from(n)];
        if fate.taken() {
            self.may(Step::Answer(Ending::Accepted), hold(Ending::Accepted));
        } else if fate == Fate::Refused {
            for ending in self.refusals(n) {
                self.may(Step::Answer(ending), hold(ending));
            }
        }
    }

    /// How a worker takes it that an attempt was certainly not sent.
    fn refusals(&self, n: u8) -> Vec<Ending> {
        if n < self.bounds.attempts {
            vec![Ending::Retry, Ending::Failed]
        } else {
            vec![Ending::Failed]
        }
    }

    fn meta(&mut self) {
        let mistakes = self.bounds.mistakes;
        for (n, fate) in (0..).zip(self.from.meta) {
            match fate {
                Fate::Flying => {
                    let told = [Report::Delivered, Report::Failed].map(Fate::Told);
                    for fate in [Fate::Lost, Fate::Refused, Fate::Silent].into_iter().chain(told) {
                        self.may(Step::Meta(n, fate), |world| {
                            world.meta[usize::from(n)] = fate;
                            world.taken += u8::from(fate.taken());
                        });
                    }
                }
                Fate::Told(report) => {
                    self.may(Step::Report(n, report), |world| {
                        world.entry.report(n, report, mistakes);
                    });
                }
                Fate::None | Fate::Lost | Fate::Refused | Fate::Silent => {}
            }
        }
    }
}
