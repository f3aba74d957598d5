//! What people do with their accounts: income and rent each month, small spending, transfers to
//! each other, cards that get lost.

use std::time::Duration;

use serde_json::json;

use super::super::calendar::{DAY, after, midnight, working_moment};
use super::super::journal::{Draft, Trail};
use super::super::money::Money;
use super::{Bank, Booking, FIRST_ACCOUNT, Task, Transfer, account_77};
use crate::model::Timestamp;

const MONTH: Duration = Duration::from_hours(24 * 30);
const SOON: (Duration, Duration) = (Duration::from_millis(80), Duration::from_millis(1900));
const SHOPS: [(&str, &str); 8] = [
    ("Groceries", "card-gateway"),
    ("Cash, ATM 2219", "atm-gateway"),
    ("Cash, ATM 0417", "atm-gateway"),
    ("Train ticket", "card-gateway"),
    ("Bookshop", "card-gateway"),
    ("Pharmacy", "card-gateway"),
    ("Electricity", "direct-debit"),
    ("Phone", "direct-debit"),
];

impl Bank {
    pub(super) fn begin_routine(&mut self, at: Timestamp, account: usize) {
        let mut soon = |days: u64| {
            let wait = self.rng.delay(Duration::from_hours(20), DAY * days as u32);
            working_moment(&mut self.rng, after(at, wait), 5, 7..18)
        };
        let plans = [
            (soon(6), Task::Income(account)),
            (soon(20), Task::Rent(account)),
            (soon(30), Task::Spend(account)),
            (soon(90), Task::Ask(account)),
            (soon(14), Task::IssueCard(account)),
            (soon(900), Task::ChangeEmail(account)),
        ];
        for (at, task) in plans {
            self.agenda.plan(at, task);
        }
    }

    /// Plans the same again, about so much later.
    fn again(&mut self, at: Timestamp, pause: Duration, task: Task) {
        let wait = self.rng.delay(pause * 4 / 5, pause * 6 / 5);
        let moment = working_moment(&mut self.rng, after(at, wait), 7, 6..21);
        self.agenda.plan(moment, task);
    }

    pub(super) fn income(&mut self, at: Timestamp, account: usize) {
        let trail = self.journal.start(at);
        let what = Booking {
            event_type: "MoneyDeposited",
            service: "clearing",
            amount: self.accounts[account].income,
            text: "Salary",
            counterparty: Some("Employer".to_owned()),
        };
        self.book(at, account, &trail, what);
        let next = working_moment(&mut self.rng, midnight(after(at, MONTH)), 5, 6..9);
        self.agenda.plan(next, Task::Income(account));
    }

    pub(super) fn rent(&mut self, at: Timestamp, account: usize) {
        let rent = self.accounts[account].income.share(3400);
        if self.accounts[account].balance >= rent {
            let trail = self.journal.start(at);
            let what = Booking {
                event_type: "MoneyWithdrawn",
                service: "direct-debit",
                amount: -rent,
                text: "Rent",
                counterparty: Some("Housing cooperative".to_owned()),
            };
            self.book(at, account, &trail, what);
        }
        let next = working_moment(&mut self.rng, midnight(after(at, MONTH)), 5, 5..8);
        self.agenda.plan(next, Task::Rent(account));
    }

    pub(super) fn spend(&mut self, at: Timestamp, account: usize) {
        let amount = Money(self.rng.between(450, 98_000));
        let &(text, service) = self.rng.pick(&SHOPS);
        if self.accounts[account].balance >= amount {
            let trail = self.journal.start(at);
            let what = Booking {
                event_type: "MoneyWithdrawn",
                service,
                amount: -amount,
                text,
                counterparty: None,
            };
            self.book(at, account, &trail, what);
        }
        self.again(at, DAY * 24, Task::Spend(account));
    }

    /// Asks for a transfer to somebody else; sometimes for more than there is.
    pub(super) fn ask(&mut self, at: Timestamp, account: usize) {
        let to = self.rng.below(self.accounts.len() as u64) as usize;
        let amount = Money(self.rng.between(20, 4500) * 100);
        if to != account && FIRST_ACCOUNT + to != account_77::NUMBER {
            self.request(at, account, to, amount);
        }
        self.again(at, DAY * 75, Task::Ask(account));
    }

    pub(super) fn request(&mut self, at: Timestamp, from: usize, to: usize, amount: Money) {
        self.transfers += 1;
        let transfer = Transfer {
            number: self.transfers,
            from,
            to,
            amount,
        };
        let data = json!({
            "transfer_id": transfer.stream(),
            "status": "requested",
            "from": self.accounts[from].stream(),
            "to": self.accounts[to].stream(),
            "amount": amount,
            "currency": "EUR",
        });
        let trail = self.journal.start(at);
        let draft = Draft::new(
            "transfer",
            transfer.stream(),
            "TransferRequested",
            "online-banking",
            data,
        );
        let trail = self.journal.record(at, &trail, draft);
        self.follow(at, |trail| Task::Debit(transfer, trail), trail);
    }

    fn follow(&mut self, at: Timestamp, task: impl FnOnce(Trail) -> Task, trail: Trail) {
        let due = after(at, self.rng.delay(SOON.0, SOON.1));
        self.agenda.plan(due, task(trail));
    }

    pub(super) fn debit(&mut self, at: Timestamp, transfer: Transfer, trail: &Trail) {
        if self.accounts[transfer.from].balance < transfer.amount {
            let data = json!({ "status": "rejected", "rejection": "insufficient funds" });
            let draft = Draft::new(
                "transfer",
                transfer.stream(),
                "TransferRejected",
                "transfers",
                data,
            );
            self.journal.record(at, trail, draft);
            return;
        }
        let what = Booking {
            event_type: "MoneyWithdrawn",
            service: "transfers",
            amount: -transfer.amount,
            text: "Transfer",
            counterparty: Some(self.accounts[transfer.to].stream()),
        };
        let trail = self.book(at, transfer.from, trail, what);
        self.follow(at, |trail| Task::Credit(transfer, trail), trail);
    }

    pub(super) fn credit(&mut self, at: Timestamp, transfer: Transfer, trail: &Trail) {
        let what = Booking {
            event_type: "MoneyDeposited",
            service: "transfers",
            amount: transfer.amount,
            text: "Transfer",
            counterparty: Some(self.accounts[transfer.from].stream()),
        };
        let trail = self.book(at, transfer.to, trail, what);
        self.follow(at, |trail| Task::Settle(transfer, trail), trail);
    }

    pub(super) fn settle(&mut self, at: Timestamp, transfer: Transfer, trail: &Trail) {
        let data = json!({ "status": "completed" });
        let draft = Draft::new(
            "transfer",
            transfer.stream(),
            "TransferCompleted",
            "transfers",
            data,
        );
        self.journal.record(at, trail, draft);
    }

    pub(super) fn change_email(&mut self, at: Timestamp, account: usize) {
        let owner = &mut self.accounts[account].owner;
        let new = owner.other_email(&mut self.rng);
        let old = std::mem::replace(&mut owner.email, new.clone());
        let data = json!({ "old": old, "new": new });
        let stream = format!("customer-{}", account + 1);
        let trail = self.journal.start(at);
        let draft = Draft::new("customer", stream, "EmailChanged", "online-banking", data);
        self.journal.record(at, &trail, draft);
    }

    pub(super) fn issue_card(&mut self, at: Timestamp, account: usize) {
        self.cards += 1;
        let card = self.cards;
        let data = json!({
            "card_id": format!("card-{card}"),
            "account_id": self.accounts[account].stream(),
            "status": "active",
            "last_digits": format!("{:04}", self.rng.below(10_000)),
            "limits": { "daily": Money(50_000), "currency": "EUR" },
        });
        let trail = self.journal.start(at);
        let draft = Draft::new("card", format!("card-{card}"), "CardIssued", "cards", data);
        self.journal.record(at, &trail, draft);
        if self.rng.chance(250) {
            let due = after(at, self.rng.delay(DAY * 30, DAY * 400));
            self.agenda.plan(due, Task::BlockCard(account, card));
        }
    }

    pub(super) fn block_card(&mut self, at: Timestamp, account: usize, card: usize) {
        let data = json!({ "status": "blocked", "block": { "reason": "reported lost" } });
        let trail = self.journal.start(at);
        let draft = Draft::new("card", format!("card-{card}"), "CardBlocked", "cards", data);
        self.journal.record(at, &trail, draft);
        let due = working_moment(&mut self.rng, after(at, DAY), 5, 8..12);
        self.agenda.plan(due, Task::IssueCard(account));
    }
}

impl Transfer {
    fn stream(&self) -> String {
        format!("transfer-{}", self.number)
    }
}
