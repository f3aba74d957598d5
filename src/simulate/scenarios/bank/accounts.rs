//! Accounts: how they are opened, how money moves, what the bank does with all of them.

use std::time::Duration;

use super::super::super::chance::{DAY, Money, Person, after, utc};
use super::super::super::json::Json;
use super::super::super::kernel::{Draft, Kind, Mark, Stream, Trail};
use super::{Account, Bank, FIRST, S, Task, account_77, events, routine};
use crate::model::Timestamp;

/// A movement on an account.
pub struct Booking<'a> {
    pub kind: &'static Kind,
    /// Positive for what comes in.
    pub amount: Money,
    pub text: &'a str,
    pub counterparty: Option<Stream>,
    pub marks: &'static [Mark],
}

impl Bank {
    /// Sixteen accounts, then account-77 on 14 February 2023, then the others until mid 2024.
    pub(super) fn plan_openings(&mut self, sim: &mut S) {
        let later = self.size as u64 - 17;
        for nth in 0..self.size as u64 {
            let day = match nth {
                0..=15 => after(sim.now(), DAY * 2 * nth as u32),
                16 => utc(2023, 2, 14, 0, 0),
                _ => {
                    let share = DAY.as_micros() as u64 * 480 / later * (nth - 17);
                    after(utc(2023, 2, 15, 0, 0), Duration::from_micros(share))
                }
            };
            match nth {
                16 => sim.at(utc(2023, 2, 14, 9, 12), Task::Open),
                _ => sim.at_work(day, 5, 8..16, Task::Open),
            }
        }
    }

    pub(super) fn open(&mut self, sim: &mut S) {
        let nth = self.accounts.len();
        let owner = Person(nth as u64);
        let income = Money(sim.rng.between(1400, 4200) * 100);
        let stream = Stream::numbered("customer", nth as u64 + 1);
        let data = Json::object()
            .shown("customer_id", stream)
            .shown("name", owner)
            .object_at("address", routine::address(owner.address(0)))
            .end();
        let trail = sim.command("OpenAccount", account(nth));
        let draft = Draft::new(stream, &events::REGISTERED, data);
        let trail = sim.record(&trail, draft);
        let data = Json::object()
            .shown("account_id", account(nth))
            .shown("customer_id", stream)
            .shown("owner", owner)
            .text("status", "active")
            .object_at("interest", Json::object().money("rate", Money(150)))
            .object_at("balance", balance(Money(0)))
            .end();
        sim.note(&trail, Draft::new(account(nth), &events::OPENED, data));
        self.accounts.push(Account {
            owner: owner.0,
            balance: Money(0),
            rate: 150,
            income,
            moves: 0,
            closed: false,
        });
        if account(nth) != account_77::STREAM {
            self.begin_routine(sim, nth);
        }
    }

    /// Moves money and records the balance after it.
    pub(super) fn book(
        &mut self,
        sim: &mut S,
        nth: usize,
        trail: &Trail,
        what: Booking<'_>,
    ) -> Trail {
        let holder = &mut self.accounts[nth];
        holder.balance += what.amount;
        let data = booked(&what, holder.balance);
        sim.record(
            trail,
            Draft::new(account(nth), what.kind, data).marks(what.marks),
        )
    }

    pub(super) fn interest(&mut self, sim: &mut S, day: Timestamp) {
        for nth in 0..self.accounts.len() {
            let Account {
                balance,
                rate,
                closed,
                ..
            } = self.accounts[nth];
            let mut amount = Money(balance.share(rate).0 / 4);
            let wrong = account(nth) == account_77::STREAM && day == account_77::wrong_interest();
            if wrong {
                amount = amount.times(10);
            }
            if amount <= Money(0) || closed {
                continue;
            }
            let trail = sim.start();
            let text = "Interest of the quarter";
            let what = Booking::new(&events::INTEREST, amount, text);
            let trail = self.book(sim, nth, &trail, what);
            if wrong {
                self.wrong = Some((amount, trail));
            }
        }
    }

    pub(super) fn statements(&mut self, sim: &mut S, year: i32) {
        for (nth, holder) in self.accounts.iter().enumerate() {
            let number = FIRST + nth as u64;
            let statement = Json::object()
                .int("year", year.into())
                .shown("number", format_args!("{year}-{number}"))
                .money("closing_balance", holder.balance);
            let data = Json::object().object_at("statement", statement).end();
            sim.read(account(nth));
            let trail = sim.start();
            sim.note(&trail, Draft::new(account(nth), &events::STATEMENT, data));
        }
    }
}

impl<'a> Booking<'a> {
    pub const fn new(kind: &'static Kind, amount: Money, text: &'a str) -> Self {
        Self {
            kind,
            amount,
            text,
            counterparty: None,
            marks: &[],
        }
    }
}

pub fn account(nth: usize) -> Stream {
    Stream::numbered("account", FIRST + nth as u64)
}

pub fn balance(amount: Money) -> Json {
    Json::object()
        .money("amount", amount)
        .text("currency", "EUR")
}

pub fn booked(what: &Booking<'_>, after: Money) -> String {
    let data = Json::object()
        .money("amount", what.amount)
        .text("text", what.text);
    // Null where there is none: a merge of payloads then forgets the one before.
    let data = match what.counterparty {
        Some(stream) => data.shown("counterparty", stream),
        None => data.raw("counterparty", "null"),
    };
    data.object_at("balance", balance(after)).end()
}
