//! What the scenarios are made of: chance, days of the calendar, money and people. Integers only, so
//! that every machine makes the same of a seed.

mod calendar;
mod money;
mod people;
mod rng;

pub use calendar::{
    DAY, HOUR, MINUTE, SECOND, after, before, hour, midnight, rfc3339, seconds_since, utc, weekday,
    working_moment,
};
pub use money::Money;
pub use people::{Address, Person};
pub use rng::{Rng, Seed};
