//! What people do with their accounts: income and rent each month, small spending, transfers to
//! each other, cards that get lost; and a merchant whose customers pay by card.

use std::time::Duration;

use super::super::super::chance::{Address, DAY, Money, Person, Rng, after, midnight};
use super::super::super::json::Json;
use super::super::super::kernel::{Draft, Kind, Stream};
use super::{
    Bank, Booking, MERCHANT, S, TAKINGS, Task, account, account_77, balance, booked, events,
};

const MONTH: Duration = Duration::from_hours(24 * 30);
const SHOPS: [(&str, &Kind); 8] = [
    ("Groceries", &events::CARD_PAID),
    ("Cash, ATM 2219", &events::CASH_OUT),
    ("Cash, ATM 0417", &events::CASH_OUT),
    ("Train ticket", &events::CARD_PAID),
    ("Bookshop", &events::CARD_PAID),
    ("Pharmacy", &events::CARD_PAID),
    ("Electricity", &events::DIRECT_DEBIT),
    ("Phone", &events::DIRECT_DEBIT),
];
const MERCHANT_STREAM: Stream = Stream::numbered("account", MERCHANT);

impl Bank {
    pub(super) fn begin_routine(&mut self, sim: &mut S, nth: usize) {
        let at = sim.now();
        let plans = [
            (6, Task::Income(nth)),
            (20, Task::Rent(nth)),
            (30, Task::Spend(nth)),
            (90, Task::Ask(nth)),
            (14, Task::IssueCard(nth)),
            (900, Task::Move(nth)),
        ];
        for (days, task) in plans {
            let wait = sim.rng.delay(Duration::from_hours(20)..DAY * days);
            sim.at_work(after(at, wait), 5, 7..18, task);
        }
        if sim.rng.chance(60) && nth != account_77::PAYEE {
            sim.after(DAY * 200..DAY * 500, Task::Close(nth));
        }
    }

    /// Plans the same again, about so much later.
    fn again(&self, sim: &mut S, pause: Duration, task: Task) {
        let pause = Duration::from_micros(pause.as_micros() as u64 / 100 * self.pace);
        let wait = sim.rng.delay(pause * 4 / 5..pause * 6 / 5);
        sim.at_work(after(sim.now(), wait), 7, 6..21, task);
    }

    /// Plans the same for next month, in the first hours of a working day.
    fn next_month(&self, sim: &mut S, hours: std::ops::Range<u64>, task: Task) {
        let pause = Duration::from_micros(MONTH.as_micros() as u64 / 100 * self.pace.max(30));
        let day = midnight(after(sim.now(), pause));
        sim.at_work(day, 5, hours, task);
    }

    pub(super) fn income(&mut self, sim: &mut S, nth: usize) {
        let holder = &self.accounts[nth];
        if holder.closed {
            return;
        }
        let what = Booking::new(&events::CLEARED, holder.income, "Salary");
        let trail = sim.start();
        self.book(sim, nth, &trail, what);
        self.next_month(sim, 6..9, Task::Income(nth));
    }

    pub(super) fn rent(&mut self, sim: &mut S, nth: usize) {
        let holder = &self.accounts[nth];
        let rent = holder.income.share(3400);
        if holder.closed {
            return;
        }
        // Whoever looks after the rent looks at the account.
        sim.read(account(nth));
        if holder.balance >= rent {
            let what = Booking::new(&events::DIRECT_DEBIT, -rent, "Rent");
            let trail = sim.start();
            self.book(sim, nth, &trail, what);
        }
        self.next_month(sim, 5..8, Task::Rent(nth));
    }

    pub(super) fn spend(&mut self, sim: &mut S, nth: usize) {
        if self.accounts[nth].closed {
            return;
        }
        let amount = Money(sim.rng.between(450, 98_000));
        let &(text, kind) = sim.rng.pick(&SHOPS);
        if self.accounts[nth].balance >= amount {
            let trail = sim.start();
            self.book(sim, nth, &trail, Booking::new(kind, -amount, text));
        }
        self.again(sim, DAY * 24, Task::Spend(nth));
    }

    /// Asks for a transfer to somebody else; sometimes for more than there is.
    pub(super) fn ask(&mut self, sim: &mut S, nth: usize) {
        if self.accounts[nth].closed {
            return;
        }
        let to = sim.rng.below(self.accounts.len() as u64) as usize;
        let amount = Money(sim.rng.between(20, 4500) * 100);
        if to != nth && account(to) != account_77::STREAM {
            self.request(sim, nth, to, amount);
        }
        self.again(sim, DAY * 75, Task::Ask(nth));
    }

    pub(super) fn change_address(&mut self, sim: &mut S, nth: usize) {
        let holder = &mut self.accounts[nth];
        holder.moves += 1;
        let person = Person(holder.owner);
        let data = Json::object()
            .object_at("old", address(person.address(holder.moves - 1)))
            .object_at("new", address(person.address(holder.moves)))
            .end();
        let stream = Stream::numbered("customer", nth as u64 + 1);
        let trail = sim.command("ChangeAddress", stream);
        sim.note(&trail, Draft::new(stream, &events::MOVED, data));
    }

    pub(super) fn issue_card(&mut self, sim: &mut S, nth: usize) {
        self.cards += 1;
        let card = self.cards;
        let stream = Stream::numbered("card", card);
        let limits = Json::object()
            .money("daily", Money(50_000))
            .text("currency", "EUR");
        let data = Json::object()
            .shown("card_id", stream)
            .shown("account_id", account(nth))
            .text("status", "active")
            .object_at("limits", limits)
            .end();
        let trail = sim.command("IssueCard", stream);
        sim.note(&trail, Draft::new(stream, &events::CARD_ISSUED, data));
        if sim.rng.chance(250) {
            sim.after(DAY * 30..DAY * 400, Task::BlockCard(nth, card));
        }
    }

    pub(super) fn block_card(&mut self, sim: &mut S, nth: usize, card: u64) {
        let stream = Stream::numbered("card", card);
        let data = Json::object()
            .text("status", "blocked")
            .object_at("block", Json::object().text("reason", "reported lost"))
            .end();
        let trail = sim.command("BlockCard", stream);
        sim.note(&trail, Draft::new(stream, &events::CARD_BLOCKED, data));
        if !self.accounts[nth].closed {
            let tomorrow = after(sim.now(), DAY);
            sim.at_work(tomorrow, 5, 8..12, Task::IssueCard(nth));
        }
    }

    /// Pays out what there is and closes the account.
    pub(super) fn close(&mut self, sim: &mut S, nth: usize) {
        let rest = self.accounts[nth].balance;
        let trail = sim.command("CloseAccount", account(nth));
        let what = Booking::new(&events::PAID_OUT, -rest, "Paid out at closing");
        let trail = self.book(sim, nth, &trail, what);
        let closed = Json::object()
            .text("reason", "moved to another bank")
            .text("by", "customer");
        let data = Json::object()
            .text("status", "closed")
            .object_at("closed", closed)
            .end();
        sim.note(&trail, Draft::new(account(nth), &events::CLOSED, data));
        self.accounts[nth].closed = true;
    }

    pub(super) fn open_merchant(&mut self, sim: &mut S) {
        let data = Json::object()
            .shown("account_id", MERCHANT_STREAM)
            .text("customer_id", "customer-0")
            .text("owner", "Mill Street Bakery")
            .text("status", "active")
            .object_at("interest", Json::object().money("rate", Money(0)))
            .object_at("balance", balance(Money(0)))
            .end();
        let trail = sim.command("OpenAccount", MERCHANT_STREAM);
        sim.note(&trail, Draft::new(MERCHANT_STREAM, &events::OPENED, data));
        sim.after(DAY / 8..DAY / 7, Task::Sell);
    }

    /// An hour of the bakery.
    pub(super) fn sell(&mut self, sim: &mut S) {
        let card = |rng: &mut Rng| Task::Card(Money(rng.between(9, 240) * 10));
        sim.tick(&mut self.sales, Task::Sell, card);
    }

    pub(super) fn take_card(&mut self, sim: &mut S, amount: Money) {
        if sim.version(MERCHANT_STREAM) >= TAKINGS {
            return;
        }
        self.takings += amount;
        let what = Booking::new(&events::CARD_TAKEN, amount, "Card payment");
        let draft = Draft::new(MERCHANT_STREAM, what.kind, booked(&what, self.takings));
        let trail = sim.start();
        sim.note(&trail, draft);
    }
}

pub fn address(address: Address) -> Json {
    let Address { number, street, .. } = address;
    Json::object()
        .shown("street", format_args!("{street} {number}"))
        .text("postcode", address.postcode)
        .text("city", address.city)
        .text("country", address.country)
}
