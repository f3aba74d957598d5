//! Shopping carts on two devices. Each device is offline at times and goes on by itself; when both
//! come back, two events have one version, and the cart service merges: quantities as counters,
//! coupons as a set of which only what was seen can be removed, the way of delivery as a register
//! that the last writer wins, by hybrid logical clocks, since the devices' own clocks disagree.

mod clocks;
mod events;
mod flow;
mod merge;
mod state;

use std::collections::HashMap;
use std::time::Duration;

use self::clocks::Clocks;
use self::state::{Op, State};
use super::super::chance::{HOUR, MINUTE, after, hour, utc};
use super::super::kernel::{
    Arrivals, Column, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story, Stream,
    Trail, ViewSpec, World,
};
use super::super::truth::Finding;
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Off};

const TICK: Duration = MINUTE.saturating_mul(15);

// The consumers, by their place in the table.
const CARTS: usize = 0;
const PAYMENTS: usize = 1;

const SERVICE: Spec = Spec {
    name: "",
    reads: &["cart"],
    from: Source::Broker,
    role: Role::Service,
    cost: Duration::from_millis(110),
    gather: Duration::ZERO,
    batch: 30,
    inbox: Inbox::Kept,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 5] = [
    Spec {
        name: "cart-service",
        reads: &["cart", "payment"],
        ..SERVICE
    },
    Spec {
        name: "payment-service",
        cost: Duration::from_millis(500),
        ..SERVICE
    },
    Spec {
        name: "cart-contents",
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(7),
        inbox: Inbox::None,
        ..SERVICE
    },
    Spec {
        name: "recommendations",
        role: Role::Observer,
        cost: Duration::from_secs(1),
        gather: Duration::from_secs(20),
        poison: OnPoison::DeadLetters,
        ..SERVICE
    },
    Spec {
        name: "sync-monitor",
        reads: &[],
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(20),
        gather: Duration::from_secs(60),
        batch: 200,
        inbox: Inbox::None,
        poison: OnPoison::Blocks,
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "cart_contents",
    key: "cart_id",
    keyed_by: KeyedBy::Stream,
    categories: &["cart"],
    columns: &[
        Column::text("status", &["/status"]),
        Column::number("pieces", &["/pieces"]),
        Column::text("delivery", &["/delivery/option"]),
        Column::count("merges", &["/merged"]),
    ],
    consumer: "cart-contents",
};

const FIRST: u64 = 301;
/// The cart that is shown around: both devices changed everything.
const SHOWN: u64 = 307;

/// What there is.
pub fn world() -> World {
    World {
        name: "carts",
        span: utc(2024, 3, 4, 5, 0)..utc(2024, 3, 14, 23, 0),
        clocks: &[
            ("cart-service", Off::Either),
            ("payment-service", Off::Either),
        ],
        consumers: &CONSUMERS,
        published: &["cart", "payment"],
        view: &VIEW,
        snapshots: &[],
        process: &events::PROCESS,
        command: &events::REMIND,
        breaking: ("CheckoutStarted", "total"),
        shown: const { &[Stream::numbered("cart", SHOWN)] },
        quiet: None,
        interruptions: Vec::new(),
        extra: &[],
        // No stream is long enough for snapshots.
        lacks: &[Fault::SnapshotDisagrees],
    }
}

/// One of the two replicas of a cart, by its place in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Phone,
    Laptop,
}

impl Device {
    const ALL: [Self; 2] = [Self::Phone, Self::Laptop];

    const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Laptop => "laptop",
        }
    }

    /// How many milliseconds its clock is ahead.
    const fn skew_ms(self) -> i64 {
        match self {
            Self::Phone => 38_400,
            Self::Laptop => -71_250,
        }
    }
}

#[derive(Debug)]
struct Cart {
    number: u64,
    state: State,
    clocks: Clocks,
    /// Edits until somebody decides.
    edits: u32,
    /// After how many the devices part, if they do.
    parts_at: Option<u32>,
    /// The version that both knew when they parted.
    base: i64,
    /// What each device did while it was alone.
    alone: [Vec<Done>; 2],
}

/// An operation as a device did it.
#[derive(Clone, Debug)]
struct Done {
    op: Op,
    at: Timestamp,
    data: String,
    metadata: String,
    /// Where it came to stand in the log.
    position: i64,
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Tick,
    Create,
    Edit(u64),
    Part(u64),
    Sync(u64, usize),
    Merge(u64, Trail),
    CheckOut(u64),
    Pay(u64, Trail),
    Finish(u64, Trail),
    Fail(u64, Trail),
    Expire(u64),
}

/// The shop.
pub struct Carts {
    arrivals: Arrivals,
    carts: HashMap<u64, Cart>,
    created: u64,
}

type S = Sim<Task>;

/// Events that a cart comes to, in hundredths.
const EVENTS_PER_CART: u64 = 1130;

impl Carts {
    /// A shop of the size that gives about so many events.
    pub fn new(Scale { events, .. }: Scale) -> Self {
        let span = world().span.start..utc(2024, 3, 14, 12, 0);
        let carts = (events * 97 / EVENTS_PER_CART).max(1);
        Self {
            arrivals: Arrivals::new(span, TICK, carts, weight),
            carts: HashMap::new(),
            created: 0,
        }
    }
}

fn weight(at: Timestamp) -> u64 {
    const DAY: [u64; 24] = [
        6, 3, 2, 1, 1, 2, 6, 10, 14, 16, 16, 18, 22, 20, 18, 18, 20, 24, 30, 36, 38, 32, 22, 12,
    ];
    DAY[hour(at)]
}

impl Story for Carts {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        sim.at(after(sim.now(), HOUR / 10), Task::Tick);
        for device in Device::ALL {
            sim.inherent(Finding {
                service: Some(device.name()),
                skew_ms: Some(device.skew_ms()),
                ..Finding::named(Fault::ClockSkew.name())
            });
        }
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Create),
            Task::Create => self.create(sim),
            Task::Edit(number) => self.edit(sim, number),
            Task::Part(number) => self.part(sim, number),
            Task::Sync(number, device) => self.sync(sim, number, device),
            Task::Merge(number, trail) => self.merge(sim, number, &trail),
            Task::CheckOut(number) => self.check_out(sim, number),
            Task::Pay(number, trail) => self.pay(sim, number, &trail),
            Task::Finish(number, trail) => self.finish(sim, number, &trail),
            Task::Fail(number, trail) => self.fail(sim, number, &trail),
            Task::Expire(number) => self.expire(sim, number),
        }
    }
}
