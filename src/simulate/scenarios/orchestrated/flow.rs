//! What the orchestrator does: the next thing, the same thing again, or everything backwards.

use std::time::Duration;

use super::super::super::chance::{HOUR, Money, after};
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Trail};
use super::messages::{checkout, order};
use super::{
    Checkout, FIRST, FORGOTTEN, Fate, Heard, ORCHESTRATOR, Order, S, SHOWN, Sent, Shop, Task,
    circuit, events,
};

/// How often something is tried before it counts as failed.
const TRIES: u32 = 5;

impl Shop {
    fn fate(sim: &mut S, number: u64) -> Fate {
        match number {
            SHOWN => return Fate::Parked,
            FORGOTTEN => return Fate::Forgotten,
            _ => {}
        }
        match sim.rng.below(1000) {
            0..40 => Fate::SoldOut,
            40..105 => Fate::Declined,
            105..140 => Fate::Refused,
            140..155 => Fate::Parked,
            155..165 => Fate::Abandoned,
            165..173 => Fate::Forgotten,
            _ => Fate::Completed,
        }
    }

    pub fn place(&mut self, sim: &mut S) {
        let number = FIRST + self.placed;
        self.placed += 1;
        let fate = Self::fate(sim, number);
        let placed = Checkout {
            number,
            fate,
            amount: Money(sim.rng.between(12, 240) * 50 + 490),
            pieces: sim.rng.between(1, 4),
            customer: sim.rng.below(30 + self.placed * 3 / 4),
            attempt: 0,
            sent: None,
            charged: false,
            reserved: false,
            undone: false,
            parked: 0,
        };
        let trail = sim.command("PlaceOrder", order(number));
        let trail = sim.saga(&trail, checkout(number));
        let trail = sim.record(
            &trail,
            Draft::new(order(number), &events::PLACED, placed.placed()),
        );
        sim.when_handled(ORCHESTRATOR, Task::Start(number, trail));
        self.checkouts.insert(number, placed);
    }

    pub fn start(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let Some(started) = self.checkouts.get(&number) else {
            return;
        };
        let draft = Draft::new(checkout(number), &events::STARTED, started.started());
        let trail = sim.record(trail, draft);
        self.send(sim, number, Order::Reserve, &trail);
    }

    /// Sends a command, unless the circuit before its receiver is open.
    pub fn send(&mut self, sim: &mut S, number: u64, order: Order, trail: &Trail) {
        if order == Order::Charge
            && let Err(later) = self.circuit.ask(sim)
        {
            sim.at(later, Task::Send(number, order, *trail));
            return;
        }
        let Some(open) = self.checkouts.get_mut(&number) else {
            return;
        };
        open.attempt += 1;
        let sent = Sent {
            id: sim.id(),
            order,
            attempt: open.attempt,
            at: sim.now(),
            correlation: trail.correlation,
        };
        let trail = open.command(sim, &sent, trail);
        open.sent = Some(sent);
        let task = Task::Answer(number, sent.attempt, trail);
        sim.when_handled(order.participant(), task);
        let patience = after(sim.now(), Duration::from_secs(order.patience_s()));
        sim.at(patience, Task::Timeout(number, sent.attempt, trail));
    }

    /// Takes the command that an answer or a timeout is about, unless that comes too late.
    fn awaited(&mut self, number: u64, attempt: u32) -> Option<(&mut Checkout, Sent)> {
        let open = self.checkouts.get_mut(&number)?;
        let sent = open.sent.take_if(|sent| sent.attempt == attempt)?;
        Some((open, sent))
    }

    /// Somebody does as they are told, or does not.
    pub fn answer(&mut self, sim: &mut S, number: u64, attempt: u32, trail: &Trail) {
        let Some((open, sent)) = self.awaited(number, attempt) else {
            return;
        };
        let order = sent.order;
        let heard = match (order, open.fate) {
            (Order::Charge, _) if circuit::is_down(sim.now()) => Heard::NotNow,
            (Order::Charge, _) if sim.rng.chance(35) => Heard::NotNow,
            (Order::Charge, Fate::Declined) | (Order::Reserve, Fate::SoldOut) => Heard::No,
            (Order::Book, Fate::Refused | Fate::Parked | Fate::Abandoned) => Heard::No,
            (Order::Refund, Fate::Parked | Fate::Abandoned) => Heard::No,
            (Order::Reserve | Order::Book, _) if sim.rng.chance(12) => {
                // The receiver was restarted and the command is gone.
                open.sent = Some(sent);
                return;
            }
            _ => Heard::Done,
        };
        if heard != Heard::NotNow {
            open.attempt = 0;
        }
        sim.sent(open.settled(&sent, Some((sim.now(), heard))));
        let mut draft = open.reply(sim, order, heard, trail);
        if let Some(failure) = failure(order, heard) {
            draft = draft.failure(failure);
        }
        let trail = sim.record(trail, draft);
        sim.when_handled(ORCHESTRATOR, Task::Hear(number, sent, heard, trail));
        match (order, heard) {
            (Order::Charge, Heard::NotNow) => self.circuit.failed(sim),
            (Order::Charge, _) => self.circuit.succeeded(sim),
            _ => {}
        }
    }

    /// Nobody has answered in time.
    pub fn time_out(&mut self, sim: &mut S, number: u64, attempt: u32, trail: &Trail) {
        let Some((open, sent)) = self.awaited(number, attempt) else {
            return;
        };
        sim.sent(open.settled(&sent, None));
        let data = Json::object()
            .text("command", sent.order.kind().name)
            .shown("command_id", sent.id)
            .int("attempt", attempt.into())
            .int("waited_s", sent.order.patience_s() as i64)
            .end();
        let draft = Draft::new(checkout(number), &events::TIMED_OUT, data);
        let trail = sim.record(trail, draft);
        if attempt < TRIES {
            again(sim, number, &sent, "no answer", &trail);
        } else if matches!(sent.order, Order::Refund | Order::Release) {
            park(sim, open, "no answer", &trail);
        } else {
            self.turn_back(sim, number, "no answer", &trail);
        }
        if sent.order == Order::Charge {
            self.circuit.timed_out(sim);
        }
    }

    /// The orchestrator hears an answer and goes on.
    pub fn hear(&mut self, sim: &mut S, number: u64, (sent, heard): (Sent, Heard), trail: &Trail) {
        let Some(open) = self.checkouts.get_mut(&number) else {
            return;
        };
        let order = sent.order;
        match (order, heard) {
            (Order::Reserve, Heard::Done) => {
                open.reserved = true;
                if open.fate != Fate::Forgotten {
                    self.send(sim, number, Order::Charge, trail);
                }
            }
            (Order::Charge, Heard::Done) => {
                open.charged = true;
                self.send(sim, number, Order::Book, trail);
            }
            (Order::Charge, Heard::NotNow) if sent.attempt < TRIES => {
                again(sim, number, &sent, order.reason(heard), trail);
            }
            (Order::Refund, Heard::Done) => {
                open.charged = false;
                self.send(sim, number, Order::Release, trail);
            }
            (Order::Refund, _) => {
                park(sim, open, "refund failed: card no longer valid", trail);
            }
            (Order::Book, Heard::Done) | (Order::Release, _) => {
                open.undone = order == Order::Release;
                self.finish(sim, number, trail);
            }
            _ => self.turn_back(sim, number, order.reason(heard), trail),
        }
    }

    /// Undoes what was done, the last first.
    fn turn_back(&mut self, sim: &mut S, number: u64, reason: &str, trail: &Trail) {
        let Some(open) = self.checkouts.get_mut(&number) else {
            return;
        };
        open.attempt = 0;
        let first = match (open.charged, open.reserved) {
            (true, _) => Order::Refund,
            (false, true) => Order::Release,
            (false, false) => return self.finish(sim, number, trail),
        };
        let data = Json::object()
            .text("status", "compensating")
            .text("reason", reason)
            .end();
        let draft = Draft::new(checkout(number), &events::TURNED, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Now(Status::Compensating)]));
        self.send(sim, number, first, &trail);
    }

    /// A person has seen to it.
    pub fn resume(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let Some(open) = self.checkouts.get_mut(&number) else {
            return;
        };
        if open.fate == Fate::Parked {
            open.fate = Fate::Refused;
        }
        open.attempt = 0;
        let first = if open.charged {
            Order::Refund
        } else {
            Order::Release
        };
        let person = super::super::super::chance::Person(number % 7).short();
        let data = Json::object()
            .text("status", "compensating")
            .text("by", &person)
            .text("reason", "the customer named another account")
            .int("times", open.parked.into())
            .end();
        let draft = Draft::new(checkout(number), &events::RESUMED, data);
        let draft = draft.marks(&[Mark::Now(Status::Compensating)]);
        let trail = sim.record(trail, draft);
        self.send(sim, number, first, &trail);
    }

    /// It has come to its end.
    pub fn finish(&mut self, sim: &mut S, number: u64, trail: &Trail) {
        let Some(done) = self.checkouts.remove(&number) else {
            return;
        };
        let (status, kind, marks): (_, _, &'static [Mark]) = match done.fate {
            _ if done.charged => (
                "completed",
                &events::COMPLETED,
                &[Mark::Now(Status::Completed)],
            ),
            _ if !done.undone => ("failed", &events::FAILED, &[Mark::Now(Status::Failed)]),
            _ => {
                let marks = &[Mark::Now(Status::Compensated)];
                ("compensated", &events::COMPENSATED, marks)
            }
        };
        let reason = match done.fate {
            Fate::SoldOut => "sold out",
            Fate::Declined => "card declined",
            Fate::Refused => "address not served",
            _ if !done.undone => "no answer",
            _ => "payment gateway unavailable",
        };
        let data = Json::object().text("status", status);
        let data = match done.charged {
            true => data.end(),
            false => data.text("reason", reason).end(),
        };
        let draft = Draft::new(checkout(number), kind, data);
        let trail = sim.record(trail, draft.marks(marks));
        let name = Json::object().shown("order", order(number));
        let draft = match done.charged {
            true => Draft::new(
                order(number),
                &events::CONFIRMED,
                name.raw("confirmed", "true").end(),
            ),
            false => Draft::new(
                order(number),
                &events::REJECTED,
                name.text("reason", reason).end(),
            ),
        };
        sim.note(&trail, draft);
        sim.seal(checkout(number));
        sim.seal(order(number));
    }
}

/// Plans the next attempt, after a pause twice as long as the last.
fn again(sim: &mut S, number: u64, sent: &Sent, why: &str, trail: &Trail) {
    let pause = 1_u64 << sent.attempt.min(6);
    let data = Json::object()
        .text("command", sent.order.kind().name)
        .shown("command_id", sent.id)
        .int("next_attempt", i64::from(sent.attempt) + 1)
        .int("after_s", pause as i64)
        .text("why", why)
        .end();
    let trail = sim.record(trail, Draft::new(checkout(number), &events::RETRY, data));
    let due = after(sim.now(), Duration::from_secs(pause));
    sim.at(due, Task::Send(number, sent.order, trail));
}

/// Nobody but a person can go on here.
fn park(sim: &mut S, open: &mut Checkout, reason: &str, trail: &Trail) {
    let number = open.number;
    open.parked += 1;
    let data = Json::object()
        .text("status", "parked")
        .text("reason", reason)
        .text("queue", "customer-care")
        .int("times", open.parked.into())
        .end();
    let draft = Draft::new(checkout(number), &events::PARKED, data);
    let trail = sim.record(trail, draft.marks(&[Mark::Now(Status::Parked)]));
    if open.fate != Fate::Abandoned {
        sim.after(HOUR * 3..HOUR * 40, Task::Resume(number, trail));
    }
}

const fn failure(order: Order, heard: Heard) -> Option<Failure> {
    let class = match (order, heard) {
        (_, Heard::Done) => return None,
        (Order::Charge, Heard::NotNow) => Class::Transient,
        (Order::Refund, _) => Class::System,
        _ => Class::Business,
    };
    let reason = order.reason(heard);
    Some(Failure { class, reason })
}
