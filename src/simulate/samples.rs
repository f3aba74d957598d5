//! The stores that come with Asof: what they are called, what they tell, how they are made.

use std::path::Path;

use super::rng::Seed;
use super::{Scenario, SimulateError};

/// A bundled store as the welcome page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What is simulated.
    pub scenario: Scenario,
    /// Its short name: `orders`.
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
}

/// All bundled stores, in the order of the welcome page.
pub const SAMPLES: [Sample; 3] = [
    Sample {
        scenario: Scenario::Users,
        name: "users",
        file: "users.json",
        title: "One user, three facts",
        story: "user-123 changed their e-mail in September 2023 and their name the next January. \
                Ask what the address was on 1 December.",
        format: "JSON",
        events: 3,
        streams: 1,
        activity: [
            1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 1,
        ],
    },
    Sample {
        scenario: Scenario::Bank,
        name: "bank",
        file: "bank.jsonl",
        title: "The balance at year end",
        story: "Two years of accounts, transfers and cards, with one interest booking ten times \
                too high in them. Find the balance of account-77 at 23:59 on 31 December 2024, \
                and the event behind it.",
        format: "JSON lines",
        events: 3288,
        streams: 332,
        activity: [
            42, 74, 39, 53, 83, 58, 46, 58, 101, 64, 74, 62, 89, 98, 67, 86, 86, 144, 85, 97, 98,
            89, 121, 95, 134, 94, 122, 109, 94, 106, 112, 130, 100, 105, 113, 160,
        ],
    },
    Sample {
        scenario: Scenario::Orders,
        name: "orders",
        file: "orders.db",
        title: "The order that would not ship",
        story: "A shop whose services react to each other, and nobody owns the process: three \
                orders are stuck, and one refund never came. See what order-1042 looked like an \
                hour before it shipped.",
        format: "SQLite",
        events: 4356,
        streams: 1087,
        activity: [
            107, 80, 47, 43, 23, 65, 72, 113, 110, 83, 16, 132, 114, 74, 87, 87, 112, 112, 154,
            263, 122, 299, 332, 147, 103, 95, 96, 123, 133, 118, 75, 136, 156, 184, 178, 165,
        ],
    },
];

/// The seed of every bundled store.
pub(super) const SEED: Seed = Seed(2024);

impl Sample {
    /// Writes the store to `path`, as it is in `sample-data/`.
    ///
    /// # Errors
    /// When a file stands there already or it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SimulateError> {
        self.scenario.write(SEED, path)
    }
}
