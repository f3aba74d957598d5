//! What the shop sells and what lies in its warehouses. One stream for each warehouse, whose events
//! carry the new counts of what they moved: merged, they are the whole stock.

use super::super::super::chance::{DAY, Money, after};
use super::super::super::json::Json;
use super::super::super::kernel::{Draft, Stream};
use super::{S, Task, events};

/// An article: its number, its name, its price, and how many lie in a small shop's warehouse.
pub struct Article {
    pub sku: &'static str,
    pub name: &'static str,
    pub price: Money,
    stock: i64,
}

const fn article(sku: &'static str, name: &'static str, cents: i64, stock: i64) -> Article {
    Article {
        sku,
        name,
        price: Money(cents),
        stock,
    }
}

pub const ARTICLES: [Article; 14] = [
    article("MUG-BLUE", "Blue mug", 1250, 24),
    article("MUG-SAND", "Sand mug", 1250, 22),
    article("TEAPOT-1L", "Teapot, 1 litre", 4100, 12),
    article("TEA-ASSAM", "Assam, 250 g", 1180, 30),
    article("TEA-SENCHA", "Sencha, 100 g", 1490, 28),
    article("COFFEE-1KG", "Coffee beans, 1 kg", 2195, 30),
    article("GRINDER", "Hand grinder", 6900, 9),
    article("KETTLE", "Gooseneck kettle", 8900, 8),
    article("DRIPPER", "Dripper, ceramic", 2300, 16),
    article("FILTER-100", "Filters, 100 pieces", 550, 40),
    article("SCALE", "Kitchen scale", 3450, 10),
    article("TOWEL", "Tea towel, linen", 990, 18),
    article("HONEY", "Forest honey, 500 g", 895, 20),
    article("GIFTBOX", "Gift box", 390, 30),
];

const WAREHOUSES: [&str; 3] = ["hamburg", "antwerpen", "wien"];

/// So many pieces of one article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub article: usize,
    pub quantity: i64,
}

/// What happens to pieces in a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Reserve,
    Release,
    Pick,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    on_hand: i64,
    reserved: i64,
    reordered: bool,
}

#[derive(Debug)]
pub struct Stock {
    counts: [[Count; ARTICLES.len()]; WAREHOUSES.len()],
    deliveries: u64,
    /// How many times larger than a small shop.
    scale: i64,
}

impl Stock {
    pub fn new(events: u64) -> Self {
        Self {
            counts: Default::default(),
            deliveries: 0,
            scale: (events / 2500).max(1) as i64,
        }
    }

    pub fn stream(warehouse: usize) -> Stream {
        Stream::named("inventory", WAREHOUSES[warehouse])
    }

    /// The warehouse that serves a customer.
    pub const fn warehouse_of(customer: u64) -> usize {
        (customer % WAREHOUSES.len() as u64) as usize
    }

    pub fn fill(&mut self, sim: &mut S) {
        for (warehouse, name) in WAREHOUSES.into_iter().enumerate() {
            for (count, article) in self.counts[warehouse].iter_mut().zip(&ARTICLES) {
                count.on_hand = article.stock * self.scale;
            }
            let all: Vec<usize> = (0..ARTICLES.len()).collect();
            let data = Json::object().text("warehouse", name);
            let data = self.with_counts(data, warehouse, &all).end();
            let stream = Self::stream(warehouse);
            let trail = sim.command("OpenWarehouse", stream);
            sim.note(&trail, Draft::new(stream, &events::OPENED, data));
        }
    }

    fn with_counts(&self, data: Json, warehouse: usize, articles: &[usize]) -> Json {
        let counts = articles.iter().fold(Json::object(), |counts, &article| {
            let count = self.counts[warehouse][article];
            let value = Json::object()
                .int("on_hand", count.on_hand)
                .int("reserved", count.reserved);
            counts.object_at(ARTICLES[article].sku, value)
        });
        data.object_at("stock", counts)
    }

    /// The first line of which there is not enough, and how much there is.
    pub fn shortage(&self, warehouse: usize, lines: &[Line]) -> Option<(Line, i64)> {
        lines.iter().find_map(|line| {
            let count = self.counts[warehouse][line.article];
            let available = count.on_hand - count.reserved;
            (available < line.quantity).then_some((*line, available))
        })
    }

    /// Moves pieces; the payload that says so.
    pub fn moved(
        &mut self,
        sim: &mut S,
        (what, warehouse): (Move, usize),
        (order, lines): (u64, &[Line]),
        reason: Option<&str>,
    ) -> String {
        for &Line { article, quantity } in lines {
            let count = &mut self.counts[warehouse][article];
            match what {
                Move::Reserve => count.reserved += quantity,
                Move::Release => count.reserved -= quantity,
                Move::Pick => {
                    count.reserved -= quantity;
                    count.on_hand -= quantity;
                }
            }
            let low = (ARTICLES[article].stock * self.scale / 4).max(2);
            if count.on_hand - count.reserved < low && !count.reordered {
                count.reordered = true;
                let ordered = after(sim.now(), DAY / 2);
                sim.at_work(ordered, 5, 6..10, Task::Restock(warehouse, article));
            }
        }
        let articles: Vec<usize> = lines.iter().map(|line| line.article).collect();
        let data = Json::object()
            .shown("order_id", format_args!("order-{order}"))
            .list("lines", lines.iter().map(Line::json));
        let data = self.with_counts(data, warehouse, &articles);
        match reason {
            Some(reason) => data.text("reason", reason).end(),
            None => data.end(),
        }
    }

    pub fn restock(&mut self, sim: &mut S, warehouse: usize, article: usize) {
        let quantity = ARTICLES[article].stock * self.scale * sim.rng.between(8, 14) / 10;
        let count = &mut self.counts[warehouse][article];
        count.on_hand += quantity;
        count.reordered = false;
        self.deliveries += 1;
        let data = Json::object()
            .shown("delivery", format_args!("delivery-{}", self.deliveries))
            .list("lines", [Line { article, quantity }.json()]);
        let data = self.with_counts(data, warehouse, &[article]).end();
        let stream = Self::stream(warehouse);
        let trail = sim.command("ReceiveStock", stream);
        sim.note(&trail, Draft::new(stream, &events::RECEIVED, data));
    }
}

impl Line {
    fn json(&self) -> Json {
        Json::object()
            .text("sku", ARTICLES[self.article].sku)
            .int("quantity", self.quantity)
    }

    pub const fn amount(&self) -> Money {
        ARTICLES[self.article].price.times(self.quantity)
    }
}
