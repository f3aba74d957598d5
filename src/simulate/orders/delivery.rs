//! The second half of an order's way: from the parcel to the customer's door.

use std::time::Duration;

use serde_json::json;

use super::super::calendar::{DAY, after, working_moment};
use super::super::journal::Trail;
use super::goods::Move;
use super::process::{DAYS, MOMENT, ORDER, SHIPMENT};
use super::{Fate, Order, Shop, Step, Task};
use crate::model::Timestamp;

const CARRIERS: [&str; 3] = ["Parcel North", "Velo Courier", "Post"];

impl Shop {
    pub(super) fn ship(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let Order {
            number,
            fate,
            ref lines,
            ..
        } = self.orders[order];
        let lines = lines.clone();
        let carrier = CARRIERS[number as usize % CARRIERS.len()];
        let tracking = format!(
            "{}{:09}",
            &carrier[..1],
            u64::from(number) * 738_113 % 1_000_000_000
        );
        match step {
            Step::CreateShipment if fate == Fate::CustomerCancels => {}
            Step::CreateShipment => {
                let data = self.orders[order].shipment(carrier);
                let trail = self.say(at, order, trail, SHIPMENT, ("ShipmentCreated", data));
                if fate != Fate::NeverDispatched {
                    let packed = after(at, Duration::from_hours(3));
                    let due = working_moment(&mut self.rng, packed, 5, 7..16);
                    self.plan(due, Task::Order(order, Step::Dispatch, trail));
                }
            }
            Step::Dispatch => {
                self.move_goods(at, Move::Pick, (number, &lines), trail);
                let data = json!({ "status": "dispatched", "tracking": tracking });
                let at = after(at, Duration::from_millis(95));
                let trail = self.say(at, order, trail, SHIPMENT, ("ShipmentDispatched", data));
                self.then(at, MOMENT, order, Step::MarkShipped, &trail);
                let sorted = after(at, DAY * 2 / 3);
                let due = working_moment(&mut self.rng, sorted, 6, 8..18);
                self.plan(due, Task::Order(order, Step::Deliver, trail));
            }
            _ => {
                let data = json!({
                    "status": "shipped",
                    "shipment": {
                        "shipment_id": self.orders[order].stream("shipment"),
                        "carrier": carrier,
                        "tracking": tracking,
                    },
                });
                self.say(at, order, trail, ORDER, ("OrderShipped", data));
            }
        }
    }

    pub(super) fn hand_over(&mut self, at: Timestamp, order: usize, step: Step, trail: &Trail) {
        let to = *self
            .rng
            .pick(&["recipient", "recipient", "neighbour", "parcel box"]);
        match step {
            Step::Deliver => {
                let data = json!({ "status": "delivered", "delivered_to": to });
                let trail = self.say(at, order, trail, SHIPMENT, ("ShipmentDelivered", data));
                self.then(at, MOMENT, order, Step::MarkDelivered, &trail);
            }
            Step::MarkDelivered => {
                let data = json!({ "status": "delivered" });
                let trail = self.say(at, order, trail, ORDER, ("OrderDelivered", data));
                let next = match self.orders[order].fate {
                    Fate::Returned | Fate::NeverRefunded => Step::Return,
                    _ => Step::Complete,
                };
                self.then(at, DAYS, order, next, &trail);
            }
            _ => {
                let data = json!({ "status": "completed" });
                self.say(at, order, trail, ORDER, ("OrderCompleted", data));
            }
        }
    }
}
