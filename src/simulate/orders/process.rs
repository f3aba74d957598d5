//! The way of an order through the services: what each does, and what it sets off.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::calendar::after;
use super::super::journal::{Draft, Trail};
use super::super::people::Address;
use super::goods::{Line, Move};
use super::{FIRST_ORDER, Fate, Method, Order, Shop, Step, Task};
use crate::model::Timestamp;

pub(super) const MOMENT: (Duration, Duration) =
    (Duration::from_millis(60), Duration::from_millis(900));
const SECONDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(9));
const MINUTES: (Duration, Duration) = (Duration::from_mins(2), Duration::from_mins(50));
const HOURS: (Duration, Duration) = (Duration::from_hours(1), Duration::from_hours(7));
const OVERNIGHT: (Duration, Duration) = (Duration::from_hours(11), Duration::from_hours(15));
pub(super) const DAYS: (Duration, Duration) = (Duration::from_hours(22), Duration::from_hours(60));

const DECLINED: [&str; 3] = ["card_declined", "insufficient_funds", "expired_card"];
const RETURNED: [&str; 3] = ["damaged on arrival", "not as described", "changed mind"];

/// The order of the README: amended, its address changed, delivered.
const SHOWN: u32 = 1042;

impl Shop {
    /// What an order is to become; those of the story by number, the others by chance.
    fn fate(&mut self, number: u32) -> Fate {
        match number {
            SHOWN => return Fate::Delivered,
            1077 | 1196 => return Fate::NeverCaptured,
            1148 => return Fate::NeverDispatched,
            1093 => return Fate::NeverRefunded,
            _ => {}
        }
        match self.rng.below(100) {
            0..=6 => Fate::PaymentFails,
            7..=10 => Fate::CustomerCancels,
            11..=16 => Fate::Returned,
            _ => Fate::Delivered,
        }
    }

    fn basket(&mut self, number: u32) -> Vec<Line> {
        if number == SHOWN {
            return vec![
                Line {
                    shelf: 0,
                    quantity: 3,
                },
                Line {
                    shelf: 2,
                    quantity: 1,
                },
            ];
        }
        let count: usize = [1, 1, 1, 1, 2, 2, 2, 3][self.rng.below(8) as usize];
        let first = self.rng.below(self.shelves.len() as u64) as usize;
        let mut line = |nth| {
            let shelf = (first + nth * 5) % self.shelves.len();
            Line {
                shelf,
                quantity: [1, 1, 1, 2, 2, 3][self.rng.below(6) as usize],
            }
        };
        (0..count).map(&mut line).collect()
    }

    /// A customer places an order.
    pub(super) fn place(&mut self, at: Timestamp, customer: usize) {
        let number = FIRST_ORDER + self.orders.len() as u32;
        let fate = self.fate(number);
        let lines = self.basket(number);
        let method = match self.rng.below(10) {
            _ if number == SHOWN => Method::BankTransfer,
            0..=5 => Method::Card,
            6..=7 => Method::Wallet,
            _ => Method::BankTransfer,
        };
        let (customer_id, name, address) = self.customer_name(customer);
        let order = Order {
            number,
            customer,
            lines,
            method,
            fate,
            address,
        };
        let data = order.placed(at, (&customer_id, name), &self.shelves);
        let draft = Draft::new("order", order.stream("order"), "OrderPlaced", "shop", data);
        let trail = self.journal.start(at);
        let trail = self.record(at, &trail, draft);
        self.orders.push(order);
        self.then(at, MOMENT, self.orders.len() - 1, Step::Reserve, &trail);
    }

    /// Plans what an event sets off, some time after it.
    pub(super) fn then(
        &mut self,
        at: Timestamp,
        (low, high): (Duration, Duration),
        order: usize,
        step: Step,
        trail: &Trail,
    ) {
        let due = after(at, self.rng.delay(low, high));
        self.plan(due, Task::Order(order, step, trail.clone()));
    }

    /// Does one step of an order and plans the next.
    pub(super) fn step(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        match step {
            Step::Reserve => self.reserve(at, order, trail),
            Step::Authorize | Step::FailPayment | Step::Capture => {
                self.pay(at, order, step, trail);
            }
            Step::Release | Step::Restore | Step::Amend => self.put_back(at, order, step, trail),
            Step::CancelUnpaid | Step::CancelPaid | Step::Return => {
                self.give_up(at, order, step, trail);
            }
            Step::MarkPaid | Step::ChangeAddress => self.prepare(at, order, step, trail),
            Step::CreateShipment | Step::Dispatch | Step::MarkShipped => {
                self.ship(at, order, step, trail);
            }
            Step::Deliver | Step::MarkDelivered | Step::Complete => {
                self.hand_over(at, order, step, trail);
            }
            Step::RequestRefund | Step::IssueRefund | Step::MarkRefunded => {
                self.refund(at, order, step, trail);
            }
        }
    }

    pub(super) fn say(
        &mut self,
        at: Timestamp,
        order: usize,
        trail: &Trail,
        (category, service): (&'static str, &'static str),
        (event_type, data): (&'static str, Value),
    ) -> Trail {
        let stream = self.orders[order].stream(category);
        self.record(
            at,
            trail,
            Draft::new(category, stream, event_type, service, data),
        )
    }

    fn reserve(&mut self, at: Timestamp, order: usize, trail: &Trail) {
        let Order {
            number,
            fate,
            ref lines,
            ..
        } = self.orders[order];
        let lines = lines.clone();
        if let Some(line) = self.shortage(&lines) {
            let sku = self.shelves[line.shelf].sku;
            let cancelled = json!({
                "status": "cancelled",
                "cancellation": { "reason": "out of stock", "sku": sku },
            });
            self.say(at, order, trail, ORDER, ("OrderCancelled", cancelled));
            return;
        }
        let trail = self.move_goods(at, Move::Reserve, (number, &lines), trail);
        let next = if fate == Fate::PaymentFails {
            Step::FailPayment
        } else {
            Step::Authorize
        };
        self.then(at, SECONDS, order, next, &trail);
    }

    fn pay(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let Order {
            fate,
            method,
            number,
            ..
        } = self.orders[order];
        let reference = self.rng.bits() >> 16;
        let reason = *self.rng.pick(&DECLINED);
        let entry = &self.orders[order];
        let said = match step {
            Step::Capture => ("PaymentCaptured", entry.captured(at, &self.shelves)),
            Step::FailPayment => ("PaymentFailed", entry.payment_failed(&self.shelves, reason)),
            _ => (
                "PaymentAuthorized",
                entry.authorized(&self.shelves, reference),
            ),
        };
        let trail = self.say(at, order, trail, PAYMENT, said);
        match step {
            Step::Capture => {
                self.then(at, MOMENT, order, Step::MarkPaid, &trail);
                self.then(at, MINUTES, order, Step::CreateShipment, &trail);
            }
            Step::FailPayment => self.then(at, MOMENT, order, Step::Release, &trail),
            _ if fate == Fate::NeverCaptured => {}
            _ if method == Method::BankTransfer => {
                if number == SHOWN || self.rng.chance(200) {
                    self.then(at, MINUTES, order, Step::Amend, &trail);
                }
                if number == SHOWN {
                    self.then(at, OVERNIGHT, order, Step::ChangeAddress, &trail);
                }
                self.then(at, DAYS, order, Step::Capture, &trail);
            }
            _ => self.then(at, SECONDS, order, Step::Capture, &trail),
        }
    }

    /// Puts goods back that were reserved or had been sent.
    fn put_back(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let Order {
            number, ref lines, ..
        } = self.orders[order];
        let lines = lines.clone();
        match step {
            Step::Amend => {
                let Some(line) = self.orders[order].lines.iter_mut().find(|l| l.quantity > 1)
                else {
                    return;
                };
                line.quantity -= 1;
                let less = Line {
                    quantity: 1,
                    ..*line
                };
                let data = self.orders[order].amended(&self.shelves);
                let trail = self.say(at, order, trail, ORDER, ("OrderAmended", data));
                let at = after(at, Duration::from_millis(420));
                self.move_goods(at, Move::Release, (number, &[less]), &trail);
            }
            Step::Restore => {
                self.move_goods(at, Move::Restore, (number, &lines), trail);
            }
            _ => {
                let trail = self.move_goods(at, Move::Release, (number, &lines), trail);
                if self.orders[order].fate == Fate::PaymentFails {
                    self.then(at, MOMENT, order, Step::CancelUnpaid, &trail);
                }
            }
        }
    }

    fn give_up(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let reason = *self.rng.pick(&RETURNED);
        let cancelled =
            |reason: &str| json!({ "status": "cancelled", "cancellation": { "reason": reason } });
        let said = match step {
            Step::Return => {
                let data = json!({ "status": "returned", "return": { "reason": reason } });
                ("OrderReturned", data)
            }
            Step::CancelPaid => ("OrderCancelled", cancelled("customer changed their mind")),
            _ => ("OrderCancelled", cancelled("payment failed")),
        };
        let trail = self.say(at, order, trail, ORDER, said);
        match step {
            Step::Return => {
                self.then(at, SECONDS, order, Step::RequestRefund, &trail);
                self.then(at, HOURS, order, Step::Restore, &trail);
            }
            Step::CancelPaid => {
                self.then(at, MOMENT, order, Step::Release, &trail);
                self.then(at, SECONDS, order, Step::RequestRefund, &trail);
            }
            _ => {}
        }
    }

    fn prepare(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        if matches!(step, Step::ChangeAddress) {
            let new = Address::any(&mut self.rng);
            let old = std::mem::replace(&mut self.orders[order].address, new.clone());
            let data = json!({ "old": old, "new": new });
            self.say(at, order, trail, ORDER, ("ShippingAddressChanged", data));
            return;
        }
        let data = self.orders[order].paid(&self.shelves);
        let trail = self.say(at, order, trail, ORDER, ("OrderPaid", data));
        let Order {
            customer,
            fate,
            method,
            ..
        } = self.orders[order];
        self.count_order(at, customer, &trail);
        if fate == Fate::CustomerCancels {
            // Before the shipment is created, which then finds the order cancelled.
            self.then(at, SECONDS, order, Step::CancelPaid, &trail);
        } else if method != Method::BankTransfer && self.rng.chance(60) {
            // Soon enough to reach the shipment too.
            self.then(at, SECONDS, order, Step::ChangeAddress, &trail);
        }
    }

    fn refund(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let entry = &self.orders[order];
        let (fate, amount) = (entry.fate, entry.total(&self.shelves));
        match step {
            Step::RequestRefund => {
                let data = json!({ "status": "refund_requested", "refund": { "amount": amount } });
                let trail = self.say(at, order, trail, PAYMENT, ("RefundRequested", data));
                if fate != Fate::NeverRefunded {
                    self.then(at, HOURS, order, Step::IssueRefund, &trail);
                }
            }
            Step::IssueRefund => {
                let reference = format!("rf_{:010x}", self.rng.bits() >> 24);
                let data = json!({ "status": "refunded", "refund": { "reference": reference } });
                let trail = self.say(at, order, trail, PAYMENT, ("RefundIssued", data));
                self.then(at, MOMENT, order, Step::MarkRefunded, &trail);
            }
            _ => {
                let mut data = json!({ "refund": { "amount": amount } });
                if fate == Fate::Returned {
                    data["status"] = json!("refunded");
                }
                self.say(at, order, trail, ORDER, ("OrderRefunded", data));
            }
        }
    }
}

pub(super) const ORDER: (&str, &str) = ("order", "order-service");
pub(super) const PAYMENT: (&str, &str) = ("payment", "payment-service");
pub(super) const SHIPMENT: (&str, &str) = ("shipment", "shipping-service");
