//! Two years of a small bank: accounts, customers, transfers and cards, each payload of an account
//! with its whole balance, so that any day's balance is one merge away.

mod account_77;
mod accounts;
mod events;
mod routine;
mod transfers;

use std::time::Duration;

use self::accounts::{Booking, account, balance, booked};
use super::super::chance::{HOUR, Money, after, hour, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story, Strategy,
    Stream, Trail, ViewSpec, World,
};
use super::super::truth::Finding;
use crate::model::Timestamp;
use crate::simulate::fault::Off;

/// The number of the first account of the store; the seventeenth is account-77.
const FIRST: u64 = 61;
/// The merchant's, where the card payments of the town come in.
const MERCHANT: u64 = 60;

/// The most events of the merchant's account, for whoever wants to see a long stream.
const TAKINGS: i64 = 100_000;

// The consumers, by their place in the table.
const TRANSFERS: usize = 0;

const OBSERVER: Spec = Spec {
    name: "",
    reads: &["account"],
    from: Source::Broker,
    role: Role::Observer,
    cost: Duration::from_millis(5),
    gather: Duration::from_secs(2),
    batch: 100,
    inbox: Inbox::None,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 4] = [
    Spec {
        name: "transfers",
        reads: &["transfer", "account"],
        role: Role::Service,
        cost: Duration::from_millis(220),
        gather: Duration::ZERO,
        batch: 20,
        inbox: Inbox::Kept,
        ..OBSERVER
    },
    Spec {
        name: "balances",
        from: Source::Log,
        ..OBSERVER
    },
    Spec {
        name: "fraud-check",
        cost: Duration::from_millis(800),
        inbox: Inbox::Kept,
        poison: OnPoison::DeadLetters,
        ..OBSERVER
    },
    Spec {
        name: "archive",
        reads: &[],
        from: Source::Log,
        cost: Duration::from_millis(60),
        gather: Duration::from_secs(240),
        batch: 500,
        poison: OnPoison::Blocks,
        ..OBSERVER
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "account_balances",
    key: "account_id",
    keyed_by: KeyedBy::Stream,
    categories: &["account"],
    columns: &[
        Column::text("owner", &["/owner"]),
        Column::text("status", &["/status"]),
        Column::number("balance", &["/balance/amount"]),
        Column::count("bookings", &["/amount"]),
    ],
    consumer: "balances",
};

/// What there is.
pub fn world() -> World {
    World {
        name: "bank",
        span: utc(2023, 1, 9, 8, 0)..utc(2025, 1, 6, 18, 0),
        clocks: &[("online-banking", Off::Ahead), ("transfers", Off::Behind)],
        consumers: &CONSUMERS,
        published: &["account", "transfer"],
        view: &VIEW,
        // Streams take turns by their number: the merchant's is 60.
        snapshots: &[(
            "account",
            &[
                Strategy::Threshold(4_000),
                Strategy::Lazy(20),
                Strategy::Periodic(25),
                Strategy::Threshold(6_000),
                Strategy::Periodic(50),
                Strategy::Lazy(30),
                Strategy::Eager,
                Strategy::Periodic(40),
            ],
        )],
        process: &events::PROCESS,
        command: &events::SEND_STATEMENT,
        breaking: ("TransferRequested", "amount"),
        shown: const {
            &[
                Stream::numbered("account", account_77::NUMBER),
                Stream::numbered("account", MERCHANT),
            ]
        },
        quiet: None,
        interruptions: Vec::new(),
        extra: &[],
        lacks: &[],
    }
}

#[derive(Debug)]
struct Account {
    owner: u64,
    balance: Money,
    /// Yearly interest in basis points.
    rate: i64,
    /// What comes in each month.
    income: Money,
    moves: u64,
    closed: bool,
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Open,
    Sell,
    Card(Money),
    Income(usize),
    Rent(usize),
    Spend(usize),
    Ask(usize),
    Transfer(transfers::Transfer, transfers::Leg, Trail),
    Move(usize),
    IssueCard(usize),
    BlockCard(usize, u64),
    Close(usize),
    Interest(Timestamp),
    Statements(i32),
    Scripted(usize),
}

/// The bank.
pub struct Bank {
    accounts: Vec<Account>,
    /// How many there will be.
    size: usize,
    /// How long people wait between two things they do, in hundredths of what is usual.
    pace: u64,
    sales: Arrivals,
    takings: Money,
    transfers: u64,
    cards: u64,
    /// The interest that was booked wrong, and what it caused.
    wrong: Option<(Money, Trail)>,
}

type S = Sim<Task>;

/// Events that an account comes to in two years at the usual pace; in a small bank the accounts are
/// older, and what happens once counts for more.
const fn events_per_account(events: u64) -> u64 {
    match events {
        ..2200 => 118,
        2200..10_000 => 92,
        _ => 78,
    }
}

impl Bank {
    /// A bank of the size that gives about so many events.
    pub fn new(Scale { events, parts }: Scale) -> Self {
        let sales = match events * parts {
            // Chance leaves a few of them out.
            500_000.. => (TAKINGS as u64 + 500) / parts,
            _ => (events / 8).min(1900 / parts),
        };
        let size = (events / 90).clamp(17, (60_000 / parts).max(17));
        let rest = (events * 96 / 100).saturating_sub(sales + 60 + size * 8);
        let pace = (size * events_per_account(events) * 100 / rest.max(1)).max(1);
        let opening = after(world().span.start, HOUR * 4);
        let days = opening..world().span.end;
        Self {
            accounts: Vec::new(),
            size: size as usize,
            pace,
            sales: Arrivals::new(days, HOUR, sales, sales_weight),
            takings: Money(0),
            transfers: 0,
            cards: 0,
            wrong: None,
        }
    }
}

fn sales_weight(at: Timestamp) -> u64 {
    const DAY: [u64; 24] = [
        0, 0, 0, 0, 0, 3, 12, 16, 12, 9, 10, 16, 18, 10, 8, 9, 12, 15, 9, 2, 0, 0, 0, 0,
    ];
    if weekday(at) == 6 { 0 } else { DAY[hour(at)] }
}

impl Story for Bank {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        self.open_merchant(sim);
        self.plan_openings(sim);
        account_77::plan(sim);
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
            sim.at(day, Task::Interest(day));
            if month == 1 {
                sim.at(utc(year, 1, 1, 6, 0), Task::Statements(year - 1));
            }
        }
        sim.inherent(Finding {
            types: vec!["CustomerRegistered", "AddressChanged", "AccountOpened"],
            detail: Some("names and addresses of customers".to_owned()),
            ..Finding::named("personal-data")
        });
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Open => self.open(sim),
            Task::Sell => self.sell(sim),
            Task::Card(amount) => self.take_card(sim, amount),
            Task::Income(account) => self.income(sim, account),
            Task::Rent(account) => self.rent(sim, account),
            Task::Spend(account) => self.spend(sim, account),
            Task::Ask(account) => self.ask(sim, account),
            Task::Transfer(transfer, leg, trail) => self.transfer(sim, transfer, leg, &trail),
            Task::Move(account) => self.change_address(sim, account),
            Task::IssueCard(account) => self.issue_card(sim, account),
            Task::BlockCard(account, card) => self.block_card(sim, account, card),
            Task::Close(account) => self.close(sim, account),
            Task::Interest(day) => self.interest(sim, day),
            Task::Statements(year) => self.statements(sim, year),
            Task::Scripted(line) => self.scripted(sim, line),
        }
    }
}
