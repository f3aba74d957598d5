//! The stores that come with Asof: what they are called, what they tell, how they are made.

use std::path::Path;

use super::chance::Seed;
use super::fault::{Dose, Fault, Faults};
use super::kernel::Totals;
use super::{Scenario, SimulateError, Simulation, Size, Target};
use crate::model::Task;

/// A bundled store as the welcome page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What is simulated.
    pub scenario: Scenario,
    /// Its short name: `orders`. Its truth is `truth/orders.truth.json`, its saga definition
    /// `sagas/orders.toml`.
    pub name: &'static str,
    /// The file's name in `sample-data/`.
    pub file: &'static str,
    /// A headline.
    pub title: &'static str,
    /// Two sentences: what is in it, and a question to try.
    pub story: &'static str,
    /// The kind of file, in words.
    pub format: &'static str,
    /// How many events it holds.
    pub events: u32,
    /// How many streams it holds.
    pub streams: u32,
    /// Events in each 36th of its span, for a small chart before the file is opened.
    pub activity: [u16; 36],
    /// The most events that it was to have, and the size of its story.
    asked: u64,
    /// What goes wrong in it beside its story.
    faults: &'static [(Fault, u32)],
}

/// All bundled stores, in the order of the welcome page.
pub const SAMPLES: [Sample; 7] = [
    Sample {
        scenario: Scenario::Users,
        name: "users",
        file: "users.json",
        title: "One user, three facts",
        story: "user-123 changed their e-mail in September 2023 and their name the next January, \
                among eighty others who lived through three schema versions. Ask what the address \
                was on 1 December 2023.",
        format: "JSON",
        events: 300,
        streams: 80,
        activity: [
            1, 5, 3, 5, 5, 2, 4, 5, 4, 6, 7, 5, 6, 11, 8, 6, 9, 6, 7, 8, 16, 13, 27, 12, 10, 8, 11,
            3, 5, 10, 18, 12, 18, 5, 11, 8,
        ],
        asked: 300,
        faults: &[],
    },
    Sample {
        scenario: Scenario::Bank,
        name: "bank",
        file: "bank.db",
        title: "The balance at year end",
        story: "Two years of accounts, transfers and cards, with one interest booking ten times \
                too high in them. Find the balance of account-77 at 23:59 on 31 December 2024, \
                and the event behind it.",
        format: "SQLite",
        events: 1589,
        streams: 147,
        activity: [
            47, 65, 31, 39, 60, 28, 28, 26, 55, 55, 35, 34, 33, 46, 38, 44, 54, 78, 38, 41, 34, 26,
            72, 35, 38, 42, 55, 31, 51, 32, 50, 47, 38, 47, 29, 87,
        ],
        asked: 1750,
        faults: &[],
    },
    Sample {
        scenario: Scenario::OrdersChoreographed,
        name: "orders",
        file: "orders.db",
        title: "The order that would not ship",
        story: "Services react to each other and nobody owns the process: orders are stuck, a refund \
                never came, the report stood still for two days. See what order-1042 was an hour \
                before it shipped.",
        format: "SQLite",
        events: 1663,
        streams: 504,
        activity: [
            13, 45, 35, 38, 43, 50, 31, 10, 31, 21, 9, 44, 48, 37, 46, 25, 53, 57, 48, 94, 75, 125,
            99, 32, 31, 26, 47, 36, 60, 68, 65, 33, 53, 54, 41, 40,
        ],
        asked: 1800,
        faults: &[
            (Fault::LostPublication, 2),
            (Fault::DuplicateDelivery, 2),
            (Fault::PoisonDeadLetter, 3),
            (Fault::ConsumerStalled, 1),
        ],
    },
    Sample {
        scenario: Scenario::OrdersOrchestrated,
        name: "orders-orchestrated",
        file: "orders-orchestrated.db",
        title: "The refund that nobody could make",
        story: "One service leads the others through retries, a circuit breaker and \
                compensations, and parks what it cannot undo. Follow checkout-5042 to its parking \
                place, and on from there.",
        format: "SQLite",
        events: 1110,
        streams: 203,
        activity: [
            86, 10, 10, 30, 10, 51, 59, 0, 24, 30, 51, 32, 0, 52, 38, 20, 49, 36, 27, 26, 0, 24,
            86, 0, 64, 55, 0, 51, 0, 30, 10, 10, 21, 37, 30, 51,
        ],
        asked: 1250,
        faults: &[],
    },
    Sample {
        scenario: Scenario::Rides,
        name: "rides",
        file: "rides.jsonl",
        title: "The receipts that came on Wednesday",
        story: "Two weeks of taxi rides as CloudEvents, and five services to whom the end of a \
                ride is news. Find out when the receipts of 8 October were sent.",
        format: "CloudEvents, JSON lines",
        events: 2360,
        streams: 1228,
        activity: [
            75, 95, 85, 52, 2, 69, 67, 3, 59, 47, 19, 138, 145, 39, 123, 5, 36, 73, 80, 55, 13, 97,
            62, 38, 67, 29, 35, 191, 29, 91, 125, 55, 78, 60, 49, 74,
        ],
        asked: 2500,
        faults: &[],
    },
    Sample {
        scenario: Scenario::Downloads,
        name: "downloads",
        file: "downloads.db",
        title: "What the laptops said later",
        story: "Licences, counted by events that carry ids only, while travelling laptops report \
                late. Look at licence-7 on 2024-09-08 by the time recorded, then by the time \
                occurred.",
        format: "SQLite",
        events: 1332,
        streams: 212,
        activity: [
            4, 66, 21, 33, 42, 41, 28, 25, 31, 21, 21, 39, 64, 24, 21, 34, 23, 44, 41, 32, 26, 21,
            27, 76, 22, 54, 44, 20, 54, 26, 38, 47, 47, 44, 84, 47,
        ],
        asked: 1500,
        faults: &[],
    },
    Sample {
        scenario: Scenario::Carts,
        name: "carts",
        file: "carts.db",
        title: "Two devices, one cart",
        story: "Phone and laptop change the same carts while they are apart, by clocks that are \
                almost two minutes from each other. See in cart-307 what both did, and what the \
                last write alone would have lost.",
        format: "SQLite",
        events: 1148,
        streams: 174,
        activity: [
            58, 39, 35, 15, 13, 29, 26, 32, 49, 24, 9, 64, 46, 21, 9, 38, 28, 21, 12, 23, 12, 56,
            42, 18, 17, 51, 44, 21, 59, 51, 41, 28, 44, 18, 28, 27,
        ],
        asked: 1200,
        faults: &[],
    },
];

/// The seed of every bundled store.
const SEED: Seed = Seed(2024);

impl Sample {
    /// How it is made.
    #[must_use]
    pub fn simulation(&self) -> Simulation {
        let store = Path::new(self.file);
        let faults = self.faults.iter();
        let mut simulation = Simulation::new(self.scenario, self.asked, SEED, store);
        simulation.size = Size::About(self.asked);
        simulation.faults = faults.fold(Faults::none(), |faults, (fault, count)| {
            faults.with(*fault, Dose::Count(*count))
        });
        simulation
    }

    /// Writes the store to `path`, as it is in `sample-data/`, and the truth about it to `truth`.
    ///
    /// # Errors
    /// When a file stands there already or cannot be written.
    pub fn write(&self, path: &Path, truth: Option<&Path>) -> Result<Totals, SimulateError> {
        let target = Target {
            store: path,
            truth,
            saga: None,
        };
        self.simulation().write(target, &Task::new())
    }
}
