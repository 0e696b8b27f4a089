//! One entry of the outbox, with what its message shows, as rules. This is the specification: the
//! model tries every way through it, and `conformance` holds the code against it.

use tenant::outbox::SendClass;

/// Where the entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    Scheduled,
    Queued,
    Sending,
    Retry,
    Accepted,
    Failed,
    Unknown,
    Cancelled,
}

/// Why a message counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// It was certainly not sent: Meta said so, or it was not tried.
    Refused,
    /// Nobody ever heard of it.
    NotConfirmed,
    /// A person called it off.
    Cancelled,
    /// Meta took it and reported later that it failed.
    Reported,
}

/// How a call ended, as its worker knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    Accepted,
    Retry,
    Failed,
    Unknown,
}

/// What a status webhook says of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Report {
    Delivered,
    Failed,
}

/// What a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Waiting,
    Sending,
    Accepted,
    Delivered,
    Failed(Why),
    Unknown,
}

/// Which rules hold. Each switch but the default makes a design that is known to be wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mistake of its own")]
pub struct Mistakes {
    /// A settlement counts whoever brings it.
    pub no_fence: bool,
    /// An attempt whose worker vanished goes back to the queue.
    pub lease_back_to_queue: bool,
    /// A worker sends first and commits afterwards.
    pub sends_before_commit: bool,
    /// What nobody knows of is sent again by itself, whoever waits for it.
    pub resends_unknown: bool,
    /// A later attempt's refusal says `failed` although an earlier one may have arrived.
    pub refusal_hides_unconfirmed: bool,
    /// A report counts for the newest attempt alone.
    pub older_reports_ignored: bool,
}

/// The entry. Attempts are counted from 1 and stand for their fences and wamids as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    pub class: SendClass,
    pub state: State,
    /// The newest attempt.
    pub attempt: u8,
    /// Whose settlement counts, while one does.
    pub fence: Option<u8>,
    /// Whether the bot's one repetition is spent.
    pub repeated: bool,
    /// The oldest attempt of which nobody knows whether it arrived.
    pub unconfirmed: Option<u8>,
    /// Whether the customer wrote since: an old answer of the bot is worse than none.
    pub stale: bool,
    /// The attempt whose wamid the message carries.
    pub wamid: Option<u8>,
    pub delivered: bool,
    pub failed: Option<Why>,
    /// Attempts of which reports wait for their message: delivered, failed.
    pub parked: [u8; 2],
}

impl Entry {
    pub fn new(class: SendClass, scheduled: bool) -> Self {
        Self {
            class,
            state: if scheduled {
                State::Scheduled
            } else {
                State::Queued
            },
            attempt: 0,
            fence: None,
            repeated: false,
            unconfirmed: None,
            stale: false,
            wamid: None,
            delivered: false,
            failed: None,
            parked: [0; 2],
        }
    }

    pub fn shown(&self) -> Shown {
        match (self.delivered, self.failed, self.state) {
            (true, ..) => Shown::Delivered,
            (false, Some(why), _) => Shown::Failed(why),
            (.., State::Sending) => Shown::Sending,
            (.., State::Accepted) => Shown::Accepted,
            (.., State::Unknown) => Shown::Unknown,
            (.., State::Scheduled | State::Queued | State::Retry) => Shown::Waiting,
            (.., State::Failed | State::Cancelled) => unreachable!("a failure has its reason"),
        }
    }

    fn waits(&self) -> bool {
        matches!(self.state, State::Queued | State::Retry)
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        if !matches!(state, State::Sending | State::Unknown) {
            self.fence = None;
        }
    }

    fn fail(&mut self, why: Why) {
        self.enter(State::Failed);
        self.failed = Some(why);
    }

    /// The time of a scheduled message has come.
    pub fn begin(&mut self) {
        if self.state == State::Scheduled {
            self.enter(State::Queued);
        }
    }

    /// Permission to make one call, committed before it.
    pub fn claim(&mut self) -> Option<u8> {
        self.waits().then(|| {
            self.attempt += 1;
            self.enter(State::Sending);
            self.fence = Some(self.attempt);
            self.attempt
        })
    }

    /// The claim finds that it may not be sent any more.
    pub fn refuse(&mut self, mistakes: Mistakes) {
        if !self.waits() {
            return;
        }
        if self.unconfirmed.is_some() && !mistakes.refusal_hides_unconfirmed {
            self.enter(State::Unknown);
            self.fence = None;
        } else {
            self.fail(Why::Refused);
        }
    }

    /// The worker of attempt `n` writes down how its call ended.
    pub fn settle(&mut self, n: u8, ending: Ending, mistakes: Mistakes) {
        let current = self.fence == Some(n) && matches!(self.state, State::Sending | State::Unknown);
        if !current && !mistakes.no_fence {
            return;
        }
        // What it was unconfirmed by, it is not any more.
        let earlier = self.unconfirmed.filter(|first| *first < n);
        match ending {
            Ending::Accepted => {
                self.unconfirmed = None;
                self.enter(State::Accepted);
                self.learn(n);
            }
            Ending::Retry => {
                self.unconfirmed = earlier;
                self.enter(State::Retry);
            }
            Ending::Failed if earlier.is_some() && !mistakes.refusal_hides_unconfirmed => {
                self.enter(State::Unknown);
            }
            Ending::Failed => {
                self.unconfirmed = None;
                self.fail(Why::Refused);
            }
            Ending::Unknown => {
                self.unconfirmed = self.unconfirmed.or(Some(n));
                self.enter(State::Unknown);
            }
        }
    }

    /// The worker did not settle in time: it counts as gone.
    pub fn end_lease(&mut self, mistakes: Mistakes) {
        if self.state != State::Sending {
            return;
        }
        if mistakes.lease_back_to_queue {
            self.enter(State::Queued);
        } else {
            self.unconfirmed = self.unconfirmed.or(Some(self.attempt));
            self.enter(State::Unknown);
        }
    }

    /// Nobody has heard of it for as long as its class waits.
    pub fn wait_is_over(&mut self, mistakes: Mistakes) {
        if self.state != State::Unknown {
            return;
        }
        let again = self.class == SendClass::Bot && !self.repeated && !self.stale;
        if again || mistakes.resends_unknown {
            self.repeated = true;
            self.enter(State::Queued);
        } else if self.class != SendClass::Agent {
            self.fail(Why::NotConfirmed);
        }
    }

    /// A person asks for it again; whether that was granted.
    pub fn retry(&mut self) -> bool {
        if !matches!(self.shown(), Shown::Failed(_) | Shown::Unknown) {
            return false;
        }
        // What is certain of an attempt makes its later reports uninteresting.
        if self.unconfirmed.is_none() {
            self.attempt += 1;
        }
        self.enter(State::Queued);
        (self.wamid, self.failed) = (None, None);
        true
    }

    /// A person calls it off; whether that was granted.
    pub fn cancel(&mut self) -> bool {
        let waits = self.waits() || self.state == State::Scheduled;
        let granted = waits && self.unconfirmed.is_none();
        if granted {
            self.enter(State::Cancelled);
            self.failed = Some(Why::Cancelled);
        }
        granted
    }

    /// A status webhook that names attempt `n`.
    pub fn report(&mut self, n: u8, report: Report, mistakes: Mistakes) {
        if self.is_news(n, report, mistakes) {
            self.unconfirmed = None;
            self.enter(State::Accepted);
            self.failed = None;
            self.learn(n);
        }
        if self.wamid == Some(n) {
            self.fill(report);
        } else {
            self.parked[report as usize] |= 1 << n;
        }
    }

    /// Whether the report settles the entry.
    fn is_news(&self, n: u8, report: Report, mistakes: Mistakes) -> bool {
        let newest = n == self.attempt;
        let older = n < self.attempt
            && self.unconfirmed.is_some_and(|first| first <= n)
            && report == Report::Delivered
            && !mistakes.older_reports_ignored;
        let open = match self.state {
            State::Sending | State::Unknown => true,
            State::Queued | State::Retry => report == Report::Delivered,
            State::Failed => self.unconfirmed.is_some(),
            State::Scheduled | State::Accepted | State::Cancelled => false,
        };
        n > 0 && (newest || older) && open
    }

    /// The message has its wamid; what came before it is its.
    fn learn(&mut self, n: u8) {
        self.wamid = Some(n);
        for report in [Report::Delivered, Report::Failed] {
            let parked = &mut self.parked[report as usize];
            if *parked & (1 << n) != 0 {
                *parked &= !(1 << n);
                self.fill(report);
            }
        }
    }

    fn fill(&mut self, report: Report) {
        match report {
            Report::Delivered => self.delivered = true,
            Report::Failed => self.failed = self.failed.or(Some(Why::Reported)),
        }
    }
}
