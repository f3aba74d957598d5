//! The account that the story asks about: every movement written down, so that its balance on
//! 31 December 2024 is known, and the interest for the end of 2023 booked ten times too high.

use std::time::Duration;

use super::super::super::chance::{Money, after, utc};
use super::super::super::kernel::Stream;
use super::{Bank, Booking, FIRST, S, Task, events};
use crate::model::Timestamp;

pub const NUMBER: u64 = 77;
pub const STREAM: Stream = Stream::numbered("account", NUMBER);
const NTH: usize = (NUMBER - FIRST) as usize;
/// Whom it sends money to; that account stays open.
pub const PAYEE: usize = NTH - 9;

/// Year, month, day, hour, minute.
type Minute = (i32, u32, u32, u32, u32);

/// A minute, cents, and what for. The cents end at a balance of 1284.50.
const SCRIPT: [(Minute, i64, &str); 33] = [
    ((2023, 2, 16, 10, 5), 60_000, "Cash at the counter"),
    ((2023, 3, 1, 6, 31), 184_000, "Freelance fee"),
    ((2023, 3, 3, 5, 40), -72_000, "Studio rent"),
    ((2023, 3, 18, 15, 22), -6_490, "Bookshop"),
    ((2023, 4, 28, 6, 30), 184_000, "Freelance fee"),
    ((2023, 5, 3, 5, 41), -72_000, "Studio rent"),
    ((2023, 5, 20, 11, 2), -14_000, "Cash, ATM 2219"),
    ((2023, 6, 30, 6, 32), 184_000, "Freelance fee"),
    ((2023, 7, 8, 16, 45), -129_900, "Bicycle"),
    ((2023, 8, 2, 5, 39), -72_000, "Studio rent"),
    ((2023, 9, 14, 9, 18), -40_000, TRANSFER),
    ((2023, 10, 30, 6, 31), 184_000, "Freelance fee"),
    ((2023, 11, 3, 5, 40), -72_000, "Studio rent"),
    ((2023, 12, 16, 13, 51), -21_340, "Groceries"),
    ((2024, 1, 11, 10, 30), 0, CORRECTION),
    ((2024, 1, 31, 6, 30), 191_000, "Freelance fee"),
    ((2024, 2, 2, 5, 42), -74_500, "Studio rent"),
    ((2024, 2, 24, 12, 7), -9_950, "Train ticket"),
    ((2024, 3, 28, 6, 29), 191_000, "Freelance fee"),
    ((2024, 4, 3, 5, 40), -74_500, "Studio rent"),
    ((2024, 5, 17, 18, 33), -35_000, TRANSFER),
    ((2024, 6, 12, 8, 55), -248_000, "Roof repair"),
    ((2024, 6, 28, 6, 31), 191_000, "Freelance fee"),
    ((2024, 7, 3, 5, 38), -74_500, "Studio rent"),
    ((2024, 8, 22, 14, 10), -118_000, "Holiday"),
    ((2024, 9, 30, 6, 30), 191_000, "Freelance fee"),
    ((2024, 10, 2, 5, 40), -74_500, "Studio rent"),
    ((2024, 10, 25, 16, 2), -3_280, "Pharmacy"),
    ((2024, 11, 29, 20, 14), -138_900, "Electronics"),
    ((2024, 12, 18, 17, 26), -73_386, "Gifts"),
    ((2024, 12, 30, 20, 40), -12_000, "Groceries"),
    ((2024, 12, 31, 20, 46), -5_000, "Cash, ATM 2219"),
    ((2025, 1, 2, 11, 15), -3_780, "Pharmacy"),
];

const TRANSFER: &str = "Transfer";
const CORRECTION: &str = "Interest for the end of 2023 corrected";

/// When the interest was booked that was ten times too high.
pub fn wrong_interest() -> Timestamp {
    utc(2024, 1, 1, 0, 0)
}

pub fn plan(sim: &mut S) {
    for (line, &((year, month, day, hour, minute), ..)) in SCRIPT.iter().enumerate() {
        // Any second of the minute; the last withdrawal of 2024 is the 32nd line.
        let micros = (41_318_204 + line.abs_diff(31) as u64 * 17_389_127) % 60_000_000;
        let seconds = Duration::from_micros(micros);
        let at = after(utc(year, month, day, hour, minute), seconds);
        sim.at(at, Task::Scripted(line));
    }
}

impl Bank {
    pub(super) fn scripted(&mut self, sim: &mut S, line: usize) {
        let (_, cents, text) = SCRIPT[line];
        match text {
            TRANSFER => return self.request(sim, NTH, PAYEE, Money(-cents)),
            CORRECTION => return self.correct_interest(sim),
            _ => {}
        }
        let kind = match text {
            "Freelance fee" => &events::CLEARED,
            "Cash at the counter" => &events::CASH_IN,
            "Studio rent" => &events::DIRECT_DEBIT,
            _ if text.starts_with("Cash") => &events::CASH_OUT,
            _ => &events::CARD_PAID,
        };
        let trail = sim.start();
        self.book(sim, NTH, &trail, Booking::new(kind, Money(cents), text));
    }

    /// Takes back nine tenths of the interest that was booked at the turn of the year.
    fn correct_interest(&mut self, sim: &mut S) {
        let Some((wrong, trail)) = self.wrong else {
            return;
        };
        let amount = -wrong.share(9000);
        let what = Booking::new(&events::INTEREST_CORRECTED, amount, CORRECTION);
        self.book(sim, NTH, &trail, what);
    }
}
