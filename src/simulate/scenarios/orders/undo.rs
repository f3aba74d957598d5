//! The way back: what is undone when a payment fails or somebody changes their mind, in the order in
//! which the services hear of it.

use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Trail};
use super::events::{self, CREATE, PAYMENT, RESERVE};
use super::flow::{HOURS, business, order, payment, seal, shipment};
use super::stock::{Move, Stock};
use super::{Fate, INVENTORY, ORDERS, Order, S, SHIPPING, Shop, Step, Task};

impl Shop {
    pub fn undo(&mut self, sim: &mut S, order: Order, step: Step, trail: &Trail) -> Option<Order> {
        match step {
            Step::AskToCancel => Some(ask_to_cancel(sim, order, trail)),
            Step::TakeBack => Some(take_back(sim, order, trail)),
            Step::CancelShipment => Some(cancel_shipment(sim, order, trail)),
            Step::Refund => Some(refund(sim, order, trail)),
            Step::Release => Some(self.release(sim, order, trail)),
            _ => cancel(sim, &order, trail),
        }
    }

    fn release(&mut self, sim: &mut S, order: Order, trail: &Trail) -> Order {
        let moved = (Move::Release, order.warehouse);
        let lines = (order.number, &order.lines[..]);
        let reason = order.reason();
        let data = self.stock.moved(sim, moved, lines, Some(reason));
        let draft = Draft::new(Stock::stream(order.warehouse), &events::RELEASED, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Undone(RESERVE)]));
        sim.when_handled(ORDERS, Task::Order(order.number, Step::Cancel, trail));
        order
    }
}

impl Order {
    const fn reason(&self) -> &'static str {
        match self.fate {
            Fate::Cancelled | Fate::NeverRefunded => "cancelled by the customer",
            Fate::PaidBack => "direct debit returned",
            Fate::Unpaid => "direct debit returned, parcel on its way",
            Fate::PaymentFails => "payment failed",
            _ => "out of stock",
        }
    }
}

fn ask_to_cancel(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let cancellation = Json::object()
        .text("reason", "changed mind")
        .text("by", "customer");
    let data = Json::object()
        .text("status", "cancelling")
        .object_at("cancellation", cancellation)
        .end();
    let draft = Draft::new(self::order(order.number), &events::CANCEL_REQUESTED, data)
        .marks(&[Mark::Now(Status::Compensating), Mark::Undo(CREATE)])
        .failure(business("cancelled by the customer"));
    let trail = sim.record(trail, draft);
    sim.when_handled(
        SHIPPING,
        Task::Order(order.number, Step::CancelShipment, trail),
    );
    Order {
        turned: true,
        ..order
    }
}

/// The bank takes the payment back.
fn take_back(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let reason = "direct debit returned";
    let class = match order.fate {
        Fate::Unpaid => Class::Unrecoverable,
        _ => Class::Business,
    };
    let draft = Draft::new(payment(order.number), &events::FAILED, order.failed(reason))
        .marks(&[
            Mark::Fail(PAYMENT),
            Mark::Now(Status::Compensating),
            Mark::Undo(CREATE),
        ])
        .failure(Failure { class, reason });
    let trail = sim.record(trail, draft);
    sim.when_handled(
        SHIPPING,
        Task::Order(order.number, Step::CancelShipment, trail),
    );
    Order {
        turned: true,
        ..order
    }
}

fn cancel_shipment(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let number = order.number;
    if order.fate == Fate::Unpaid {
        let data = Json::object()
            .text("recall", "failed")
            .text("reason", "the parcel is on its way")
            .end();
        let trail = sim.record(
            trail,
            Draft::new(shipment(number), &events::RECALL_FAILED, data),
        );
        sim.when_handled(ORDERS, Task::Order(number, Step::Cancel, trail));
        return order;
    }
    let data = Json::object()
        .text("status", "cancelled")
        .text("reason", order.reason())
        .end();
    let draft = Draft::new(shipment(number), &events::SHIPMENT_CANCELLED, data);
    if order.fate == Fate::PaidBack {
        let marks = &[Mark::Undone(CREATE), Mark::Undo(RESERVE)];
        let trail = sim.record(trail, draft.marks(marks));
        sim.when_handled(INVENTORY, Task::Order(number, Step::Release, trail));
        return order;
    }
    let marks = &[Mark::Undone(CREATE), Mark::Undo(PAYMENT)];
    let trail = sim.record(trail, draft.marks(marks));
    if order.fate != Fate::NeverRefunded {
        // Somebody looks at it before money is sent back.
        sim.after(HOURS, Task::Order(number, Step::Refund, trail));
    }
    order
}

fn refund(sim: &mut S, order: Order, trail: &Trail) -> Order {
    let reference = sim.rng.bits() >> 24;
    let refund = Json::object()
        .money("amount", order.total())
        .text("currency", "EUR")
        .shown("reference", format_args!("rf_{reference:010x}"));
    let data = Json::object()
        .text("status", "refunded")
        .object_at("refund", refund)
        .end();
    let draft = Draft::new(payment(order.number), &events::REFUNDED, data);
    let marks = &[Mark::Undone(PAYMENT), Mark::Undo(RESERVE)];
    let trail = sim.record(trail, draft.marks(marks));
    sim.when_handled(INVENTORY, Task::Order(order.number, Step::Release, trail));
    order
}

fn cancel(sim: &mut S, order: &Order, trail: &Trail) -> Option<Order> {
    let cancellation = Json::object().text("reason", order.reason());
    let data = Json::object()
        .text("status", "cancelled")
        .object_at("cancellation", cancellation)
        .end();
    let undone = order.turned && order.fate != Fate::Unpaid;
    let marks: &'static [Mark] = if undone {
        &[Mark::Now(Status::Compensated)]
    } else {
        &[Mark::Now(Status::Failed)]
    };
    let draft = Draft::new(self::order(order.number), &events::CANCELLED, data);
    sim.note(trail, draft.marks(marks));
    seal(sim, order.number);
    None
}
