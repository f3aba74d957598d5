//! What is in a cart, as a device or the service sees it, and what can be done to it.

use super::super::super::chance::{Money, Rng};
use super::super::super::json::Json;
use super::Device;
use super::clocks::{Hlc, Stamp};

pub const ARTICLES: [(&str, Money); 8] = [
    ("MUG-BLUE", Money(1250)),
    ("TEAPOT-1L", Money(4100)),
    ("TEA-SENCHA", Money(1490)),
    ("COFFEE-1KG", Money(2195)),
    ("DRIPPER", Money(2300)),
    ("SCALE", Money(3450)),
    ("HONEY", Money(895)),
    ("GIFTBOX", Money(390)),
];
pub const COUPONS: [&str; 3] = ["WELCOME5", "SPRING10", "FREESHIP"];
pub const OPTIONS: [&str; 4] = ["to the door", "parcel box", "pick up", "neighbour"];

/// Who added a coupon, and with which of their operations.
pub type Tag = (Device, u32);

#[derive(Clone, Debug, Default)]
pub struct State {
    /// How many of each article.
    pub quantities: [i64; ARTICLES.len()],
    /// The tags of each coupon; one without tags is not there.
    pub coupons: [Vec<Tag>; COUPONS.len()],
    pub delivery: Option<(usize, Hlc)>,
}

/// What can be done.
#[derive(Clone, Debug)]
pub enum Op {
    /// A counter: so many more or fewer.
    Change { article: usize, delta: i64 },
    /// A set: an addition has a tag of its own.
    Add { coupon: usize, tag: Tag },
    /// And a removal takes away the tags that it has seen.
    Remove { coupon: usize, seen: Vec<Tag> },
    /// A register: the last one wins.
    Deliver { option: usize, hlc: Hlc },
}

impl State {
    /// Something that can be done to it now.
    pub fn choose(&self, rng: &mut Rng, device: Device, stamp: Stamp) -> Op {
        let tag = (device, stamp.number);
        match rng.below(10) {
            0 => {
                let coupon = rng.below(COUPONS.len() as u64) as usize;
                let seen = &self.coupons[coupon];
                if seen.is_empty() || rng.chance(300) {
                    Op::Add { coupon, tag }
                } else {
                    let seen = seen.clone();
                    Op::Remove { coupon, seen }
                }
            }
            1 | 2 => Op::Deliver {
                option: rng.below(OPTIONS.len() as u64) as usize,
                hlc: stamp.hlc,
            },
            n => {
                let article = rng.below(ARTICLES.len() as u64) as usize;
                let fewer = n == 3 && self.quantities[article] > 0;
                let delta = if fewer { -1 } else { rng.between(1, 3) };
                Op::Change { article, delta }
            }
        }
    }

    pub fn apply(&mut self, op: &Op) {
        match op {
            Op::Change { article, delta } => self.quantities[*article] += delta,
            Op::Add { coupon, tag } => self.coupons[*coupon].push(*tag),
            Op::Remove { coupon, seen } => {
                self.coupons[*coupon].retain(|tag| !seen.contains(tag));
            }
            Op::Deliver { option, hlc } => {
                if self.delivery.is_none_or(|(_, last)| last < *hlc) {
                    self.delivery = Some((*option, *hlc));
                }
            }
        }
    }

    pub fn pieces(&self) -> i64 {
        self.quantities.iter().sum()
    }

    pub fn total(&self) -> Money {
        let lines = self.quantities.iter().zip(ARTICLES);
        lines
            .map(|(quantity, (_, price))| price.times(*quantity))
            .sum()
    }

    pub fn coupon_names(&self) -> impl Iterator<Item = &'static str> {
        let coupons = COUPONS.into_iter().zip(&self.coupons);
        coupons
            .filter(|(_, tags)| !tags.is_empty())
            .map(|(name, _)| name)
    }

    /// The payload of an operation that has led to this state.
    pub fn after(&self, op: &Op, device: Device, number: u32) -> String {
        let id = format!("{}-{number}", device.name());
        let data = Json::object().text("op", &id);
        let data = match op {
            Op::Change { article, delta } => {
                let (sku, _) = ARTICLES[*article];
                let item = Json::object().text("sku", sku).int("delta", *delta);
                let quantity = Json::object().int(sku, self.quantities[*article]);
                data.object_at("item", item)
                    .object_at("quantities", quantity)
            }
            Op::Add { coupon, tag } => {
                let added = Json::object()
                    .text("code", COUPONS[*coupon])
                    .text("tag", &tag_name(*tag));
                data.object_at("coupon", added)
                    .texts("coupons", self.coupon_names())
            }
            Op::Remove { coupon, seen } => {
                let tags: Vec<String> = seen.iter().map(|tag| tag_name(*tag)).collect();
                let removed = Json::object()
                    .text("code", COUPONS[*coupon])
                    .texts("tags", tags.iter().map(String::as_str));
                data.object_at("removed", removed)
                    .texts("coupons", self.coupon_names())
            }
            Op::Deliver { option, .. } => {
                let delivery = Json::object()
                    .text("option", OPTIONS[*option])
                    .text("set_by", device.name());
                data.object_at("delivery", delivery)
            }
        };
        data.int("pieces", self.pieces()).end()
    }
}

fn tag_name((device, number): Tag) -> String {
    format!("{}-{number}", device.name())
}
