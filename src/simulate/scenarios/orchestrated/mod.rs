//! A shop by orchestration: one service tells the others what to do, waits for their answers, tries
//! again with growing pauses, stops asking a gateway that is down, undoes what was done where it has
//! to give up, and calls a person where it cannot even do that.

mod circuit;
mod events;
mod flow;
mod messages;

use std::collections::HashMap;
use std::time::Duration;

use self::circuit::Circuit;
use super::super::chance::{HOUR, MINUTE, Money, after, hour, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, EventId, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story,
    Strategy, Stream, Trail, ViewSpec, World,
};
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Off};

const TICK: Duration = MINUTE.saturating_mul(5);

/// Checkouts by the hour in UTC.
const RHYTHM: [u64; 24] = [
    4, 2, 1, 1, 1, 3, 8, 14, 18, 20, 22, 24, 27, 25, 22, 22, 24, 27, 34, 40, 42, 33, 20, 10,
];

// The consumers, by their place in the table.
const ORCHESTRATOR: usize = 0;

const SERVICE: Spec = Spec {
    name: "",
    reads: &["checkout"],
    from: Source::Broker,
    role: Role::Service,
    cost: Duration::from_millis(90),
    gather: Duration::ZERO,
    batch: 20,
    inbox: Inbox::Kept,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 7] = [
    Spec {
        name: "checkout-orchestrator",
        reads: &["checkout", "order"],
        ..SERVICE
    },
    Spec {
        name: "inventory-service",
        ..SERVICE
    },
    Spec {
        name: "payment-service",
        cost: Duration::from_millis(420),
        ..SERVICE
    },
    Spec {
        name: "shipping-service",
        cost: Duration::from_millis(260),
        ..SERVICE
    },
    Spec {
        name: "checkout-board",
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(6),
        batch: 50,
        inbox: Inbox::None,
        ..SERVICE
    },
    Spec {
        name: "mailer",
        reads: &["order"],
        role: Role::Observer,
        cost: Duration::from_secs(2),
        gather: Duration::from_secs(15),
        batch: 12,
        poison: OnPoison::DeadLetters,
        ..SERVICE
    },
    Spec {
        name: "message-archive",
        reads: &[],
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(20),
        gather: Duration::from_secs(90),
        batch: 200,
        inbox: Inbox::None,
        poison: OnPoison::Blocks,
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "checkout_board",
    key: "checkout_id",
    keyed_by: KeyedBy::Stream,
    categories: &["checkout"],
    columns: &[
        Column::text("status", &["/status"]),
        Column::number("amount", &["/amount"]),
        Column::count("attempts", &["/timeout_s"]),
        Column::text("note", &["/reason"]),
    ],
    consumer: "checkout-board",
};

const FIRST: u64 = 5001;
/// The checkout that is shown around: a refund that nobody could make.
const SHOWN: u64 = 5042;
/// The orchestrator was restarted and forgot it.
const FORGOTTEN: u64 = 5028;

/// What there is.
pub fn world() -> World {
    World {
        name: "orders-orchestrated",
        span: utc(2024, 9, 2, 6, 0)..utc(2024, 9, 15, 22, 0),
        clocks: &[
            ("checkout-orchestrator", Off::Either),
            ("inventory-service", Off::Either),
            ("payment-service", Off::Either),
            ("shipping-service", Off::Either),
            ("shop", Off::Ahead),
        ],
        consumers: &CONSUMERS,
        published: &["order", "checkout"],
        view: &VIEW,
        snapshots: &[("circuit", &[Strategy::Periodic(50)])],
        process: &events::PROCESS,
        command: &events::ARCHIVE,
        breaking: ("OrderPlaced", "pieces"),
        shown: const {
            &[
                Stream::numbered("checkout", SHOWN),
                Stream::named("circuit", "payment-gateway"),
            ]
        },
        quiet: None,
        interruptions: Vec::new(),
        extra: &[],
        // Its commands are recorded on purpose, and the one stream with snapshots is short in small stores.
        lacks: &[Fault::CommandAsEvent, Fault::SnapshotDisagrees],
    }
}

/// What the author of the scenario has decided for a checkout; nothing in the store says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Completed,
    SoldOut,
    Declined,
    /// The carrier does not take the address.
    Refused,
    /// The carrier does not take the address, and the refund fails until a person sees to it.
    Parked,
    /// The same, and nobody sees to it.
    Abandoned,
    /// The orchestrator was restarted and forgot it.
    Forgotten,
}

/// What the orchestrator tells somebody to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Reserve,
    Charge,
    Book,
    Refund,
    Release,
}

#[derive(Clone, Debug)]
struct Checkout {
    number: u64,
    fate: Fate,
    amount: Money,
    pieces: i64,
    customer: u64,
    /// How often the order was given that is at hand.
    attempt: u32,
    /// The command whose answer is waited for.
    sent: Option<Sent>,
    charged: bool,
    reserved: bool,
    /// Whether something of it was undone.
    undone: bool,
    /// How often a person was called.
    parked: u32,
}

/// A command on its way.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    id: EventId,
    order: Order,
    attempt: u32,
    at: Timestamp,
    correlation: EventId,
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Tick,
    Place,
    Start(u64, Trail),
    Send(u64, Order, Trail),
    Answer(u64, u32, Trail),
    Timeout(u64, u32, Trail),
    /// The orchestrator has heard the answer.
    Hear(u64, Sent, Heard, Trail),
    Resume(u64, Trail),
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Done,
    No,
    /// It may be asked again.
    NotNow,
}

/// The shop.
pub struct Shop {
    arrivals: Arrivals,
    checkouts: HashMap<u64, Checkout>,
    placed: u64,
    circuit: Circuit,
}

type S = Sim<Task>;

/// Events that a checkout comes to, in hundredths.
const EVENTS_PER_CHECKOUT: u64 = 1190;

impl Shop {
    /// A shop of the size that gives about so many events.
    pub fn new(Scale { events, .. }: Scale) -> Self {
        let checkouts = (events * 97 / EVENTS_PER_CHECKOUT).max(1);
        Self {
            arrivals: Arrivals::new(world().span, TICK, checkouts, weight),
            checkouts: HashMap::new(),
            placed: 0,
            circuit: Circuit::new(),
        }
    }
}

fn weight(at: Timestamp) -> u64 {
    RHYTHM[hour(at)] * if weekday(at) >= 5 { 13 } else { 10 }
}

impl Story for Shop {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        sim.at(after(sim.now(), HOUR / 4), Task::Tick);
        events::inherent(sim);
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Place),
            Task::Place => self.place(sim),
            Task::Start(number, trail) => self.start(sim, number, &trail),
            Task::Send(number, order, trail) => self.send(sim, number, order, &trail),
            Task::Answer(number, attempt, trail) => self.answer(sim, number, attempt, &trail),
            Task::Timeout(number, attempt, trail) => {
                self.time_out(sim, number, attempt, &trail);
            }
            Task::Hear(number, sent, heard, trail) => {
                self.hear(sim, number, (sent, heard), &trail);
            }
            Task::Resume(number, trail) => self.resume(sim, number, &trail),
        }
    }

    fn end(&mut self, sim: &mut S) {
        let mut open: Vec<_> = self.checkouts.values().collect();
        open.sort_by_key(|checkout| checkout.number);
        for checkout in open {
            if let Some(sent) = &checkout.sent {
                sim.sent(checkout.settled(sent, None));
            }
        }
    }
}
