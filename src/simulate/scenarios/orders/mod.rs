//! A shop by choreography: each service reacts to the events of the others, and nobody owns the
//! process. Seven weeks before Christmas, with one weekend of maintenance and one sale.

mod events;
mod flow;
mod payloads;
mod stock;
mod undo;

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use self::stock::{Line, Stock};
use super::super::chance::{HOUR, MINUTE, after, hour, midnight, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story, Strategy,
    Stream, Trail, ViewSpec, World,
};
use crate::model::Timestamp;
use crate::simulate::fault::Off;

const TICK: Duration = MINUTE.saturating_mul(5);

/// Orders of an ordinary weekday, by the hour in UTC.
const RHYTHM: [u64; 24] = [
    2, 1, 1, 0, 1, 4, 8, 12, 15, 17, 18, 20, 23, 20, 17, 17, 20, 23, 30, 38, 40, 32, 18, 8,
];

// The consumers, by their place in the table.
const ORDERS: usize = 0;
const INVENTORY: usize = 1;
const PAYMENTS: usize = 2;
const SHIPPING: usize = 3;

const SERVICE: Spec = Spec {
    name: "",
    reads: &[],
    from: Source::Broker,
    role: Role::Service,
    cost: Duration::from_millis(180),
    gather: Duration::ZERO,
    batch: 20,
    inbox: Inbox::Kept,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 7] = [
    Spec {
        name: "order-service",
        reads: &["inventory", "payment", "shipment"],
        ..SERVICE
    },
    Spec {
        name: "inventory-service",
        reads: &["order", "payment", "shipment"],
        ..SERVICE
    },
    Spec {
        name: "payment-service",
        reads: &["inventory", "shipment"],
        cost: Duration::from_millis(640),
        ..SERVICE
    },
    Spec {
        name: "shipping-service",
        reads: &["order", "payment"],
        ..SERVICE
    },
    Spec {
        name: "order-summary",
        reads: &["order"],
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(8),
        batch: 50,
        inbox: Inbox::None,
        ..SERVICE
    },
    Spec {
        name: "mailer",
        reads: &["order"],
        role: Role::Observer,
        cost: Duration::from_secs(3),
        gather: Duration::from_secs(20),
        batch: 12,
        poison: OnPoison::DeadLetters,
        ..SERVICE
    },
    Spec {
        name: "sales-report",
        from: Source::Log,
        role: Role::Observer,
        cost: Duration::from_millis(40),
        gather: Duration::from_secs(150),
        batch: 100,
        inbox: Inbox::None,
        poison: OnPoison::Blocks,
        ..SERVICE
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "order_summary",
    key: "order_id",
    keyed_by: KeyedBy::Stream,
    categories: &["order"],
    columns: &[
        Column::text("customer", &["/customer/name"]),
        Column::text("status", &["/status"]),
        Column::number("total", &["/totals/total"]),
        Column::text(
            "city",
            &["/shipping_address/city", "ShippingAddressChanged/new/city"],
        ),
    ],
    consumer: "order-summary",
};

/// What there is.
pub fn world() -> World {
    World {
        name: "orders-choreographed",
        span: opening()..utc(2024, 12, 20, 18, 0),
        clocks: &[
            ("order-service", Off::Either),
            ("inventory-service", Off::Either),
            ("payment-service", Off::Either),
            ("shipping-service", Off::Either),
        ],
        consumers: &CONSUMERS,
        published: &["order", "inventory", "payment", "shipment"],
        view: &VIEW,
        snapshots: &[("inventory", &[Strategy::Periodic(25)])],
        process: &events::PROCESS,
        command: &events::SEND_CONFIRMATION,
        breaking: ("ShipmentCreated", "pieces"),
        shown: const {
            &[
                Stream::numbered("order", SHOWN),
                Stream::named("inventory", "hamburg"),
            ]
        },
        quiet: Some(utc(2024, 11, 17, 15, 20)),
        interruptions: Vec::new(),
        extra: &[],
        lacks: &[],
    }
}

/// The order that is shown around: amended, its address changed, delivered.
const SHOWN: u64 = 1042;
const FIRST: u64 = 1001;

fn opening() -> Timestamp {
    utc(2024, 11, 4, 5, 0)
}

/// No service ran in these hours; what was due came after them.
fn maintenance() -> Range<Timestamp> {
    utc(2024, 11, 16, 21, 0)..utc(2024, 11, 18, 5, 0)
}

/// The fourth Friday of November: four days of sale.
fn sale() -> Range<Timestamp> {
    utc(2024, 11, 29, 0, 0)..utc(2024, 12, 3, 0, 0)
}

/// From this release on some events carry more (schema version 2).
fn second_release() -> Timestamp {
    utc(2024, 11, 26, 9, 30)
}

/// What the author of the scenario has decided for an order; nothing in the store says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    PaymentFails,
    /// The customer cancels what is paid for and not yet sent.
    Cancelled,
    /// Cancelled, and the refund never comes.
    NeverRefunded,
    /// The payment is taken back after the shipment was created.
    PaidBack,
    /// The payment is taken back after the parcel has left.
    Unpaid,
    /// The payment service never hears of it again.
    NeverPaid,
    /// The warehouse never packs it.
    NeverDispatched,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Card,
    Wallet,
    /// The money comes one or two days later.
    BankTransfer,
}

#[derive(Clone, Debug)]
pub struct Order {
    number: u64,
    customer: u64,
    moves: u64,
    lines: Vec<Line>,
    warehouse: usize,
    method: Method,
    fate: Fate,
    /// On its way back: nothing goes forward any more.
    turned: bool,
}

/// One thing that a service does for an order when its time has come.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Reserve,
    Pay(u32),
    Amend,
    Adjust,
    Redirect,
    MarkPaid,
    CreateShipment,
    Dispatch,
    MarkShipped,
    Pick,
    Deliver,
    Complete,
    AskToCancel,
    TakeBack,
    CancelShipment,
    Refund,
    Release,
    Cancel,
}

/// Something that is to be done at its time.
#[derive(Debug)]
pub enum Task {
    Tick,
    Place,
    Restock(usize, usize),
    Order(u64, Step, Trail),
}

/// The shop.
pub struct Shop {
    arrivals: Arrivals,
    orders: HashMap<u64, Order>,
    placed: u64,
    stock: Stock,
}

type S = Sim<Task>;

/// Events that an order comes to, in hundredths.
const EVENTS_PER_ORDER: u64 = 1010;

impl Shop {
    /// A shop of the size that gives about so many events.
    pub fn new(Scale { events, .. }: Scale) -> Self {
        let span = world().span;
        let orders = (events * 97 / EVENTS_PER_ORDER).max(1);
        Self {
            arrivals: Arrivals::new(span, TICK, orders, weight),
            orders: HashMap::new(),
            placed: 0,
            stock: Stock::new(events),
        }
    }
}

fn weight(at: Timestamp) -> u64 {
    if maintenance().contains(&at) {
        return 0;
    }
    let weekend = if weekday(at) >= 5 { 13 } else { 10 };
    let rush = match midnight(at) {
        day if day == sale().start => 50,
        _ if sale().contains(&at) => 24,
        _ if at >= utc(2024, 12, 9, 0, 0) => 12,
        _ => 10,
    };
    RHYTHM[hour(at)] * weekend * rush
}

impl Story for Shop {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        self.stock.fill(sim);
        sim.at(after(opening(), HOUR / 2), Task::Tick);
        payloads::personal_data(sim);
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        let pause = maintenance();
        if pause.contains(&sim.now()) {
            let into = sim.now().micros() - pause.start.micros();
            let later = after(pause.end, Duration::from_micros((into / 32).unsigned_abs()));
            sim.at(later, task);
            return;
        }
        match task {
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Place),
            Task::Place => self.place(sim),
            Task::Restock(warehouse, article) => self.stock.restock(sim, warehouse, article),
            Task::Order(number, step, trail) => {
                // An order that has come to its end is forgotten.
                if let Some(order) = self.orders.remove(&number)
                    && let Some(order) = self.step(sim, order, step, &trail)
                {
                    self.orders.insert(number, order);
                }
            }
        }
    }
}
