//! The life of a cart: created, filled, torn apart, merged, paid or left behind.

use super::super::super::chance::{HOUR, MINUTE, SECOND, after};
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Stream, Trail};
use super::clocks::{Clocks, Stamp};
use super::events::{self, PAYMENT};
use super::state::{ARTICLES, OPTIONS, Op, State};
use super::{CARTS, Cart, Carts, Device, Done, FIRST, PAYMENTS, S, SHOWN, Task, merge};

const fn cart(number: u64) -> Stream {
    Stream::numbered("cart", number)
}

const fn payment(number: u64) -> Stream {
    Stream::numbered("payment", number)
}

impl Carts {
    pub(super) fn create(&mut self, sim: &mut S) {
        let number = FIRST + self.created;
        self.created += 1;
        let customer = sim.rng.below(self.created * 4 / 5 + 20);
        let edits = sim.rng.between(3, 8) as u32;
        let parts = number == SHOWN || sim.rng.chance(550);
        let parts_at = parts.then(|| edits - sim.rng.below(u64::from(edits) / 2 + 1) as u32);
        let data = Json::object()
            .shown("cart_id", cart(number))
            .shown("customer_id", format_args!("customer-{}", customer + 1))
            .text("status", "open")
            .int("pieces", 0)
            .end();
        let trail = sim.command("CreateCart", cart(number));
        sim.note(&trail, Draft::new(cart(number), &events::CREATED, data));
        let created = Cart {
            number,
            state: State::default(),
            clocks: Clocks::default(),
            edits,
            parts_at,
            base: 0,
            alone: [Vec::new(), Vec::new()],
        };
        self.carts.insert(number, created);
        sim.after(SECOND * 5..MINUTE * 3, Task::Edit(number));
    }

    /// An edit while both devices are online.
    pub(super) fn edit(&mut self, sim: &mut S, number: u64) {
        let Some(open) = self.carts.get_mut(&number) else {
            return;
        };
        let device = Device::ALL[sim.rng.below(2) as usize];
        let stamp = open.clocks.stamp(device, sim.now());
        let op = open.state.choose(&mut sim.rng, device, stamp);
        open.state.apply(&op);
        let data = open.state.after(&op, device, stamp.number);
        let expected = sim.version(cart(number));
        let draft = Draft {
            metadata: metadata(device, &stamp, expected),
            occurred_at: Some(stamp.at),
            ..Draft::new(cart(number), events::kind(&op, device), data)
        };
        let trail = sim.start();
        sim.note(&trail, draft);
        open.clocks.meet();
        open.edits = open.edits.saturating_sub(1);
        if open.parts_at == Some(open.edits) {
            open.parts_at = None;
            sim.after(MINUTE..HOUR * 2, Task::Part(number));
        } else {
            next(sim, open);
        }
    }

    /// Both devices go on alone: what they do is heard of only when they come back.
    pub(super) fn part(&mut self, sim: &mut S, number: u64) {
        let Some(open) = self.carts.get_mut(&number) else {
            return;
        };
        open.base = sim.version(cart(number));
        for device in Device::ALL {
            let mut own = open.state.clone();
            let mut at = sim.now();
            let count = if number == SHOWN {
                4
            } else {
                sim.rng.between(1, 3)
            };
            for nth in 0..count {
                at = after(at, sim.rng.delay(SECOND * 20..MINUTE * 12));
                let stamp = open.clocks.stamp(device, at);
                let op = match number {
                    SHOWN => shown(nth, device, stamp),
                    _ => own.choose(&mut sim.rng, device, stamp),
                };
                own.apply(&op);
                open.alone[device as usize].push(Done {
                    data: own.after(&op, device, stamp.number),
                    metadata: metadata(device, &stamp, open.base + nth),
                    op,
                    at: stamp.at,
                    position: 0,
                });
            }
        }
        let (phone, laptop) = (Device::Phone as usize, Device::Laptop as usize);
        sim.after(HOUR..HOUR * 3, Task::Sync(number, phone));
        sim.after(HOUR * 4..HOUR * 7, Task::Sync(number, laptop));
    }

    /// A device comes back and says what it did, on top of what it knew.
    pub(super) fn sync(&mut self, sim: &mut S, number: u64, device: usize) {
        let Some(open) = self.carts.get_mut(&number) else {
            return;
        };
        let trail = sim.start();
        let mut last = trail;
        for (nth, done) in open.alone[device].iter_mut().enumerate() {
            let kind = events::kind(&done.op, Device::ALL[device]);
            let draft = Draft {
                metadata: std::mem::take(&mut done.metadata),
                occurred_at: Some(done.at),
                expected: Some(open.base + nth as i64),
                ..Draft::new(cart(number), kind, std::mem::take(&mut done.data))
            };
            last = sim.record(&last, draft);
            done.position = sim.last_recorded();
        }
        if device == Device::Laptop as usize {
            let merged = merge::merged(&open.state, &open.alone);
            let mut finding = merge::told(&open.state, &merged, &open.alone);
            finding.stream = Some(cart(number));
            // Both are in the log now, whatever becomes of the event that leads to their merge.
            sim.inherent(finding);
            sim.when_handled(CARTS, Task::Merge(number, last));
        }
    }

    pub(super) fn merge(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let Some(open) = self.carts.get_mut(&number) else {
            return;
        };
        let merged = merge::merged(&open.state, &open.alone);
        let counts = Json::object()
            .int("phone", open.alone[0].len() as i64)
            .int("laptop", open.alone[1].len() as i64);
        let data = contents(&merged)
            .int("pieces", merged.pieces())
            .object_at("merged", counts)
            .end();
        sim.note(trail, Draft::new(cart(number), &events::MERGED, data));
        open.state = merged;
        open.alone = [Vec::new(), Vec::new()];
        open.clocks.meet();
        next(sim, open);
    }

    pub(super) fn check_out(&mut self, sim: &mut S, number: u64) {
        let Some(open) = self.carts.get(&number) else {
            return;
        };
        if open.state.pieces() <= 0 {
            return self.expire(sim, number);
        }
        let data = Json::object()
            .text("status", "paying")
            .int("pieces", open.state.pieces())
            .money("total", open.state.total())
            .text("currency", "EUR")
            .end();
        let trail = sim.command("CheckOut", cart(number));
        let trail = sim.saga(&trail, cart(number));
        let draft = Draft::new(cart(number), &events::CHECKOUT, data);
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(PAYMENT)]));
        sim.when_handled(PAYMENTS, Task::Pay(number, trail));
    }

    pub(super) fn pay(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let Some(open) = self.carts.get(&number) else {
            return;
        };
        let data = Json::object()
            .shown("payment_id", payment(number))
            .shown("cart_id", cart(number));
        if number != SHOWN && sim.rng.chance(60) {
            let data = data.text("reason", "card declined").end();
            let draft = Draft::new(payment(number), &events::REFUSED, data)
                .marks(&[Mark::Fail(PAYMENT)])
                .failure(Failure {
                    class: Class::Business,
                    reason: "card declined",
                });
            let trail = sim.record(trail, draft);
            sim.when_handled(CARTS, Task::Fail(number, trail));
            return;
        }
        if number != SHOWN && sim.rng.chance(10) {
            // The provider never calls back.
            return;
        }
        let reference = sim.rng.bits() >> 24;
        let data = data
            .money("amount", open.state.total())
            .text("currency", "EUR")
            .shown("reference", format_args!("pt_{reference:010x}"))
            .end();
        let draft = Draft::new(payment(number), &events::PAID, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Done(PAYMENT)]));
        sim.when_handled(CARTS, Task::Finish(number, trail));
    }

    pub(super) fn finish(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let data = Json::object().text("status", "checked out").end();
        let draft = Draft::new(cart(number), &events::CHECKED_OUT, data);
        sim.note(trail, draft.marks(&[Mark::Now(Status::Completed)]));
        self.forget(sim, number);
    }

    pub(super) fn fail(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let data = Json::object()
            .text("status", "payment failed")
            .text("reason", "card declined")
            .end();
        let draft = Draft::new(cart(number), &events::REOPENED, data);
        sim.note(trail, draft.marks(&[Mark::Now(Status::Failed)]));
        self.forget(sim, number);
    }

    pub(super) fn expire(&mut self, sim: &mut S, number: u64) {
        let data = Json::object()
            .text("status", "abandoned")
            .int("idle_hours", 36)
            .end();
        let trail = sim.start();
        sim.note(&trail, Draft::new(cart(number), &events::ABANDONED, data));
        self.forget(sim, number);
    }

    fn forget(&mut self, sim: &mut S, number: u64) {
        self.carts.remove(&number);
        sim.seal(cart(number));
        sim.seal(payment(number));
    }
}

/// Plans what comes next: another edit, the checkout, or nothing for a long time.
fn next(sim: &mut S, open: &Cart) {
    let number = open.number;
    if open.edits > 0 {
        sim.after(SECOND * 20..MINUTE * 40, Task::Edit(number));
    } else if number == SHOWN || sim.rng.chance(720) {
        sim.after(MINUTE..HOUR * 3, Task::CheckOut(number));
    } else {
        sim.after(HOUR * 36..HOUR * 37, Task::Expire(number));
    }
}

/// What both devices do in the cart that is shown around.
fn shown(nth: i64, device: Device, stamp: Stamp) -> Op {
    let own = device as usize;
    match nth {
        0 => Op::Change {
            article: 0,
            delta: 2 + own as i64,
        },
        1 => Op::Add {
            coupon: 1,
            tag: (device, stamp.number),
        },
        2 => Op::Deliver {
            option: 1 + own,
            hlc: stamp.hlc,
        },
        _ => Op::Change {
            article: 2 + own,
            delta: 1,
        },
    }
}

/// Everything that is in a cart.
fn contents(state: &State) -> Json {
    let lines = ARTICLES.into_iter().zip(state.quantities);
    let quantities = lines
        .filter(|(_, quantity)| *quantity != 0)
        .fold(Json::object(), |quantities, ((sku, _), quantity)| {
            quantities.int(sku, quantity)
        });
    let data = Json::object()
        .object_at("quantities", quantities)
        .texts("coupons", state.coupon_names());
    match state.delivery {
        None => data,
        Some((option, hlc)) => {
            let delivery = Json::object()
                .text("option", OPTIONS[option])
                .text("set_by", hlc.device().name());
            data.object_at("delivery", delivery)
        }
    }
}

/// The clocks of an operation, behind the service.
fn metadata(device: Device, stamp: &Stamp, expected: i64) -> String {
    let [phone, laptop] = stamp.vector;
    let (name, hlc) = (device.name(), stamp.hlc.text());
    format!(
        ",\"replica\":\"{name}\",\"hlc\":\"{hlc}\",\"vector\":{{\"phone\":{phone},\"laptop\":{laptop}}},\"expected_version\":{expected}"
    )
}
