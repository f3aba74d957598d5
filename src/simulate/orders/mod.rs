//! A shop by choreography: each service reacts to the events of the others, and nobody owns the
//! process. Seven weeks before Christmas, with one weekend of maintenance and one sale.

mod customers;
mod delivery;
mod goods;
mod payloads;
mod process;
mod side;

use std::time::Duration;

pub(super) use side::{SideTables, side_tables};

use self::customers::{Change, Customer};
use self::goods::{Line, Shelf};
use super::agenda::Agenda;
use super::calendar::{after, hour, midnight, utc, weekday};
use super::journal::{Draft, Event, Journal, Trail};
use super::people::Address;
use super::rng::{Rng, Seed};
use crate::model::Timestamp;

/// The number of the first order that the store holds.
const FIRST_ORDER: u32 = 1001;
const TICK: Duration = Duration::from_mins(5);

/// Orders placed in a thousand ticks of an ordinary weekday, by the hour in UTC.
const RHYTHM: [u64; 24] = [
    2, 1, 1, 0, 1, 4, 8, 12, 15, 17, 18, 20, 23, 20, 17, 17, 20, 23, 30, 38, 40, 32, 18, 8,
];

/// What the author of the scenario has decided for an order; nothing in the store says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    PaymentFails,
    CustomerCancels,
    Returned,
    /// Returned, the refund requested and never issued.
    NeverRefunded,
    /// Authorised, and the payment service never heard of again.
    NeverCaptured,
    /// A shipment was created that the warehouse never packed.
    NeverDispatched,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Card,
    Wallet,
    /// Authorised at once, captured when the money has come, one or two days later.
    BankTransfer,
}

#[derive(Debug)]
struct Order {
    number: u32,
    customer: usize,
    lines: Vec<Line>,
    method: Method,
    fate: Fate,
    address: Address,
}

/// One thing that a service does for an order when its time has come.
#[derive(Clone, Copy, Debug)]
enum Step {
    Reserve,
    Authorize,
    Amend,
    Capture,
    FailPayment,
    Release,
    CancelUnpaid,
    MarkPaid,
    ChangeAddress,
    CreateShipment,
    Dispatch,
    MarkShipped,
    Deliver,
    MarkDelivered,
    Complete,
    Return,
    Restore,
    CancelPaid,
    RequestRefund,
    IssueRefund,
    MarkRefunded,
}

#[derive(Debug)]
enum Task {
    Tick,
    Arrive,
    Place(usize),
    Change(usize, Change),
    Restock(usize),
    Order(usize, Step, Trail),
}

struct Shop {
    rng: Rng,
    agenda: Agenda<Task>,
    journal: Journal,
    customers: Vec<Customer>,
    shelves: Vec<Shelf>,
    orders: Vec<Order>,
}

fn opening() -> Timestamp {
    utc(2024, 11, 4, 5, 0)
}

/// The moment at which the file was copied; what was planned for later has not happened.
fn closing() -> Timestamp {
    utc(2024, 12, 20, 18, 0)
}

/// No service ran in these hours; what was due came after them.
fn maintenance() -> std::ops::Range<Timestamp> {
    utc(2024, 11, 16, 21, 0)..utc(2024, 11, 18, 5, 0)
}

/// The fourth Friday of November: four days of sale.
fn sale() -> std::ops::Range<Timestamp> {
    utc(2024, 11, 29, 0, 0)..utc(2024, 12, 3, 0, 0)
}

/// From this release on some events carry more (schema version 2).
fn second_release() -> Timestamp {
    utc(2024, 11, 26, 9, 30)
}

/// The shop's whole log.
pub(super) fn simulate(seed: Seed) -> Vec<Event> {
    let mut shop = Shop {
        rng: Rng::new(seed),
        agenda: Agenda::new(),
        journal: Journal::new(seed),
        customers: Vec::new(),
        shelves: goods::shelves(),
        orders: Vec::new(),
    };
    shop.fill_shelves(opening());
    shop.plan(opening(), Task::Tick);
    while let Some((at, task)) = shop.agenda.next(closing()) {
        match task {
            Task::Tick => shop.tick(at),
            Task::Arrive => shop.arrive(at),
            Task::Place(customer) => shop.place(at, customer),
            Task::Change(customer, change) => shop.change_customer(at, customer, change),
            Task::Restock(shelf) => shop.restock(at, shelf),
            Task::Order(order, step, trail) => shop.step(at, order, step, &trail),
        }
    }
    shop.journal.events
}

impl Shop {
    /// Plans a task; one that falls into the maintenance comes within the hour after it.
    fn plan(&mut self, at: Timestamp, task: Task) {
        let pause = maintenance();
        let at = if pause.contains(&at) {
            let into = at.micros() - pause.start.micros();
            after(pause.end, Duration::from_micros((into / 32).unsigned_abs()))
        } else {
            at
        };
        self.agenda.plan(at, task);
    }

    fn record(&mut self, at: Timestamp, trail: &Trail, mut draft: Draft) -> Trail {
        let extended = matches!(draft.event_type, "OrderPlaced" | "PaymentCaptured");
        if extended && at >= second_release() {
            draft.schema_version = 2;
        }
        self.journal.record(at, trail, draft)
    }

    /// Five minutes of customers coming by.
    fn tick(&mut self, at: Timestamp) {
        let weekend = if weekday(at) >= 5 { 13 } else { 10 };
        let rush = match midnight(at) {
            day if day == sale().start => 50,
            _ if sale().contains(&at) => 24,
            _ if at >= utc(2024, 12, 9, 0, 0) => 12,
            _ => 10,
        };
        if !maintenance().contains(&at) && self.rng.chance(RHYTHM[hour(at)] * weekend * rush / 100)
        {
            let moment = after(at, self.rng.delay(Duration::ZERO, TICK));
            self.plan(moment, Task::Arrive);
        }
        self.plan(after(at, TICK), Task::Tick);
    }
}

#[cfg(test)]
mod tests;
