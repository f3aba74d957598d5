//! A transfer from one account to another: debit, credit, done; and back again where the credit is
//! refused.

use super::super::super::chance::Money;
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Stream, Trail};
use super::events::{self, CREDIT, DEBIT};
use super::{Bank, Booking, S, TRANSFERS, Task, account};

/// A transfer between two accounts of the bank.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    number: u64,
    from: usize,
    to: usize,
    amount: Money,
}

/// What is done for a transfer.
#[derive(Clone, Copy, Debug)]
pub enum Leg {
    Debit,
    Credit,
    Return,
    Settle,
    Reject,
}

impl Transfer {
    const fn stream(&self) -> Stream {
        Stream::numbered("transfer", self.number)
    }
}

impl Bank {
    pub(super) fn request(&mut self, sim: &mut S, from: usize, to: usize, amount: Money) {
        self.transfers += 1;
        let transfer = Transfer {
            number: self.transfers,
            from,
            to,
            amount,
        };
        if sim.rng.chance(30) {
            sim.rejected("RequestTransfer", transfer.stream(), "wrong one-time code");
        }
        let data = Json::object()
            .shown("transfer_id", transfer.stream())
            .text("status", "requested")
            .shown("from", account(from))
            .shown("to", account(to))
            .money("amount", amount)
            .text("currency", "EUR")
            .end();
        let trail = sim.command("RequestTransfer", transfer.stream());
        let trail = sim.saga(&trail, transfer.stream());
        let draft = Draft::new(transfer.stream(), &events::REQUESTED, data);
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(DEBIT)]));
        sim.when_handled(TRANSFERS, Task::Transfer(transfer, Leg::Debit, trail));
    }

    pub(super) fn transfer(&mut self, sim: &mut S, transfer: Transfer, leg: Leg, trail: &Trail) {
        match leg {
            Leg::Debit => self.debit(sim, transfer, trail),
            Leg::Credit => self.credit(sim, transfer, trail),
            Leg::Return => self.give_back(sim, transfer, trail),
            Leg::Settle => settle(sim, transfer, trail),
            Leg::Reject => reject(sim, transfer, "account closed", trail),
        }
    }

    fn debit(&mut self, sim: &mut S, transfer: Transfer, trail: &Trail) {
        if self.accounts[transfer.from].balance < transfer.amount {
            return reject(sim, transfer, "insufficient funds", trail);
        }
        let what = Booking {
            counterparty: Some(account(transfer.to)),
            marks: &[Mark::Done(DEBIT), Mark::Begin(CREDIT)],
            ..Booking::new(&events::DEBITED, -transfer.amount, "Transfer")
        };
        let trail = self.book(sim, transfer.from, trail, what);
        sim.when_handled(TRANSFERS, Task::Transfer(transfer, Leg::Credit, trail));
    }

    fn credit(&mut self, sim: &mut S, transfer: Transfer, trail: &Trail) {
        if self.accounts[transfer.to].closed {
            let data = Json::object()
                .text("status", "returning")
                .text("refusal", "account closed")
                .end();
            let draft = Draft::new(transfer.stream(), &events::CREDIT_REFUSED, data)
                .marks(&[
                    Mark::Fail(CREDIT),
                    Mark::Now(Status::Compensating),
                    Mark::Undo(DEBIT),
                ])
                .failure(business("account closed"));
            let trail = sim.record(trail, draft);
            sim.when_handled(TRANSFERS, Task::Transfer(transfer, Leg::Return, trail));
            return;
        }
        let what = Booking {
            counterparty: Some(account(transfer.from)),
            marks: &[Mark::Done(CREDIT)],
            ..Booking::new(&events::CREDITED, transfer.amount, "Transfer")
        };
        let trail = self.book(sim, transfer.to, trail, what);
        sim.when_handled(TRANSFERS, Task::Transfer(transfer, Leg::Settle, trail));
    }

    fn give_back(&mut self, sim: &mut S, transfer: Transfer, trail: &Trail) {
        let what = Booking {
            counterparty: Some(account(transfer.to)),
            marks: &[Mark::Undone(DEBIT)],
            ..Booking::new(&events::RETURNED, transfer.amount, "Transfer returned")
        };
        let trail = self.book(sim, transfer.from, trail, what);
        sim.when_handled(TRANSFERS, Task::Transfer(transfer, Leg::Reject, trail));
    }
}

fn settle(sim: &mut S, transfer: Transfer, trail: &Trail) {
    let data = Json::object().text("status", "completed").end();
    let draft = Draft::new(transfer.stream(), &events::COMPLETED, data);
    sim.note(trail, draft.marks(&[Mark::Now(Status::Completed)]));
    sim.seal(transfer.stream());
}

fn reject(sim: &mut S, transfer: Transfer, why: &'static str, trail: &Trail) {
    let data = Json::object()
        .text("status", "rejected")
        .text("rejection", why)
        .end();
    let draft = Draft::new(transfer.stream(), &events::REJECTED, data);
    let draft = match why {
        "insufficient funds" => draft
            .marks(&[Mark::Fail(DEBIT), Mark::Now(Status::Failed)])
            .failure(business(why)),
        _ => draft.marks(&[Mark::Now(Status::Compensated)]),
    };
    sim.note(trail, draft);
    sim.seal(transfer.stream());
}

const fn business(reason: &'static str) -> Failure {
    let class = Class::Business;
    Failure { class, reason }
}
