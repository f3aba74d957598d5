//! What the shop sells and what lies on its shelves. One stream for each article, whose payloads
//! always carry the whole count.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::calendar::{DAY, after, working_moment};
use super::super::journal::{Draft, Trail};
use super::super::money::Money;
use super::{Shop, Task};
use crate::model::Timestamp;

const GOODS: [(&str, &str, Money, i64); 14] = [
    ("MUG-BLUE", "Blue mug", Money(1250), 90),
    ("MUG-SAND", "Sand mug", Money(1250), 80),
    ("TEAPOT-1L", "Teapot, 1 litre", Money(4100), 40),
    ("TEA-ASSAM", "Assam, 250 g", Money(1180), 120),
    ("TEA-SENCHA", "Sencha, 100 g", Money(1490), 110),
    ("COFFEE-1KG", "Coffee beans, 1 kg", Money(2195), 120),
    ("GRINDER", "Hand grinder", Money(6900), 30),
    ("KETTLE", "Gooseneck kettle", Money(8900), 25),
    ("DRIPPER", "Dripper, ceramic", Money(2300), 60),
    ("FILTER-100", "Filters, 100 pieces", Money(550), 200),
    ("SCALE", "Kitchen scale", Money(3450), 35),
    ("TOWEL", "Tea towel, linen", Money(990), 70),
    ("HONEY", "Forest honey, 500 g", Money(895), 80),
    ("GIFTBOX", "Gift box", Money(390), 150),
];

/// The free pieces below which an article is ordered from its supplier.
const REORDER_BELOW: i64 = 18;

/// An article and how much of it there is.
#[derive(Debug)]
pub(super) struct Shelf {
    pub sku: &'static str,
    pub name: &'static str,
    pub price: Money,
    on_hand: i64,
    reserved: i64,
    reordered: bool,
}

/// So many pieces of one article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub shelf: usize,
    pub quantity: i64,
}

/// What happens to pieces on a shelf.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    Reserve,
    Release,
    Pick,
    Restore,
}

impl Shelf {
    const fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }

    fn stream(&self) -> String {
        format!("inventory-{}", self.sku)
    }

    fn counts(&self, order: Option<u32>, quantity: i64) -> Value {
        json!({
            // Null outside an order: a merge of payloads then forgets the order before.
            "order_id": order.map(|number| format!("order-{number}")),
            "quantity": quantity,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
            "available": self.available(),
        })
    }
}

pub(super) fn shelves() -> Vec<Shelf> {
    let shelf = |&(sku, name, price, on_hand)| Shelf {
        sku,
        name,
        price,
        on_hand,
        reserved: 0,
        reordered: false,
    };
    GOODS.iter().map(shelf).collect()
}

impl Shop {
    pub(super) fn fill_shelves(&mut self, at: Timestamp) {
        for index in 0..self.shelves.len() {
            let shelf = &self.shelves[index];
            let data = json!({
                "sku": shelf.sku,
                "name": shelf.name,
                "unit_price": shelf.price,
                "currency": "EUR",
                "on_hand": shelf.on_hand,
                "reserved": 0,
                "available": shelf.on_hand,
            });
            let draft = Draft::new(
                "inventory",
                shelf.stream(),
                "ItemListed",
                "inventory-service",
                data,
            );
            let at = after(at, Duration::from_millis(index as u64 * 61));
            let trail = self.journal.start(at);
            self.record(at, &trail, draft);
        }
    }

    /// The first line of which there is not enough.
    pub(super) fn shortage(&self, lines: &[Line]) -> Option<Line> {
        lines
            .iter()
            .copied()
            .find(|line| self.shelves[line.shelf].available() < line.quantity)
    }

    /// Moves every line of an order, one event each; the trail of the last.
    pub(super) fn move_goods(
        &mut self,
        at: Timestamp,
        what: Move,
        (order, lines): (u32, &[Line]),
        trail: &Trail,
    ) -> Trail {
        let mut last = trail.clone();
        for &Line {
            shelf: index,
            quantity,
        } in lines
        {
            let shelf = &mut self.shelves[index];
            let (event_type, on_hand, reserved) = match what {
                Move::Reserve => ("InventoryReserved", 0, quantity),
                Move::Release => ("InventoryReleased", 0, -quantity),
                Move::Pick => ("InventoryPicked", -quantity, -quantity),
                Move::Restore => ("InventoryRestored", quantity, 0),
            };
            shelf.on_hand += on_hand;
            shelf.reserved += reserved;
            let data = shelf.counts(Some(order), quantity);
            let draft = Draft::new(
                "inventory",
                shelf.stream(),
                event_type,
                "inventory-service",
                data,
            );
            if shelf.available() < REORDER_BELOW && !shelf.reordered {
                shelf.reordered = true;
                let ordered = after(at, DAY / 2);
                let due = working_moment(&mut self.rng, ordered, 5, 6..10);
                self.plan(due, Task::Restock(index));
            }
            last = self.record(at, trail, draft);
        }
        last
    }

    pub(super) fn restock(&mut self, at: Timestamp, index: usize) {
        let quantity = self.rng.between(5, 10) * 10;
        let shelf = &mut self.shelves[index];
        shelf.on_hand += quantity;
        shelf.reordered = false;
        let data = shelf.counts(None, quantity);
        let draft = Draft::new(
            "inventory",
            shelf.stream(),
            "StockReceived",
            "warehouse",
            data,
        );
        let trail = self.journal.start(at);
        self.record(at, &trail, draft);
    }
}
