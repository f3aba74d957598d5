//! Two years of a small bank: accounts, customers, transfers and cards, each payload of an
//! account with its whole balance, so that any day's balance is one merge away.

mod account_77;
mod routine;

use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::Agenda;
use super::calendar::{DAY, after, utc, working_moment};
use super::journal::{Draft, Event, Journal, Trail};
use super::money::Money;
use super::people::Person;
use super::rng::{Rng, Seed};
use crate::model::Timestamp;

/// The number of the first account of the store; the seventeenth is account-77.
const FIRST_ACCOUNT: usize = 61;
const ACCOUNTS: usize = 33;

#[derive(Debug)]
struct Account {
    number: usize,
    owner: Person,
    balance: Money,
    /// Yearly interest in basis points.
    rate: i64,
    /// What comes in each month.
    income: Money,
}

/// A transfer between two accounts of the bank.
#[derive(Clone, Copy, Debug)]
struct Transfer {
    number: usize,
    from: usize,
    to: usize,
    amount: Money,
}

#[derive(Debug)]
enum Task {
    Open,
    Income(usize),
    Rent(usize),
    Spend(usize),
    Ask(usize),
    Debit(Transfer, Trail),
    Credit(Transfer, Trail),
    Settle(Transfer, Trail),
    ChangeEmail(usize),
    IssueCard(usize),
    BlockCard(usize, usize),
    Interest(Timestamp),
    Statements(i32),
    Scripted(usize),
}

/// A movement on an account.
struct Booking<'a> {
    event_type: &'static str,
    service: &'static str,
    /// Positive for what comes in.
    amount: Money,
    text: &'a str,
    counterparty: Option<String>,
}

struct Bank {
    rng: Rng,
    agenda: Agenda<Task>,
    journal: Journal,
    accounts: Vec<Account>,
    transfers: usize,
    cards: usize,
}

fn opening() -> Timestamp {
    utc(2023, 1, 9, 8, 0)
}

fn closing() -> Timestamp {
    utc(2025, 1, 6, 18, 0)
}

/// The bank's whole log.
pub(super) fn simulate(seed: Seed) -> Vec<Event> {
    let mut bank = Bank {
        rng: Rng::new(seed),
        agenda: Agenda::new(),
        journal: Journal::new(seed),
        accounts: Vec::new(),
        transfers: 0,
        cards: 0,
    };
    bank.plan_openings();
    bank.plan_script();
    for (year, month) in [
        (2023, 4),
        (2023, 7),
        (2023, 10),
        (2024, 1),
        (2024, 4),
        (2024, 7),
        (2024, 10),
        (2025, 1),
    ] {
        let day = utc(year, month, 1, 0, 0);
        bank.agenda.plan(day, Task::Interest(day));
        if month == 1 {
            bank.agenda
                .plan(utc(year, 1, 1, 6, 0), Task::Statements(year - 1));
        }
    }
    while let Some((at, task)) = bank.agenda.next(closing()) {
        bank.work(at, task);
    }
    bank.journal.events
}

impl Bank {
    /// Sixteen accounts, then account-77 on 14 February 2023, then the others until mid 2024.
    fn plan_openings(&mut self) {
        for nth in 0..ACCOUNTS {
            let day = match nth {
                0..=15 => after(opening(), DAY * 2 * nth as u32),
                16 => after(utc(2023, 2, 14, 0, 0), Duration::from_mins(1)),
                _ => after(utc(2023, 2, 15, 0, 0), DAY * 30 * (nth as u32 - 16)),
            };
            let at = match nth {
                16 => utc(2023, 2, 14, 9, 12),
                _ => working_moment(&mut self.rng, day, 5, 8..16),
            };
            self.agenda.plan(at, Task::Open);
        }
    }

    fn work(&mut self, at: Timestamp, task: Task) {
        match task {
            Task::Open => self.open(at),
            Task::Income(account) => self.income(at, account),
            Task::Rent(account) => self.rent(at, account),
            Task::Spend(account) => self.spend(at, account),
            Task::Ask(account) => self.ask(at, account),
            Task::Debit(transfer, trail) => self.debit(at, transfer, &trail),
            Task::Credit(transfer, trail) => self.credit(at, transfer, &trail),
            Task::Settle(transfer, trail) => self.settle(at, transfer, &trail),
            Task::ChangeEmail(account) => self.change_email(at, account),
            Task::IssueCard(account) => self.issue_card(at, account),
            Task::BlockCard(account, card) => self.block_card(at, account, card),
            Task::Interest(day) => self.interest(day),
            Task::Statements(year) => self.statements(at, year),
            Task::Scripted(line) => self.scripted(at, line),
        }
    }

    fn open(&mut self, at: Timestamp) {
        let nth = self.accounts.len();
        let owner = Person::nth(nth, &mut self.rng);
        let number = FIRST_ACCOUNT + nth;
        let income = Money(self.rng.between(1400, 4200) * 100);
        let customer = format!("customer-{}", nth + 1);
        let trail = self.journal.start(at);
        let data = json!({
            "customer_id": customer,
            "name": owner.name,
            "email": owner.email,
            "address": owner.address,
        });
        let draft = Draft::new(
            "customer",
            customer.clone(),
            "CustomerRegistered",
            "branch",
            data,
        );
        let trail = self.journal.record(at, &trail, draft);
        let data = json!({
            "account_id": format!("account-{number}"),
            "customer_id": customer,
            "owner": owner.name,
            "status": "active",
            "interest": { "rate": Money(150) },
            "balance": { "amount": Money(0), "currency": "EUR" },
        });
        let account = Account {
            number,
            owner,
            balance: Money(0),
            rate: 150,
            income,
        };
        let draft = Draft::new("account", account.stream(), "AccountOpened", "branch", data);
        self.journal
            .record(after(at, Duration::from_millis(180)), &trail, draft);
        self.accounts.push(account);
        if number != account_77::NUMBER {
            self.begin_routine(at, nth);
        }
    }

    /// Moves money and records the balance after it.
    fn book(&mut self, at: Timestamp, account: usize, trail: &Trail, what: Booking<'_>) -> Trail {
        let Booking {
            event_type,
            service,
            amount,
            text,
            counterparty,
        } = what;
        let account = &mut self.accounts[account];
        account.balance += amount;
        let data = json!({
            "amount": amount,
            "text": text,
            // Null where there is none: a merge of payloads then forgets the one before.
            "counterparty": counterparty,
            "balance": account.amount(),
        });
        let draft = Draft::new("account", account.stream(), event_type, service, data);
        self.journal.record(at, trail, draft)
    }

    fn interest(&mut self, day: Timestamp) {
        for account in 0..self.accounts.len() {
            let Account {
                number,
                balance,
                rate,
                ..
            } = self.accounts[account];
            let mut amount = Money(balance.share(rate).0 / 4);
            if number == account_77::NUMBER && day == account_77::wrong_interest() {
                amount = amount.times(10);
            }
            if amount <= Money(0) {
                continue;
            }
            let at = after(day, Duration::from_millis(40 * (account as u64 + 1)));
            let trail = self.journal.start(at);
            let what = Booking {
                event_type: "InterestAccrued",
                service: "interest-run",
                amount,
                text: "Interest of the quarter",
                counterparty: None,
            };
            self.book(at, account, &trail, what);
        }
    }

    fn statements(&mut self, at: Timestamp, year: i32) {
        for (nth, account) in self.accounts.iter().enumerate() {
            let data = json!({
                "statement": {
                    "year": year,
                    "number": format!("{year}-{}", account.number),
                    "closing_balance": account.balance,
                },
            });
            let draft = Draft::new(
                "account",
                account.stream(),
                "StatementIssued",
                "statements",
                data,
            );
            let at = after(at, Duration::from_millis(730 * nth as u64));
            let trail = self.journal.start(at);
            self.journal.record(at, &trail, draft);
        }
    }
}

impl Account {
    fn stream(&self) -> String {
        format!("account-{}", self.number)
    }

    fn amount(&self) -> Value {
        json!({ "amount": self.balance, "currency": "EUR" })
    }
}

#[cfg(test)]
mod tests;
