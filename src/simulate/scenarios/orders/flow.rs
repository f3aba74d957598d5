//! The way of an order through the services: what each does, and what it sets off.

use std::ops::Range;
use std::time::Duration;

use super::super::super::chance::{DAY, HOUR, SECOND, after};
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Stream, Trail};
use super::events::{self, CREATE, DELIVER, DISPATCH, PAYMENT, RESERVE};
use super::payloads::address_json;
use super::stock::{ARTICLES, Line, Move, Stock};
use super::{
    FIRST, Fate, INVENTORY, Method, ORDERS, Order, PAYMENTS, S, SHIPPING, SHOWN, Shop, Step, Task,
    second_release,
};

pub const MINUTES: Range<Duration> = Duration::from_mins(2)..Duration::from_mins(50);
pub const HOURS: Range<Duration> = Duration::from_hours(1)..Duration::from_hours(7);
const OVERNIGHT: Range<Duration> = Duration::from_hours(11)..Duration::from_hours(15);
const DAYS: Range<Duration> = Duration::from_hours(22)..Duration::from_hours(60);
/// How often a payment is tried.
const TRIES: u32 = 4;

pub const fn order(number: u64) -> Stream {
    Stream::numbered("order", number)
}

pub const fn payment(number: u64) -> Stream {
    Stream::numbered("payment", number)
}

pub const fn shipment(number: u64) -> Stream {
    Stream::numbered("shipment", number)
}

impl Shop {
    /// What an order is to become; those of the story by number, the others by chance.
    fn fate(sim: &mut S, number: u64) -> Fate {
        match number {
            SHOWN => return Fate::Delivered,
            1063 | 1119 => return Fate::NeverPaid,
            1088 => return Fate::NeverDispatched,
            1097 => return Fate::NeverRefunded,
            _ => {}
        }
        match sim.rng.below(1000) {
            0..75 => Fate::PaymentFails,
            75..115 => Fate::Cancelled,
            115..135 => Fate::PaidBack,
            135..147 => Fate::Unpaid,
            _ => Fate::Delivered,
        }
    }

    fn basket(sim: &mut S, number: u64) -> Vec<Line> {
        let line = |article, quantity| Line { article, quantity };
        if number == SHOWN {
            return vec![line(0, 3), line(2, 1)];
        }
        let count: usize = [1, 1, 1, 1, 2, 2, 2, 3][sim.rng.below(8) as usize];
        let first = sim.rng.below(ARTICLES.len() as u64) as usize;
        let quantities = [1, 1, 1, 2, 2, 3];
        (0..count)
            .map(|nth| {
                line(
                    (first + nth * 5) % ARTICLES.len(),
                    *sim.rng.pick(&quantities),
                )
            })
            .collect()
    }

    /// A customer places an order; one in fifty is two, each for its own warehouse.
    pub fn place(&mut self, sim: &mut S) {
        if sim.rng.chance(20) {
            let stream = order(FIRST + self.placed);
            sim.rejected("PlaceOrder", stream, "the basket is empty");
        }
        let trail = sim.command("PlaceOrder", order(FIRST + self.placed));
        self.place_one(sim, &trail);
        if sim.rng.chance(20) {
            self.place_one(sim, &trail);
        }
    }

    fn place_one(&mut self, sim: &mut S, trail: &Trail) {
        let number = FIRST + self.placed;
        self.placed += 1;
        let fate = Self::fate(sim, number);
        let customer = sim.rng.below(40 + self.placed * 2 / 3);
        let method = match sim.rng.below(10) {
            _ if number == SHOWN => Method::BankTransfer,
            0..=5 => Method::Card,
            6..=7 => Method::Wallet,
            _ => Method::BankTransfer,
        };
        let placed = Order {
            number,
            customer,
            moves: 0,
            lines: Self::basket(sim, number),
            warehouse: Stock::warehouse_of(customer),
            method,
            fate,
            turned: false,
        };
        let kind = if sim.now() < second_release() {
            &events::PLACED
        } else {
            &events::PLACED_2
        };
        let trail = sim.saga(trail, order(number));
        let draft = Draft::new(order(number), kind, placed.placed(sim.now()));
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(RESERVE)]));
        sim.when_handled(INVENTORY, Task::Order(number, Step::Reserve, trail));
        self.orders.insert(number, placed);
    }

    /// Does one step of an order; the order, unless it has come to its end.
    pub fn step(&mut self, sim: &mut S, order: Order, step: Step, trail: &Trail) -> Option<Order> {
        if order.turned && !step.is_backward() {
            return Some(order);
        }
        match step {
            Step::Reserve => self.reserve(sim, order, trail),
            Step::Pay(attempt) => Some(pay(sim, order, attempt, trail)),
            Step::Amend => Some(amend(sim, order, trail)),
            Step::Redirect => Some(redirect(sim, order, trail)),
            Step::Adjust | Step::Pick => Some(self.move_goods(sim, order, step, trail)),
            Step::MarkPaid | Step::MarkShipped => Some(tell(sim, order, step, trail)),
            Step::CreateShipment => Some(create_shipment(sim, order, trail)),
            Step::Dispatch => Some(dispatch(sim, order, trail)),
            Step::Deliver => Some(deliver(sim, order, trail)),
            Step::Complete => complete(sim, &order, trail),
            _ => self.undo(sim, order, step, trail),
        }
    }

    fn reserve(&mut self, sim: &mut S, order: Order, trail: &Trail) -> Option<Order> {
        let Order {
            number,
            warehouse,
            method,
            ..
        } = order;
        let stream = Stock::stream(warehouse);
        if let Some((line, available)) = self.stock.shortage(warehouse, &order.lines) {
            let missing = Json::object()
                .text("sku", ARTICLES[line.article].sku)
                .int("wanted", line.quantity)
                .int("available", available);
            let data = Json::object()
                .shown("order_id", format_args!("order-{number}"))
                .object_at("missing", missing)
                .end();
            let draft = Draft::new(stream, &events::REJECTED, data)
                .marks(&[Mark::Fail(RESERVE)])
                .failure(business("out of stock"));
            let trail = sim.record(trail, draft);
            sim.when_handled(ORDERS, Task::Order(number, Step::Cancel, trail));
            return Some(order);
        }
        let moved = (Move::Reserve, warehouse);
        let data = self.stock.moved(sim, moved, (number, &order.lines), None);
        let draft = Draft::new(stream, &events::RESERVED, data);
        let marks = &[Mark::Done(RESERVE), Mark::Begin(PAYMENT)];
        let trail = sim.record(trail, draft.marks(marks));
        if method == Method::BankTransfer {
            if number == SHOWN || sim.rng.chance(200) {
                sim.after(MINUTES, Task::Order(number, Step::Amend, trail));
            }
            sim.after(DAYS, Task::Order(number, Step::Pay(1), trail));
        } else {
            sim.when_handled(PAYMENTS, Task::Order(number, Step::Pay(1), trail));
        }
        if number == SHOWN {
            sim.after(OVERNIGHT, Task::Order(number, Step::Redirect, trail));
        }
        Some(order)
    }

    fn move_goods(&mut self, sim: &mut S, order: Order, step: Step, trail: &Trail) -> Order {
        let one_less = [Line {
            quantity: 1,
            ..order.lines[0]
        }];
        let (what, kind, lines) = match step {
            Step::Adjust => (Move::Release, &events::ADJUSTED, &one_less[..]),
            _ => (Move::Pick, &events::PICKED, &order.lines[..]),
        };
        let moved = (what, order.warehouse);
        let data = self.stock.moved(sim, moved, (order.number, lines), None);
        sim.note(
            trail,
            Draft::new(Stock::stream(order.warehouse), kind, data),
        );
        order
    }
}

impl Step {
    const fn is_backward(self) -> bool {
        matches!(
            self,
            Self::CancelShipment | Self::Refund | Self::Release | Self::Cancel
        )
    }
}

pub const fn business(reason: &'static str) -> Failure {
    let class = Class::Business;
    Failure { class, reason }
}

fn pay(sim: &mut S, order: Order, attempt: u32, trail: &Trail) -> Order {
    let number = order.number;
    match order.fate {
        Fate::NeverPaid => return order,
        Fate::PaymentFails => {
            let reasons = ["card_declined", "insufficient_funds", "expired_card"];
            let reason = *sim.rng.pick(&reasons);
            let draft = Draft::new(payment(number), &events::FAILED, order.failed(reason));
            const TURN: &[Mark] = &[
                Mark::Fail(PAYMENT),
                Mark::Now(Status::Compensating),
                Mark::Undo(RESERVE),
            ];
            let trail = sim.record(trail, draft.marks(TURN).failure(business(reason)));
            sim.when_handled(INVENTORY, Task::Order(number, Step::Release, trail));
            return Order {
                turned: true,
                ..order
            };
        }
        _ => {}
    }
    if order.method != Method::BankTransfer && attempt < TRIES && sim.rng.chance(70) {
        let pause = 2_u64 << attempt;
        let data = order
            .payment("declined")
            .int("attempt", attempt.into())
            .text("reason", "the provider does not answer")
            .int("next_attempt_in_s", pause as i64)
            .end();
        let draft = Draft::new(payment(number), &events::DECLINED, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Again(PAYMENT)]));
        let pause = Duration::from_secs(pause);
        let again = Task::Order(number, Step::Pay(attempt + 1), trail);
        sim.after(pause..pause + SECOND / 2, again);
        return order;
    }
    let kind = if sim.now() < second_release() {
        &events::PROCESSED
    } else {
        &events::PROCESSED_2
    };
    let reference = sim.rng.bits() >> 16;
    let data = order.processed(sim.now(), reference);
    let marks = &[Mark::Done(PAYMENT), Mark::Begin(CREATE)];
    let trail = sim.record(trail, Draft::new(payment(number), kind, data).marks(marks));
    sim.when_handled(ORDERS, Task::Order(number, Step::MarkPaid, trail));
    sim.when_handled(SHIPPING, Task::Order(number, Step::CreateShipment, trail));
    order
}

fn amend(sim: &mut S, mut order: Order, trail: &Trail) -> Order {
    if order.lines[0].quantity < 2 {
        return order;
    }
    order.lines[0].quantity -= 1;
    let draft = Draft::new(self::order(order.number), &events::AMENDED, order.amended());
    let trail = sim.record(trail, draft);
    sim.when_handled(INVENTORY, Task::Order(order.number, Step::Adjust, trail));
    order
}

fn redirect(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let moved = Order {
        moves: order.moves + 1,
        ..order
    };
    let data = Json::object()
        .object_at(
            "old",
            address_json(
                Order {
                    moves: moved.moves - 1,
                    ..moved.clone()
                }
                .address(),
            ),
        )
        .object_at("new", address_json(moved.address()))
        .end();
    sim.note(
        trail,
        Draft::new(self::order(moved.number), &events::REDIRECTED, data),
    );
    moved
}

/// The order's own stream says what the others did.
fn tell(sim: &mut S, order: Order, step: Step, trail: &Trail) -> Order {
    let (kind, data) = match step {
        Step::MarkPaid => (&events::PAID, order.paid()),
        _ => (&events::SHIPPED, order.shipped()),
    };
    sim.note(trail, Draft::new(self::order(order.number), kind, data));
    order
}

fn create_shipment(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let number = order.number;
    let draft = Draft::new(
        shipment(number),
        &events::SHIPMENT_CREATED,
        order.shipment(),
    );
    let marks = &[Mark::Done(CREATE), Mark::Begin(DISPATCH)];
    let trail = sim.record(trail, draft.marks(marks));
    match order.fate {
        Fate::NeverDispatched => return order,
        Fate::Cancelled | Fate::NeverRefunded => {
            sim.after(MINUTES, Task::Order(number, Step::AskToCancel, trail));
        }
        Fate::PaidBack => sim.after(MINUTES, Task::Order(number, Step::TakeBack, trail)),
        _ => {}
    }
    let packed = after(sim.now(), HOUR * 3);
    sim.at_work(packed, 5, 7..16, Task::Order(number, Step::Dispatch, trail));
    order
}

fn dispatch(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let number = order.number;
    let data = Json::object()
        .text("status", "dispatched")
        .text("tracking", &order.tracking())
        .end();
    let draft = Draft::new(shipment(number), &events::DISPATCHED, data);
    let marks = &[Mark::Done(DISPATCH), Mark::Begin(DELIVER)];
    let trail = sim.record(trail, draft.marks(marks));
    sim.when_handled(ORDERS, Task::Order(number, Step::MarkShipped, trail));
    sim.when_handled(INVENTORY, Task::Order(number, Step::Pick, trail));
    if order.fate == Fate::Unpaid {
        sim.after(HOURS, Task::Order(number, Step::TakeBack, trail));
    }
    let sorted = after(sim.now(), DAY * 2 / 3);
    sim.at_work(sorted, 6, 8..18, Task::Order(number, Step::Deliver, trail));
    order
}

fn deliver(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let places = ["recipient", "recipient", "neighbour", "parcel box"];
    let data = Json::object()
        .text("status", "delivered")
        .text("delivered_to", sim.rng.pick::<&str>(&places))
        .end();
    let draft = Draft::new(shipment(order.number), &events::DELIVERED, data);
    let trail = sim.record(trail, draft.marks(&[Mark::Done(DELIVER)]));
    sim.when_handled(ORDERS, Task::Order(order.number, Step::Complete, trail));
    order
}

fn complete(sim: &mut S, order: &Order, trail: &Trail) -> Option<Order> {
    let data = Json::object().text("status", "completed").end();
    let draft = Draft::new(self::order(order.number), &events::COMPLETED, data);
    sim.note(trail, draft.marks(&[Mark::Now(Status::Completed)]));
    seal(sim, order.number);
    None
}

/// Nothing more will come of an order.
pub fn seal(sim: &mut S, number: u64) {
    for stream in [order(number), payment(number), shipment(number)] {
        sim.seal(stream);
    }
}
